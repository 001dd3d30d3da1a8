// Staff at the console: a browser of somebody's, the way in by the demo's buttons, and what every page keeps.

import assert from "node:assert/strict";

import { AxeBuilder } from "@axe-core/playwright";

import { DESKTOP, PHONE } from "./support.js";

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

  return { browser, enter, origin };
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
