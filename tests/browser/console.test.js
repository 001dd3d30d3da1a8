// The staff console: coming in by an invitation, the second factor, signing out and in again; every page at
// both sizes, light and dark, with axe and without JavaScript.

import assert from "node:assert/strict";
import { test } from "node:test";

import { code, faults, fits, staff } from "./staff.js";
import { DESKTOP, PHONE, picture, stage } from "./support.js";

const here = stage();
const { browser, enter, invite, origin } = staff(here);
const PASSWORD = "正しい馬 電池 ホチキス";

for (const script of [true, false]) {
  test(`invited, password, second factor, home; out and in again${script ? "" : ", without JavaScript"}`, async (t) => {
    const admin = await browser(t);
    await enter(admin, "administrator");
    const login = script ? "hanako" : "taro";
    const link = await invite(admin, login, "鈴木 花子", "FAQ 編集者");

    const page = await browser(t, { script, size: PHONE, expects: [/status of 422/] });
    await page.goto(link);
    await page.getByText("鈴木 花子 さん、ようこそ").waitFor();
    await fits(page);
    if (script) await picture(page, "console-invitation-phone");
    await page.getByLabel("新しいパスワード", { exact: true }).fill(PASSWORD);
    await page.getByLabel("新しいパスワード（確認）").fill(PASSWORD);
    await page.getByRole("button", { name: "決定して進む" }).click();

    await page.getByRole("heading", { name: "二段階認証を設定する" }).waitFor();
    await page.getByText("読み取れないとき").click();
    const key = await page.locator("#totp-key").innerText();
    await fits(page);
    if (script) {
      assert.deepEqual(await faults(page), []);
      await picture(page, "console-enrol-phone");
    }
    await page.getByLabel("アプリに表示された6桁の数字").fill("000000");
    await page.getByRole("button", { name: "設定する" }).click();
    await page.getByRole("alert").waitFor();
    await page.getByLabel("アプリに表示された6桁の数字").fill(code(key));
    await page.getByRole("button", { name: "設定する" }).click();

    await page.getByRole("heading", { name: "回復コード" }).waitFor();
    const codes = await page.locator(".codes code").allInnerTexts();
    assert.equal(codes.length, 10);
    await fits(page);
    if (script) {
      assert.deepEqual(await faults(page), []);
      await picture(page, "console-recovery-codes-phone");
    }
    await page.getByRole("link", { name: "ホームへ" }).click();
    await page.getByRole("heading", { name: "ホーム" }).waitFor();

    await page.getByRole("button", { name: "ログアウト" }).click();
    await page.getByRole("heading", { name: "ログイン" }).waitFor();
    await page.goto(`${origin()}/console/todoke`);
    await page.getByLabel("ログイン名").fill(login);
    await page.getByLabel("パスワード").fill("ちがうパスワード");
    await page.getByRole("button", { name: "ログインする" }).click();
    await page.getByText("ログインできませんでした").waitFor();
    await page.getByLabel("パスワード").fill(PASSWORD);
    await page.getByRole("button", { name: "ログインする" }).click();
    await page.getByRole("heading", { name: "二段階認証" }).waitFor();
    if (script) assert.deepEqual(await faults(page), []);
    await page.getByLabel("認証コード").fill(codes[0].toLowerCase());
    await page.getByRole("button", { name: "ログインする" }).click();
    await page.waitForURL(/\/console\/todoke$/);
    assert.equal(await page.getByRole("link", { name: "職員", exact: true }).count(), 0, "no page that may not be opened");
  });
}

const PAGES = [
  ["home", "/console/todoke"], ["staff", "/console/todoke/staff"], ["staff-invite", "/console/todoke/staff/invite"],
  ["staff-import", "/console/todoke/staff/import"], ["audit", "/console/todoke/audit"], ["me", "/console/-/me"],
  ["password", "/console/-/me/password"], ["recovery-codes-new", "/console/-/me/recovery-codes"],
  ["segments", "/console/todoke/segments"], ["denied", "/console/minato"], ["not-found", "/console/todoke/nothing-here"],
];

for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const dark of [false, true]) {
    test(`every page: axe, width, pictures: ${name}, ${dark ? "dark" : "light"}`, async (t) => {
      const page = await browser(t, { size, dark, expects: [/status of 40[34]/] });
      await page.goto(`${origin()}/console/-/sign-in`);
      assert.deepEqual(await faults(page), [], "sign-in");
      await fits(page);
      await picture(page, `console-sign-in-${name}${dark ? "-dark" : ""}`);
      await enter(page, "administrator");
      for (const [label, path] of PAGES) {
        await page.goto(origin() + path);
        assert.deepEqual(await faults(page), [], label);
        await fits(page);
        await picture(page, `console-${label}-${name}${dark ? "-dark" : ""}`);
      }
      await page.goto(`${origin()}/console/todoke/staff`);
      await page.getByRole("row").last().getByRole("link").click();
      await page.getByRole("heading", { level: 1 }).waitFor();
      assert.deepEqual(await faults(page), [], "staff-edit");
      await picture(page, `console-staff-edit-${name}${dark ? "-dark" : ""}`);
    });
  }
}

test("the keyboard alone: skip link, problems in view and linked to their fields, English a click away", async (t) => {
  const page = await browser(t, { expects: [/status of 422/] });
  await enter(page, "administrator");
  await page.goto(`${origin()}/console/todoke/staff/invite`);
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "content");
  await page.getByLabel("氏名").fill("花子");
  await page.getByLabel("ログイン名").fill("あ");
  await page.getByRole("button", { name: "登録してリンクを表示する" }).press("Enter");
  await page.locator("#problems:focus").waitFor();
  assert.deepEqual(await faults(page), []);
  await picture(page, "console-problems-desktop");
  await page.locator("#problems a").first().press("Enter");
  assert.match(await page.evaluate(() => document.activeElement.id), /login|roles/);
  assert.equal(await page.getByLabel("氏名").inputValue(), "花子", "what was typed stays");
  await page.getByRole("link", { name: "English" }).click();
  await page.getByRole("heading", { name: "Invite somebody" }).waitFor();
  assert.equal(await page.evaluate(() => document.documentElement.lang), "en");
  await picture(page, "console-staff-invite-english");
});
