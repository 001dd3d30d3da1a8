// Keeping what the bot says: edit → as in LINE → regression run → publish → the chat answers differently → back;
// a second editor; every page at both sizes, light and dark, with axe; the whole way without JavaScript.

import assert from "node:assert/strict";
import { test } from "node:test";

import { faults, fits, staff } from "./staff.js";
import { DESKTOP, PHONE, open, picture, stage } from "./support.js";

const here = stage();
const { browser, enter, origin, signedIn } = staff(here);

const BASE = "/console/todoke/intents";
const BULKY = `${BASE}/garbage.bulky`;
const QUESTION = "粗大ごみの出し方";

async function go(page, path) {
  await page.goto(origin() + path);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

for (const [script, size] of [[true, DESKTOP], [false, PHONE]]) {
  test(`edited, tried, published, in the chat, returned${script ? "" : ", on a phone without JavaScript"}`, async (t) => {
    const text = script ? "受付は新しい窓口です。" : "受付は電話だけです。";
    const chat = await open(t, here);
    assert.ok(!(await (await chat.say(QUESTION)).innerText()).includes(text));

    const page = await signedIn(t, "faq-editor", { script, size });
    await go(page, `${BASE}?q=${encodeURIComponent("粗大")}`);
    await page.getByRole("link", { name: QUESTION }).first().click();
    const answer = page.getByLabel("回答 必須");
    await answer.fill(text);
    if (script) {
      await page.locator("#preview").getByText(text).waitFor();
    } else {
      await page.getByRole("button", { name: "表示を更新" }).click();
      await page.locator("#preview").getByText(text).waitFor();
    }
    await page.getByLabel("質問", { exact: true }).fill(QUESTION);
    await page.getByRole("button", { name: "試す" }).click();
    await page.getByRole("status").getByText("回答します").waitFor();
    assert.equal(await answer.inputValue(), text, "what was typed stays");
    await fits(page);
    await picture(page, `intents-tried${script ? "" : "-phone"}`);
    await page.getByRole("button", { name: "保存して公開の確認へ" }).click();

    await page.getByRole("heading", { name: "公開の確認" }).waitFor();
    await page.getByText("新しく正解").waitFor();
    assert.deepEqual(script ? await faults(page) : [], []);
    await picture(page, `intents-publish${script ? "" : "-phone"}`);
    await page.getByLabel("理由").fill("窓口が移った");
    await page.getByRole("button", { name: "公開する" }).click();
    await page.getByText("公開中", { exact: true }).waitFor();
    await page.getByText("窓口が移った").waitFor();
    assert.ok((await (await chat.say(QUESTION)).innerText()).includes(text), "the chat answers differently");

    await page.getByRole("link", { name: "公開の履歴" }).first().click();
    await page.getByRole("row").nth(2).getByRole("link").click();
    await page.getByRole("link", { name: "この版に戻す" }).click();
    await page.getByLabel("理由").fill("元に戻す");
    await page.getByRole("button", { name: "戻して公開する" }).click();
    await page.getByText("公開中", { exact: true }).waitFor();
    assert.ok(!(await (await chat.say(QUESTION)).innerText()).includes(text), "and as before again");
  });
}

test("the second of two editors is told and sees both texts", async (t) => {
  const [first, second] = [await browser(t), await browser(t, { expects: [/status of 409/] })];
  await enter(first, "faq-editor");
  await enter(second, "faq-editor");
  await go(second, BULKY);
  await go(first, BULKY);
  await first.getByLabel("回答 必須").fill("一人目が書いた。");
  await first.getByRole("button", { name: "下書きを保存する" }).click();
  await first.getByText("下書きあり").waitFor();
  await second.getByLabel("回答 必須").fill("二人目の文章。");
  await second.getByRole("button", { name: "下書きを保存する" }).click();
  await second.getByRole("alert").getByText("先に保存しました").waitFor();
  assert.equal(await second.getByLabel("回答 必須").inputValue(), "二人目の文章。");
  assert.deepEqual(await faults(second), []);
  await picture(second, "intents-second-editor");
  await second.getByRole("button", { name: "下書きを捨てる" }).click();
  await second.waitForURL(new RegExp(`${BULKY}$`));
});

test("problems are read out first, lead to their fields, and the keyboard reaches everything", async (t) => {
  const page = await browser(t);
  await enter(page, "faq-editor");
  await go(page, BULKY);
  await page.getByLabel("手続きのアドレス").fill("http://example");
  await page.getByRole("button", { name: "下書きを保存する" }).click();
  await page.getByRole("alert").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "problems");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.match(page.url(), /#link\.url$/);
  assert.deepEqual(await faults(page), []);
  await picture(page, "intents-problems");
  await page.getByRole("button", { name: "下書きを捨てる" }).click();
  await page.waitForURL(new RegExp(`${BULKY}$`));
});

const PAGES = [
  ["list", BASE], ["due", `${BASE}/due`], ["new", `${BASE}/new`], ["editor", BULKY], ["drafts", `${BASE}/publish`],
  ["remove", `${BASE}/publish?remove=garbage.bulky`], ["import", `${BASE}/import`], ["conflict", `${BASE}/conflict`],
  ["reassign", `${BASE}/reassign?from=${encodeURIComponent("市民局 戸籍住民課")}&to=${encodeURIComponent("新しい局")}`],
  ["history", `${BASE}/history`], ["revision", `${BASE}/history/1`], ["intent-history", `${BULKY}/history`],
  ["unused", `${BASE}?only=unused`], ["topics", `${BASE}/topics`], ["topic", `${BASE}/topics/topic/garbage`],
  ["topic-new", `${BASE}/topics/new`], ["topic-remove", `${BASE}/publish?remove=garbage`],
];

for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const dark of [false, true]) {
    test(`every page of content: axe, width, pictures: ${name}, ${dark ? "dark" : "light"}`, async (t) => {
      const page = await browser(t, { size, dark });
      await enter(page, "faq-editor");
      for (const [label, path] of PAGES) {
        await go(page, path);
        assert.deepEqual(await faults(page), [], label);
        await fits(page);
        await picture(page, `intents-${label}-${name}${dark ? "-dark" : ""}`);
      }
    });
  }
}
