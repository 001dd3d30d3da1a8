// The city's single sign-on, from the invitation on: linked, cancelled, used to come in, with another account, let go of;
// by itself, by hand and without a script; axe, both sizes, light and dark. The provider is another site.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";

import { startProvider, startServer } from "./provider.js";
import { code, faults, fits, staff } from "./staff.js";
import { DESKTOP, PHONE, launch, picture } from "./support.js";

const here = {};
let provider, server;
before(async () => {
  provider = await startProvider();
  server = await startServer(provider);
  here.demo = { url: `${server.origin}/` };
  here.browser = await launch();
});
after(async () => {
  await here.browser?.close();
  await server?.stop();
  provider?.stop();
});
const { browser } = staff(here);
const PASSWORD = "正しい馬 電池 ホチキス";
const NAME = "市の共通ログイン";

/** A browser for which the provider is no surprise, nor are refusals. */
const visitor = (t, options = {}) => browser(t, { ...options, expects: [new RegExp(`elsewhere: ${provider.url}/`), /status of 422/] });

async function accept(page, link) {
  await page.goto(link);
  await page.getByLabel("新しいパスワード", { exact: true }).fill(PASSWORD);
  await page.getByLabel("新しいパスワード（確認）").fill(PASSWORD);
  await page.getByRole("button", { name: "決定して進む" }).click();
  await page.getByRole("heading", { name: "二段階認証を設定する" }).waitFor();
}

async function signIn(page, login) {
  await page.goto(`${server.origin}/console/-/sign-in`);
  await page.getByLabel("ログイン名").fill(login);
  await page.getByLabel("パスワード").fill(PASSWORD);
  await page.getByRole("button", { name: "ログインする" }).click();
  await page.getByRole("button", { name: `${NAME}で続ける` }).waitFor();
}

/** Signs in at the provider's page, or cancels there. */
async function atProvider(page, link = "ログインする") {
  await page.getByRole("heading", { name: "市の共通ログイン（試験）" }).waitFor();
  assert.equal(new URL(page.url()).origin, provider.url);
  await page.getByRole("link", { name: link }).click();
}

/** Does what leads to an address and holds the page that leads there; gives a way to let go. */
async function hold(page, address, act) {
  let held;
  const isHeld = new Promise((done) => { held = done; });
  // An answer without content leaves the page where it is.
  await page.route(address, async (route) => { await route.fulfill({ status: 204 }); held(); });
  await act();
  await isHeld;
  return () => page.unroute(address);
}

for (const [name, size, dark] of [["desktop", DESKTOP, false], ["desktop-dark", DESKTOP, true], ["phone", PHONE, false], ["phone-dark", PHONE, true]]) {
  test(`an account at the single sign-on from the invitation on: ${name}`, async (t) => {
    const login = `sso-${name}`;
    provider.person = `sub-${name}`;
    const page = await visitor(t, { size, dark });
    const look = async (label) => {
      assert.deepEqual(await faults(page), [], label);
      await fits(page);
      await picture(page, `console-${label}-${name}`, { whole: true });
    };
    await accept(page, await server.invite(login, "faq-editor"));
    await look("enrol-sign-on");

    // The page that leads there, held, and left by hand.
    const leave = await hold(page, `${provider.url}/**`, () => page.getByRole("button", { name: `${NAME}のアカウントを登録する` }).click());
    await page.getByRole("heading", { name: "共通ログインへ移動します" }).waitFor();
    await look("sign-on-leave");
    await leave();
    await page.getByRole("link", { name: `${NAME}へ移動する` }).click();

    // The page that leads back, held, and left by hand.
    const go = await hold(page, "**/console/-/oidc/go?*", () => atProvider(page));
    await page.getByRole("heading", { name: "共通ログインから戻りました" }).waitFor();
    await look("sign-on-back");
    await go();
    await page.getByRole("link", { name: "続ける" }).click();
    await page.getByRole("heading", { name: "回復コード" }).waitFor();
    assert.equal(await page.locator(".codes code").count(), 10);

    // By itself.
    await page.getByRole("button", { name: "ログアウト" }).click();
    await signIn(page, login);
    await look("code-sign-on");
    await page.getByRole("button", { name: `${NAME}で続ける` }).click();
    await atProvider(page, "やめる");
    await page.getByRole("heading", { name: `${NAME}へのログインが完了しませんでした` }).waitFor();
    await look("sign-on-broken-off");
    await page.getByRole("link", { name: "やり直す" }).click();
    provider.person = "somebody-else";
    await page.getByRole("button", { name: `${NAME}で続ける` }).click();
    await atProvider(page);
    await page.getByRole("heading", { name: "登録したアカウントではありません" }).waitFor();
    await look("sign-on-other-account");
    await page.getByRole("link", { name: "やり直す" }).click();
    provider.person = `sub-${name}`;
    await page.getByRole("button", { name: `${NAME}で続ける` }).click();
    await atProvider(page);
    await page.waitForURL(/\/console\/todoke$/);

    await page.goto(`${server.origin}/console/-/me`);
    await look("me-sign-on");
    await page.getByRole("link", { name: NAME }).click();
    await page.getByText("最後の二段階認証です").waitFor();
    await look("sign-on-last");
    assert.equal(await page.getByRole("button", { name: "登録を取り消す" }).count(), 0);

    // Beside an app it may be let go of.
    await page.goto(`${server.origin}/console/-/me/second-factor`);
    await page.getByText("読み取れないとき（手で入力する）").click();
    await page.getByLabel("アプリに表示された6桁の数字").fill(code(await page.locator("#totp-key").innerText()));
    await page.getByRole("button", { name: "設定する", exact: true }).click();
    await page.getByRole("heading", { name: "回復コード" }).waitFor();
    await page.goto(`${server.origin}/console/-/me`);
    await page.getByRole("link", { name: "認証アプリを取り消す" }).click();
    await page.getByRole("button", { name: "取り消す", exact: true }).waitFor();
    await look("app-remove");
    await page.goto(`${server.origin}/console/-/me/sign-on`);
    await look("sign-on-linked");
    await page.getByRole("button", { name: "登録を取り消す" }).click();
    await page.getByRole("button", { name: `${NAME}のアカウントを登録する` }).waitFor();
    await look("sign-on-none");
    await page.goto(`${server.origin}/console/-/me/app`);
    await page.getByText("最後の二段階認証です").waitFor();
    assert.ok(provider.referrers.every((from) => !from?.includes("state=")), "nothing of the way is told as referrer");
  });
}

test("without a script everything goes the same way, and what was taken is told", async (t) => {
  provider.person = "sub-plain";
  const page = await visitor(t, { script: false });
  await accept(page, await server.invite("plain", "faq-editor"));
  await page.getByRole("button", { name: `${NAME}のアカウントを登録する` }).click();
  await atProvider(page);
  await page.getByRole("heading", { name: "回復コード" }).waitFor();
  await page.getByRole("button", { name: "ログアウト" }).click();
  await signIn(page, "plain");
  await page.getByRole("button", { name: `${NAME}で続ける` }).click();
  await atProvider(page);
  await page.waitForURL(/\/console\/todoke$/);

  const other = await visitor(t, { script: false });
  await accept(other, await server.invite("second", "faq-editor"));
  await other.getByRole("button", { name: `${NAME}のアカウントを登録する` }).click();
  await atProvider(other);
  await other.getByRole("heading", { name: "ほかの職員が登録しているアカウントです" }).waitFor();
});
