// What a resident can ask about an announcement, in the chat and on the page of their own data: why it came, fewer like it,
// and back again. At both sizes, light and dark. The announcements wait out their hold of a minute: nothing here shortens it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { staff } from "./staff.js";
import { DESKTOP, PHONE, open, picture, stage } from "./support.js";

const here = stage();
const { origin, signedIn } = staff(here);

const BASE = "/console/todoke/announcements";
/** The hold, and what a slow machine needs beside it. */
const HELD_MS = 120_000;

async function faults(page) {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  assert.ok(passes.length > 10, "axe looked at the page");
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`));
}

/** The address behind the chat's button. */
async function wayToPage(chat) {
  await chat.say("登録内容を見る");
  return chat.page.getByRole("link", { name: "ページで見る・変える" }).last().getAttribute("href");
}

async function go(page, path) {
  await page.goto(origin() + path);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Written by one, approved by another; it goes out by itself. */
async function approved([author, approver], title, text, audience) {
  await go(author, `${BASE}/new`);
  await author.getByLabel("件名（職員用）").fill(title);
  await author.getByLabel("送り先").selectOption({ label: audience });
  await author.locator('[id="b.ja.0.text"]').fill(text);
  await author.getByRole("button", { name: "承認に出す", exact: true }).click();
  await author.getByRole("status").filter({ hasText: "承認に出しました" }).waitFor();
  await go(approver, `${new URL(author.url()).pathname}/approve`);
  const count = await approver.locator(".count").innerText();
  await approver.getByLabel("送る人数を入力してください").fill(count);
  await approver.getByRole("button", { name: "この内容で承認する", exact: true }).click();
  await approver.getByRole("status").filter({ hasText: "承認しました" }).waitFor();
}

test("why it came, fewer like it, and back again", async (t) => {
  const chat = await open(t, here);
  const { page } = chat;
  await chat.addResident("たずねる人", "ja");
  const first = await wayToPage(chat);
  await page.goto(first);
  await page.getByText("この90日間に、お送りしたものはありません。").waitFor();
  await page.getByRole("checkbox", { name: "ごみの日" }).check();
  await page.getByText("「ごみの日」の地域・時間").click();
  await page.locator("details", { hasText: "「ごみの日」の地域・時間" }).getByRole("checkbox", { name: "星川区" }).check();
  await page.getByRole("button", { name: "「ほしいお知らせ」を保存する" }).click();
  await page.locator("dd", { hasText: "ごみの日（星川区）" }).waitFor();
  await page.goto(here.demo.url);
  await chat.replies.first().waitFor();
  await chat.switchTo("たずねる人");

  const people = [await signedIn(t, "announcer"), await signedIn(t, "approver")];
  const before = await chat.replies.count();
  await approved(people, "資源の日", "資源の回収日が変わります。", "星川区・ごみの日のお知らせ");
  await approved(people, "窓口", "市役所の窓口の時間が変わります。", "友だち全員");
  await chat.replies.nth(before + 1).waitFor({ timeout: HELD_MS });

  for (const label of ["なぜ届いたの？", "こういうのは減らして"]) {
    await chat.quick.getByRole("button", { name: label, exact: true }).waitFor();
  }
  await picture(page, "fewer-announcement");
  const why = await (await chat.tap("なぜ届いたの？")).innerText();
  assert.match(why, /市役所の窓口の時間が変わります。/);
  assert.match(why, /友だち登録をしているすべての方/);
  const fewer = await (await chat.say("減らして")).innerText();
  assert.match(fewer, /担当課の名前がない、市からのお知らせ/);
  await picture(page, "fewer-chat");
  const undo = page.getByRole("button", { name: "元に戻す", exact: true }).last();
  const undone = await chat.reply(() => undo.click());
  assert.match(await undone.innerText(), /元に戻しました/);
  await chat.say("お知らせを減らして");

  const address = await wayToPage(chat);
  for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
    for (const dark of [false, true]) {
      const look = `${name}-${dark ? "dark" : "light"}`;
      const context = await here.browser.newContext({
        viewport: size, colorScheme: dark ? "dark" : "light", javaScriptEnabled: true, locale: "ja-JP",
      });
      t.after(() => context.close());
      const own = await context.newPage();
      for (const [language, told] of [["English", "It was sent to every friend"], ["やさしい日本語", "全部の 人に"], ["日本語", "すべての方に"]]) {
        await own.goto(address);
        await own.getByRole("link", { name: language, exact: true }).click();
        await own.locator("dd", { hasText: told }).waitFor();
        assert.deepEqual(await faults(own), [], `${look}, ${language}`);
      }
      await own.locator("dt", { hasText: "資源の回収日が変わります。" }).waitFor();
      assert.ok(await own.locator("#sent ~ dl dd", { hasText: "ごみの日（星川区）" }).count() > 0, "the reason is what was registered");
      const fits = await own.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
      assert.ok(fits, `${look} fits`);
      await picture(own, `fewer-page-${look}`, { whole: true });
    }
  }

  // Taken back on the page, without a script.
  const context = await here.browser.newContext({ javaScriptEnabled: false, viewport: PHONE });
  t.after(() => context.close());
  const plain = await context.newPage();
  await plain.goto(address);
  await plain.getByRole("button", { name: "また受け取る：担当課の名前がない、市からのお知らせ" }).click();
  await plain.getByRole("status").getByText("保存しました").waitFor();
  await plain.getByText("減らしているお知らせはありません。").waitFor();
  const list = await (await chat.say("減らしたお知らせ")).innerText();
  assert.match(list, /減らしているお知らせはありません/);
});
