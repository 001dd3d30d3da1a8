// Home and figures: what residents did in the chat arrives there, for each role what it may see; charts with
// their tables, the period, CSV; axe on both sizes, light and dark; by keyboard and without JavaScript.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { faults, fits, staff } from "./staff.js";
import { AMBIGUOUS, DESKTOP, PHONE, open, picture, stage } from "./support.js";

const here = stage();
const { browser, enter, origin } = staff(here);
const FIGURES = "/console/todoke/figures";

test("residents ask, judge and tap; home and figures tell of it", async (t) => {
  const chat = await open(t, here);
  await chat.say("粗大ごみを出したい");
  const way = await chat.replies.last().locator("a[href*='/p/go/']").getAttribute("href");
  const tapped = await chat.page.request.get(way, { maxRedirects: 0, headers: { "user-agent": "Mozilla/5.0 (iPhone) Safari Line/15.1.0" } });
  assert.equal(tapped.status(), 302);
  await chat.tap("役に立った");
  await chat.say("転入届を出したい");
  await chat.tap("ちがう");
  await chat.say(AMBIGUOUS);
  await chat.say("明日の天気は");

  const page = await browser(t, { script: false });
  const enter_by_form = async (role) => page.context().request.post(`${origin()}/demo/staff/${role}`, { maxRedirects: 0 });
  await enter_by_form("viewer");
  await page.goto(`${origin()}/console/todoke`);
  const card = (name) => page.locator(".card", { has: page.getByText(name, { exact: true }) }).locator(".count");
  assert.equal(await card("回答した質問").innerText(), "2");
  assert.equal(await card("聞き返した質問").innerText(), "1");
  assert.equal(await card("答えられなかった質問").innerText(), "1");
  await page.getByRole("link", { name: "数字をくわしく見る" }).click();
  assert.equal(await card("質問").innerText(), "4");
  assert.equal(await card("手続きリンクのタップ").innerText(), "1");

  await page.getByLabel("期間").selectOption({ label: "直近7日間" });
  await page.getByRole("button", { name: "表示する" }).click();
  assert.match(page.url(), /period=7$/);
  assert.equal(await page.getByLabel("期間").inputValue(), "7");
  await page.getByText("「日ごとの質問」の表").click();
  const table = page.getByRole("region", { name: "「日ごとの質問」の表" }).getByRole("table");
  assert.equal(await table.getByRole("row").count(), 8, "a row a day, and the heading");
  assert.match(await table.getByRole("row").last().innerText(), /2\s+1\s+1$/);
  assert.equal(await page.locator("#chart-questions ~ .chart svg rect.bar").count(), 3);

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "日ごとの数（CSV）" }).click()]);
  const csv = await readFile(await download.path(), "utf8");
  assert.ok(csv.startsWith("\ufeff日,質問,回答,"), csv.slice(0, 40));
});

for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const dark of [false, true]) {
    test(`home of each role and figures: axe, width, pictures: ${name}, ${dark ? "dark" : "light"}`, async (t) => {
      const page = await browser(t, { size, dark });
      const look = `${name}${dark ? "-dark" : ""}`;
      for (const role of ["faq-editor", "desk", "operator", "auditor"]) {
        await enter(page, role);
        assert.deepEqual(await faults(page), [], role);
        await fits(page);
        await picture(page, `home-${role}-${look}`);
      }
      await page.goto(`${origin()}${FIGURES}?period=91`);
      for (const summary of await page.locator("summary").all()) await summary.click();
      assert.deepEqual(await faults(page), [], "figures");
      await fits(page);
      for (const summary of await page.locator("summary").all()) await summary.click();
      await picture(page, `figures-${look}`, { whole: true });
    });
  }
}

test("figures by keyboard: the chart can be scrolled to, its table opened; on paper nothing is lost", async (t) => {
  const page = await browser(t);
  await enter(page, "viewer");
  await page.goto(origin() + FIGURES);
  const summary = page.getByText("「日ごとの質問」の表");
  const region = page.getByRole("region", { name: "日ごとの質問", exact: true });
  await region.focus();
  await page.keyboard.press("Tab");
  assert.ok(await summary.evaluate((it) => it === document.activeElement), "the table is the next stop");
  await page.keyboard.press("Enter");
  await page.getByRole("region", { name: "「日ごとの質問」の表" }).waitFor();
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  assert.equal(await page.locator("nav.menu").isVisible(), false);
  const paint = await page.locator(".paint-0").first().evaluate((it) => getComputedStyle(it).fill);
  assert.equal(paint, "rgb(0, 23, 193)", "paper is white whatever the screen is");
  await picture(page, "figures-print", { whole: true });
  await page.emulateMedia({ media: "screen", colorScheme: "light" });
  await page.getByRole("link", { name: "English" }).click();
  await page.getByRole("heading", { name: "Questions by day" }).waitFor();
  assert.deepEqual(await faults(page), []);
});
