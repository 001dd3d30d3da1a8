// Somebody's own data: from the chat's button to a change and to the end of it all, on both sizes, light and
// dark, in three languages, by keyboard and without JavaScript.

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

/** The address behind the chat's button. */
async function wayToPage(chat) {
  const reply = await chat.say("登録内容を見る");
  const button = chat.page.getByRole("link", { name: "ページで見る・変える" }).last();
  await button.waitFor();
  assert.ok(await reply.isVisible());
  return button.getAttribute("href");
}

for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const dark of [false, true]) {
    test(`seen, changed, erased: ${name}, ${dark ? "dark" : "light"}`, async (t) => {
      const chat = await open(t, here, { size, dark, expects: [/422/] });
      const look = `${name}-${dark ? "dark" : "light"}`;
      const { page } = chat;
      await chat.addResident(`ページの人 ${look}`, "ja");
      const address = await wayToPage(chat);
      await page.goto(address);
      for (const [language, title] of [["やさしい日本語", "登録を"], ["English", "Your data"], ["日本語", "登録内容の確認と変更"]]) {
        await page.getByRole("link", { name: language, exact: true }).click();
        await page.getByRole("heading", { level: 1, name: title }).waitFor();
        assert.deepEqual(await faults(page), [], language);
        assert.ok(await fits(page), `${language} fits`);
        await picture(page, `own-${look}-${language}`, { whole: true });
      }
      await page.getByRole("checkbox", { name: "ごみの日" }).check();
      await page.getByText("「ごみの日」の地域・時間").click();
      const garbage = page.locator("details", { hasText: "「ごみの日」の地域・時間" });
      await garbage.getByRole("checkbox", { name: "星川区" }).check();
      await garbage.getByLabel("届ける時間").selectOption("6-8");
      await page.getByRole("button", { name: "「ほしいお知らせ」を保存する" }).click();
      await page.getByRole("status").getByText("保存しました").waitFor();
      await page.locator("dd", { hasText: "ごみの日（星川区、6時〜8時）" }).waitFor();
      assert.ok(await page.getByRole("checkbox", { name: "ごみの日" }).isChecked());
      await page.reload();

      await page.getByLabel("自宅").selectOption({ label: "星川区" });
      await page.getByRole("button", { name: "「お住まいの区など」を保存する" }).click();
      await page.locator("dd", { hasText: "自宅：星川区" }).waitFor();

      const add = page.getByRole("group", { name: "お子さんを加える" });
      await add.getByLabel("年と月").fill("去年の春");
      await page.getByRole("button", { name: "「お子さん」を保存する" }).click();
      const alert = page.getByRole("alert");
      await alert.waitFor();
      assert.deepEqual(await faults(page), [], "with a mistake");
      await picture(page, `own-mistake-${look}`);
      await alert.getByRole("link").click();
      assert.equal(await page.evaluate(() => document.activeElement.id), "children.new", "the summary leads to the field");
      assert.equal(await add.getByLabel("年と月").inputValue(), "去年の春", "what was typed is kept");
      await add.getByLabel("年と月").fill("令和6年5月");
      await page.getByRole("button", { name: "「お子さん」を保存する" }).click();
      await page.locator("dd", { hasText: "2024年5月生まれ" }).waitFor();
      assert.deepEqual(await faults(page), [], "changed");
      await picture(page, `own-changed-${look}`, { whole: true });

      await page.goto(new URL("/demo", address).href);
      await chat.replies.first().waitFor();
      await chat.switchTo(`ページの人 ${look}`);
      await chat.say("登録内容を見る");
      await chat.replies.filter({ hasText: "ごみの日（星川区、6時〜8時）" }).first().waitFor();
      await page.goto(address);
      await page.getByRole("button", { name: "すべてのお知らせを止める" }).click();
      await page.getByRole("status").waitFor();
      assert.equal(await page.locator("dd", { hasText: "ごみの日" }).count(), 0);

      await page.getByRole("link", { name: "消す前の確認へ進む" }).click();
      await page.getByRole("heading", { level: 1, name: "すべて消す" }).waitFor();
      assert.deepEqual(await faults(page), [], "before the end");
      await picture(page, `own-erase-${look}`, { whole: true });
      await page.getByRole("link", { name: "消さずに戻る" }).click();
      await page.locator("dd", { hasText: "自宅：星川区" }).waitFor();
      await page.getByRole("link", { name: "消す前の確認へ進む" }).click();
      await page.getByRole("button", { name: "すべて消す" }).click();
      await page.getByRole("heading", { level: 1, name: "すべて消しました" }).waitFor();
      assert.deepEqual(await faults(page), [], "erased");
      await picture(page, `own-erased-${look}`);
    });
  }
}

