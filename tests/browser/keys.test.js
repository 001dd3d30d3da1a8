// Security keys with Chromium's virtual authenticator: set up from the invitation, sign in, add a spare, confirm a
// grave act, remove; what is said where none can be used; axe, both sizes, light and dark.

import assert from "node:assert/strict";
import { test } from "node:test";

import { faults, fits, staff } from "./staff.js";
import { DESKTOP, PHONE, picture, stage } from "./support.js";

const here = stage();
const { browser, enter, origin } = staff(here);
const PASSWORD = "正しい馬 電池 ホチキス";
/** Keys know names and no numbers: the same demo under its name. */
const named = () => origin().replace("127.0.0.1", "localhost");

/** A browser at the console's name, with a key plugged in. */
async function withKey(t, options = {}) {
  const page = await browser(t, { ...options, home: named() });
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const plug = async () => (await session.send("WebAuthn.addVirtualAuthenticator", {
    options: { protocol: "ctap2", transport: "usb", hasResidentKey: false, hasUserVerification: false, automaticPresenceSimulation: true },
  })).authenticatorId;
  const unplug = (authenticatorId) => session.send("WebAuthn.removeVirtualAuthenticator", { authenticatorId });
  return { page, plug, unplug, key: await plug() };
}

async function invite(t, login) {
  const admin = await browser(t);
  await enter(admin, "administrator");
  await admin.goto(`${origin()}/console/todoke/staff/invite`);
  await admin.getByLabel("氏名").fill("鈴木 花子");
  await admin.getByLabel("ログイン名").fill(login);
  await admin.getByLabel("FAQ 編集者").check();
  await admin.getByRole("button", { name: "登録してリンクを表示する" }).click();
  const link = await admin.locator("a[href*='/invitations/']").getAttribute("href");
  return link.replace("127.0.0.1", "localhost");
}

async function accept(page, link) {
  await page.goto(link);
  await page.getByLabel("新しいパスワード", { exact: true }).fill(PASSWORD);
  await page.getByLabel("新しいパスワード（確認）").fill(PASSWORD);
  await page.getByRole("button", { name: "決定して進む" }).click();
  await page.getByRole("heading", { name: "二段階認証を設定する" }).waitFor();
}

async function signIn(page, login) {
  await page.goto(`${named()}/console/-/sign-in`);
  await page.getByLabel("ログイン名").fill(login);
  await page.getByLabel("パスワード").fill(PASSWORD);
  await page.getByRole("button", { name: "ログインする" }).click();
  await page.getByRole("button", { name: "セキュリティキーでログインする" }).waitFor();
}

for (const [name, size, dark] of [["desktop", DESKTOP, false], ["desktop-dark", DESKTOP, true], ["phone", PHONE, false], ["phone-dark", PHONE, true]]) {
  test(`a key from the invitation on: ${name}`, async (t) => {
    const login = `key-${name}`;
    const { page, plug, unplug, key } = await withKey(t, { size, dark, expects: [/status of 422/] });
    const look = async (label) => {
      assert.deepEqual(await faults(page), [], label);
      await fits(page);
      await picture(page, `console-${label}-${name}`);
    };
    await accept(page, await invite(t, login));
    await page.getByRole("button", { name: "セキュリティキーを登録する" }).waitFor();
    await look("enrol-key");
    await page.getByRole("button", { name: "セキュリティキーを登録する" }).click();
    assert.ok(await page.evaluate(() => document.activeElement.id === "key-name"), "a key has a name");
    await page.getByLabel("キーの名前").fill("職員証");
    await page.getByRole("button", { name: "セキュリティキーを登録する" }).click();
    await page.getByRole("heading", { name: "回復コード" }).waitFor();
    assert.equal(await page.locator(".codes code").count(), 10);

    await page.getByRole("button", { name: "ログアウト" }).click();
    await signIn(page, login);
    await look("code-key");
    await page.getByRole("button", { name: "セキュリティキーでログインする" }).click();
    await page.waitForURL(/\/console\/todoke$/);

    await page.goto(`${named()}/console/-/me`);
    await look("me-key");
    await page.getByRole("link", { name: "セキュリティキー" }).click();
    await page.getByText("最後の二段階認証です").waitFor();
    await look("keys-one");

    // A second key in place of the first; the first one is known already and would be refused.
    await unplug(key);
    const spare = await plug();
    await page.getByLabel("キーの名前").fill("机の中の予備");
    await page.getByRole("button", { name: "セキュリティキーを登録する" }).click();
    await page.getByRole("cell", { name: "机の中の予備", exact: true }).waitFor();
    await look("keys-two");
    await page.getByLabel("キーの名前").fill("もう一度");
    await page.getByRole("button", { name: "セキュリティキーを登録する" }).click();
    await page.getByText("キーの応答がありませんでした").waitFor();
    await look("keys-failed");

    await page.getByRole("button", { name: "「職員証」を取り消す" }).click();
    await page.getByRole("cell", { name: "職員証", exact: true }).waitFor({ state: "detached" });
    await page.getByRole("button", { name: "ログアウト" }).click();
    await signIn(page, login);
    await page.getByRole("button", { name: "セキュリティキーでログインする" }).click();
    await page.waitForURL(/\/console\/todoke$/);
    await unplug(spare);
  });
}

test("at another address, and without a script, the page says what to do instead", async (t) => {
  const page = await browser(t);
  await enter(page, "viewer");
  await page.goto(`${origin()}/console/-/me/keys`);
  await page.getByText(`セキュリティキーは ${named()} で開いたときに使えます`).waitFor();
  assert.equal(await page.getByRole("button", { name: "セキュリティキーを登録する" }).count(), 0);
  assert.deepEqual(await faults(page), []);
  await picture(page, "console-keys-elsewhere-desktop");
  const plain = await browser(t, { script: false });
  await plain.context().request.post(`${origin()}/demo/staff/viewer`, { maxRedirects: 0 });
  await plain.goto(`${origin()}/console/-/me/keys`);
  await plain.getByText("セキュリティキーには JavaScript が必要です").waitFor();
});
