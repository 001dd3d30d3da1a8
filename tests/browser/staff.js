// Staff at the console: a browser of somebody's, the way in by the demo's buttons, and what every page keeps.

import assert from "node:assert/strict";
import { createHmac } from "node:crypto";

import { AxeBuilder } from "@axe-core/playwright";

import { DESKTOP, PHONE, open } from "./support.js";

/** How staff come in, on the stage of a test file. */
export function staff(here) {
  const origin = () => new URL(here.demo.url).origin;

  /** A browser of somebody; whatever the page complains about fails the test. */
  async function browser(t, { size = DESKTOP, dark = false, script = true, expects = [], home = origin() } = {}) {
    const context = await here.browser.newContext({
      viewport: size, hasTouch: size === PHONE, isMobile: size === PHONE, deviceScaleFactor: 1, locale: "ja-JP",
      timezoneId: "Asia/Tokyo", colorScheme: dark ? "dark" : "light", reducedMotion: "reduce", javaScriptEnabled: script,
    });
    context.setDefaultTimeout(15_000);
    const page = await context.newPage();
    const complaints = [];
    page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
    page.on("console", (message) => { if (message.type() === "error") complaints.push(`console: ${message.text()}`); });
    page.on("request", (request) => {
      if (!request.url().startsWith(`${home}/`) && !request.url().startsWith("data:")) complaints.push(`elsewhere: ${request.url()}`);
    });
    t.after(async () => {
      await context.close();
      assert.deepEqual(complaints.filter((one) => !expects.some((pattern) => pattern.test(one))), [], "the page complained");
    });
    return page;
  }

  /** Into the console by the demo's button for a role. */
  async function enter(page, role) {
    await page.goto(here.demo.url);
    await page.locator(`form[action="/demo/staff/${role}"]`).waitFor({ state: "attached" });
    await page.evaluate((action) => {
      const form = document.querySelector(`form[action="${action}"]`);
      form.removeAttribute("target");
      form.submit();
    }, `/demo/staff/${role}`);
    await page.waitForURL(/\/console\/todoke$/);
  }

  /** A browser of somebody with a role, without the demo's page, which needs its script. */
  async function signedIn(t, role, options) {
    const page = await browser(t, options);
    const entered = await page.context().request.post(`${origin()}/demo/staff/${role}`, {
      maxRedirects: 0, headers: { "sec-fetch-site": "same-origin" },
    });
    const [, value] = entered.headers()["set-cookie"].match(/__Host-todoke-session=([0-9a-f]+)/);
    const url = origin().replace("http:", "https:");
    await page.context().addCookies([{ name: "__Host-todoke-session", value, url, secure: true, httpOnly: true, sameSite: "Strict" }]);
    return page;
  }

  /** An administrator invites somebody; gives the link. */
  async function invite(page, login, name, role) {
    await page.goto(`${origin()}/console/todoke/staff`);
    await page.getByRole("link", { name: "職員を招待する" }).click();
    await page.getByLabel("氏名").fill(name);
    await page.getByLabel("ログイン名").fill(login);
    await page.getByLabel(role).check();
    await page.getByLabel("所属").selectOption("環境局 生活環境課");
    await page.getByRole("button", { name: "登録してリンクを表示する" }).click();
    return page.locator("a[href*='/invitations/']").getAttribute("href");
  }

  /** A resident asks what the bot cannot answer, and then the city; gives the address of the enquiry's own page. */
  async function enquire(t, text, options) {
    const chat = await open(t, here, options);
    const refused = await chat.say("屋根の雪おろしを頼みたい");
    const { page } = chat;
    await page.goto(await refused.getByRole("link", { name: "市に問い合わせる" }).getAttribute("href"));
    await page.getByLabel("質問（必須）").fill(text);
    await page.getByLabel("お名前").fill("佐藤 はる");
    await page.getByRole("button", { name: "送信する" }).click();
    const number = (await page.locator(".number").innerText()).match(/\d{4}-\d{6}/)[0];
    const own = await page.getByRole("link", { name: "この問い合わせのページを開く" }).getAttribute("href");
    return { page, number, own: origin() + own };
  }

  return { browser, enter, signedIn, invite, enquire, origin };
}

/** The code that an authenticator app would show (RFC 6238), `steps` of thirty seconds from now. */
export function code(key, steps = 0) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...key.replaceAll(" ", "")].map((c) => letters.indexOf(c).toString(2).padStart(5, "0")).join("");
  const seed = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const hash = createHmac("sha1", seed).update(counter).digest();
  const at = hash[19] & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export async function faults(page) {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  assert.ok(passes.length > 15, "axe looked at the page");
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ""}`));
}

/** Nothing sticks out to the side. */
export async function fits(page) {
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${page.url()} is wider than the window`);
}

/** The page has no fault that axe could find, and nothing sticks out to the side. */
export async function sound(page, label) {
  assert.deepEqual(await faults(page), [], label);
  await fits(page);
}
