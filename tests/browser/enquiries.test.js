// A question to a person: from the chat to the form, its number, its page; with and without mistakes, and
// without a fault that axe could find, on both sizes, light and dark, in three of its languages.

import assert from "node:assert/strict";
import { test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { DESKTOP, PHONE, open, picture, stage } from "./support.js";

const here = stage();

/** What axe complains of, short enough to read. */
async function faults(page) {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  assert.ok(passes.length > 10, "axe looked at the page");
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ""}`));
}

/** Whether the page can be read without scrolling sideways. */
const fits = (page) => page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);

/** A refusal's button 「市に問い合わせる」: the address behind it. */
async function wayToForm(chat) {
  const refused = await chat.say("屋根の雪おろしを頼みたい");
  return refused.getByRole("link", { name: "市に問い合わせる" }).getAttribute("href");
}

for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const dark of [false, true]) {
    test(`a question to a person: ${name}, ${dark ? "dark" : "light"}`, async (t) => {
      const chat = await open(t, here, { size, dark, expects: [/422/] });
      const look = `${name}-${dark ? "dark" : "light"}`;
      const { page } = chat;
      // Each resident may send a few forms an hour.
      if (size === PHONE) await chat.switchTo("リン");
      await page.goto(await wayToForm(chat));
      for (const [language, title] of [["やさしい日本語", "市役所"], ["English", "Ask the city"], ["日本語", "市への問い合わせ"]]) {
        await page.getByRole("link", { name: language, exact: true }).click();
        await page.getByRole("heading", { level: 1, name: title }).waitFor();
        assert.deepEqual(await faults(page), [], language);
        assert.ok(await fits(page), `${language} fits`);
        await picture(page, `ask-${look}-${language}`);
      }
      // A blank is not a question; the browser lets it through, the server does not.
      await page.getByLabel("質問（必須）").fill(" ");
      await page.getByRole("button", { name: "送信する" }).click();
      const alert = page.getByRole("alert");
      await alert.waitFor();
      assert.deepEqual(await faults(page), [], "with a mistake");
      await picture(page, `ask-mistake-${look}`);
      await alert.getByRole("link").click();
      assert.equal(await page.evaluate(() => document.activeElement.id), "text", "the summary leads to the field");

      await page.getByLabel("質問（必須）").fill("<b>宇宙港</b>はいつできますか");
      await page.getByLabel("お名前").fill("佐藤 はる");
      await page.getByRole("button", { name: "送信する" }).click();
      await page.getByRole("heading", { level: 1, name: "送信しました" }).waitFor();
      assert.match(await page.locator(".number").innerText(), /\d{4}-\d{6}/);
      assert.deepEqual(await faults(page), [], "sent");
      await picture(page, `done-${look}`);

      await page.getByRole("link", { name: "この問い合わせのページを開く" }).click();
      await page.getByRole("heading", { level: 1, name: "お問い合わせ" }).waitFor();
      assert.ok((await page.locator(".talk").innerText()).includes("<b>宇宙港</b>はいつできますか"), "shown as typed");
      await page.getByLabel("追加の質問やご返事").fill("急ぎません");
      await page.getByRole("button", { name: "送る" }).click();
      await page.locator(".talk li").nth(1).waitFor();
      await page.reload();
      assert.equal(await page.locator(".talk li").count(), 2, "reloading sends nothing");
      assert.deepEqual(await faults(page), [], "the enquiry's page");
      assert.ok(await fits(page), "the enquiry's page fits");
      await picture(page, `enquiry-${look}`);
    });
  }
}

test("by keyboard alone, without JavaScript", async (t) => {
  const chat = await open(t, here);
  await chat.switchTo("Nguyễn Mai");
  const address = await wayToForm(chat);
  const context = await here.browser.newContext({ javaScriptEnabled: false, viewport: PHONE });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(address);
  await page.keyboard.press("Tab");
  assert.equal(await page.locator(":focus").innerText(), "本文へ移動");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Tab");
  assert.equal(await page.locator(":focus").getAttribute("id"), "text");
  await page.keyboard.type("宇宙港はどこですか");
  for (let i = 0; i < 3; i += 1) await page.keyboard.press("Tab");
  assert.equal(await page.locator(":focus").innerText(), "送信する");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { level: 1, name: "送信しました" }).waitFor();
});

test("a link that is not whole says what to do", async (t) => {
  const chat = await open(t, here, { expects: [/404/] });
  await chat.page.goto(`${await wayToForm(chat)}x`);
  await chat.page.getByRole("heading", { level: 1, name: "ページを表示できません" }).waitFor();
  assert.deepEqual(await faults(chat.page), []);
  await picture(chat.page, "stop");
});
