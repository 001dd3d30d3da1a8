// Targets: a clerk sets the plan's goal up, is told what is missing, evaluates a year; axe, width and pictures on both sizes,
// light and dark; by keyboard, without JavaScript, on paper.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { faults, fits, staff } from "./staff.js";
import { DESKTOP, PHONE, picture, stage } from "./support.js";

const here = stage();
const { browser, enter, origin, signedIn } = staff(here);
const TARGETS = "/console/todoke/targets";

/** Fills in the plan's goal: 58,049 friends at the end of FY2024, 160,000 at the end of FY2029. */
async function fill(page, name) {
  await page.getByLabel("目標の名前").fill(name);
  await page.getByRole("group", { name: "出発点" }).getByLabel("日").fill("2025-03-31");
  await page.getByRole("group", { name: "出発点" }).getByLabel("値").fill("58,049");
  const goal = page.getByRole("group", { name: "目標1" });
  await goal.getByLabel("日").fill("2030-03-31");
  await goal.getByLabel("値").fill("１６０，０００");
}

test("a clerk sets a target up, changes it, evaluates a year, takes the figures along, removes it and takes that back", async (t) => {
  const page = await signedIn(t, "administrator", { script: false, expects: [/422/] });
  await page.goto(origin() + TARGETS);
  await page.getByRole("link", { name: /目標を登録する|最初の目標を登録する/ }).click();
  await page.getByRole("button", { name: "保存する" }).evaluate((button) => { button.form.noValidate = true; });
  await page.getByRole("button", { name: "保存する" }).click();
  const problems = page.locator("#problems");
  assert.match(await problems.innerText(), /名前を1文字から60文字/);
  await problems.getByRole("link").first().click();
  await fill(page, "友だちの数");
  await page.getByRole("button", { name: "保存する" }).click();
  assert.match(await page.getByRole("status").innerText(), /保存しました/);
  assert.ok((await page.locator(".standing").first().innerText()).length > 10, "the rule stands beside the status");

  const year = page.getByRole("link", { name: "令和7年度（2025）の評価" });
  await year.click();
  await page.getByLabel("△ 届かなかった").check();
  await page.getByLabel("理由").fill("窓口での案内が始まったのは秋からだった");
  await page.getByRole("button", { name: "評価を保存する" }).click();
  assert.match(await page.locator("#problems").innerText(), /次の取組を書いて/);
  await page.getByLabel("次の取組").fill("4月から全区役所に案内を置く");
  await page.getByRole("button", { name: "評価を保存する" }).click();
  const row = page.getByRole("row", { name: /令和7年度/ });
  assert.match(await row.innerText(), /△/);
  assert.match(await row.innerText(), /4月から全区役所/);

  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: /^CSV/ }).click()]);
  assert.ok((await readFile(await download.path(), "utf8")).startsWith("\ufeff日,値,計画の値,"));

  await page.getByRole("link", { name: "目標を直す" }).click();
  await page.getByText("この目標を削除する").click();
  await page.getByRole("button", { name: "削除する", exact: true }).click();
  assert.match(await page.getByRole("status").innerText(), /削除しました/);
  await page.getByText(/削除した目標（/).click();
  await page.getByRole("button", { name: "「友だちの数」を元に戻す" }).click();
  assert.match(await page.getByRole("status").innerText(), /元に戻しました/);
});

for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const dark of [false, true]) {
    test(`targets: axe, width, pictures: ${name}, ${dark ? "dark" : "light"}`, async (t) => {
      const page = await browser(t, { size, dark });
      const look = `${name}${dark ? "-dark" : ""}`;
      await enter(page, "administrator");
      const shown = async (what) => {
        for (const summary of await page.locator("main summary").all()) await summary.click();
        assert.deepEqual(await faults(page), [], what);
        await fits(page);
        await picture(page, `targets-${what}-${look}`, { whole: true });
      };
      await page.goto(`${origin()}${TARGETS}/new`);
      await shown("new");
      await fill(page, `友だち ${look}`);
      await page.getByRole("button", { name: "保存する" }).click();
      await page.locator(".done").waitFor();
      await shown("one");
      await page.getByRole("link", { name: "令和7年度（2025）の評価" }).click();
      await shown("year");
      await page.goto(origin() + TARGETS);
      await shown("list");
      await page.getByRole("link", { name: "課ごとのブロック" }).click();
      await page.getByRole("row", { name: /市民生活課/ }).waitFor();
      await shown("departments");
      await page.goto(`${origin()}/console/todoke/figures`);
      await page.getByRole("heading", { name: "分野ごとの手続きリンクのタップ" }).waitFor();
      await shown("figures");
    });
  }
}

test("by keyboard a viewer reads; nothing can be changed; on paper nothing is lost", async (t) => {
  const page = await browser(t);
  await enter(page, "viewer");
  await page.goto(origin() + TARGETS);
  const links = page.locator("main a, main summary");
  for (let at = 0; at < await links.count(); at += 1) {
    await links.nth(at).focus();
    assert.ok(await links.nth(at).evaluate((one) => one === document.activeElement));
  }
  assert.equal(await page.getByRole("link", { name: "目標を登録する" }).count(), 0);
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("nav").first().isVisible(), false);
  assert.ok(await page.getByRole("heading", { name: "目標", exact: true }).isVisible());
});