for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const dark of [false, true]) {
    test(`somebody helps, until the resident takes it back: ${name}, ${dark ? "dark" : "light"}`, async (t) => {
      const chat = await open(t, here, { size, dark, expects: [/410/] });
      const look = `${name}-${dark ? "dark" : "light"}`;
      const { page } = chat;
      await chat.addResident(`頼む人 ${look}`, "ja");
      const address = await wayToPage(chat);
      await page.goto(address);
      await page.getByLabel("どなたに渡しますか").fill("長女");
      await page.getByLabel("使える期間").selectOption({ label: "30日間" });
      await page.getByRole("button", { name: "リンクを作る" }).click();
      await page.getByRole("heading", { level: 1, name: "リンクを作りました" }).waitFor();
      assert.deepEqual(await faults(page), [], "the link");
      assert.ok(await fits(page), "the link fits");
      await picture(page, `helper-link-${look}`, { whole: true });
      const link = await page.locator("#address a").getAttribute("href");

      const context = await here.browser.newContext({ viewport: size, colorScheme: dark ? "dark" : "light", javaScriptEnabled: true });
      t.after(() => context.close());
      const helper = await context.newPage();
      await helper.goto(link);
      await helper.getByRole("heading", { level: 1, name: "手伝う方" }).waitFor();
      assert.deepEqual(await faults(helper), [], "the helper's page");
      assert.ok(await fits(helper), "the helper's page fits");
      await picture(helper, `helper-page-${look}`, { whole: true });
      await helper.getByRole("checkbox", { name: "ごみの日" }).check();
      await helper.getByRole("button", { name: "「ほしいお知らせ」を保存する" }).click();
      await helper.getByRole("status").getByText("保存しました").waitFor();

      await page.getByRole("link", { name: "登録内容に戻る" }).click();
      await page.locator("dd", { hasText: "ごみの日" }).waitFor();
      await page.getByText("長女").filter({ hasText: "最後に開いた日" }).waitFor();
      assert.deepEqual(await faults(page), [], "with a helper");
      await picture(page, `helper-known-${look}`, { whole: true });
      await page.getByRole("button", { name: "「長女」のリンクを取り消す" }).click();
      await page.getByRole("status").getByText("保存しました").waitFor();
      assert.equal(await page.getByRole("button", { name: "「長女」のリンクを取り消す" }).count(), 0);
      await helper.goto(link);
      await helper.getByText("ご本人が取り消しました").waitFor();
      assert.deepEqual(await faults(helper), [], "taken back");
    });
  }
}

test("by keyboard alone, without JavaScript", async (t) => {
  const chat = await open(t, here, { size: PHONE });
  await chat.addResident("キーボードの人", "ja");
  const address = await wayToPage(chat);
  const context = await here.browser.newContext({ javaScriptEnabled: false, viewport: PHONE });
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(address);
  await page.keyboard.press("Tab");
  assert.equal(await page.locator(":focus").innerText(), "本文へ移動");
  await page.keyboard.press("Enter");
  const focus = async (wanted) => {
    for (let i = 0; i < 60; i += 1) {
      await page.keyboard.press("Tab");
      if ((await page.locator(":focus").getAttribute("id")) === wanted) return;
    }
    assert.fail(`${wanted} is not reached`);
  };
  await focus("topics.childcare");
  await page.keyboard.press("Space");
  await focus("household");
  await page.keyboard.type("３");
  // Enter in a line of text sends its own section alone.
  await page.keyboard.press("Enter");
  await page.locator("dd", { hasText: "世帯の人数：3" }).waitFor();
  assert.equal(await page.locator("dd", { hasText: "子育て" }).count(), 0);
  await focus("topics.childcare");
  await page.keyboard.press("Space");
  for (let i = 0; i < 60; i += 1) {
    await page.keyboard.press("Tab");
    if ((await page.locator(":focus").innerText()) === "「ほしいお知らせ」を保存する") break;
  }
  await page.keyboard.press("Enter");
  await page.locator("dd", { hasText: "子育て" }).waitFor();
});

test("a link that is not whole says what to do", async (t) => {
  const chat = await open(t, here, { expects: [/404/] });
  await chat.addResident("途中で切れた人", "ja");
  await chat.page.goto(`${await wayToPage(chat)}x`);
  await chat.page.getByRole("heading", { level: 1, name: "ページを表示できません" }).waitFor();
  assert.deepEqual(await faults(chat.page), []);
});
