// Without a mouse, and without eyes: order, visible focus, announcements.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PHONE, TWO_MATTERS, open, stage, words } from "./support.js";

const here = stage();

/** Presses a key until the focus is where it should be; every stop on the way must show its focus. */
async function walk(page, key, selector) {
  const seen = [];
  for (let n = 0; n < 60; n += 1) {
    await page.keyboard.press(key);
    const at = await page.evaluate((wanted) => {
      const e = document.activeElement;
      const style = getComputedStyle(e);
      const box = e.getBoundingClientRect();
      const inView = box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
      return { what: e.outerHTML.slice(0, 90), there: e.matches(wanted), isBody: e === document.body, inView, ring: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2 };
    }, selector);
    seen.push(at.what);
    if (!at.isBody) assert.ok(at.ring && at.inView, `the focus cannot be seen on ${at.what}`);
    if (at.there) return seen;
  }
  return assert.fail(`${key} never comes to ${selector}:\n${seen.join("\n")}`);
}

test("ask and choose with the keyboard alone", async (t) => {
  const chat = await open(t, here);
  const { page } = chat;
  await walk(page, "Tab", "#text");
  await page.keyboard.type(TWO_MATTERS);
  const asked = await chat.reply(() => page.keyboard.press("Enter"));
  assert.equal(await chat.text.inputValue(), "");
  assert.ok(await chat.text.evaluate((e) => e === document.activeElement), "one can go on writing");
  assert.match(await words(asked), /^1\. /m);

  await walk(page, "Shift+Tab", "#log .quick button");
  await walk(page, "Shift+Tab", "#log .quick button:first-child");
  const label = await page.evaluate(() => document.activeElement.textContent);
  await chat.reply(() => page.keyboard.press("Enter"));
  assert.equal(await words(chat.mine.last().locator(".bubble")), label);
  assert.ok(await chat.text.evaluate((e) => e === document.activeElement), "the focus does not vanish with the button");

  await walk(page, "Shift+Tab", "#log a[href^='tel:']");
  await walk(page, "Shift+Tab", "#log .unsend");
  await page.keyboard.press("Space");
  await chat.log.getByText("メッセージの送信を取り消しました").waitFor();
  await page.waitForFunction(() => document.activeElement.id === "text");
});

test("after an example that disappears one can go on writing", async (t) => {
  const chat = await open(t, here);
  await chat.addResident("例を選ぶ人", "ja");
  await walk(chat.page, "Shift+Tab", "#try-list button:first-child");
  await chat.reply(() => chat.page.keyboard.press("Enter"));
  await chat.page.waitForFunction(() => document.activeElement.id === "text");
});

test("the link to skip leads to the field, and is seen when it has the focus", async (t) => {
  const chat = await open(t, here);
  await chat.page.keyboard.press("Tab");
  const skip = chat.page.locator(".skip");
  assert.ok(await skip.evaluate((e) => e === document.activeElement));
  assert.ok((await skip.boundingBox()).x >= 0);
  await chat.page.keyboard.press("Enter");
  assert.ok(await chat.text.evaluate((e) => e === document.activeElement));
});

test("a resident is chosen with the keyboard, and one can write at once", async (t) => {
  const chat = await open(t, here);
  await walk(chat.page, "Tab", "#people-list li:nth-child(3) button");
  await chat.page.keyboard.press("Enter");
  await chat.replies.first().waitFor();
  assert.equal(await words(chat.page.locator("#people-list [aria-current]")), "Alex (English)");
  assert.ok(await chat.text.evaluate((e) => e === document.activeElement));
});

test("the chat scrolls with the keyboard", async (t) => {
  const chat = await open(t, here);
  await chat.say("粗大ごみを出したい");
  await chat.say(TWO_MATTERS);
  await walk(chat.page, "Shift+Tab", "#log");
  const top = () => chat.log.evaluate((e) => e.scrollTop);
  const before = await top();
  await chat.page.keyboard.press("Home");
  await chat.page.waitForFunction((was) => document.getElementById("log").scrollTop < was, before);
});

test("Enter sends, but not with Shift nor while an input method composes", async (t) => {
  const chat = await open(t, here);
  const said = await chat.mine.count();
  await chat.text.fill("粗大ごみ");
  await chat.text.press("Shift+Enter");
  assert.equal(await chat.text.inputValue(), "粗大ごみ\n");
  await chat.text.evaluate((e) => e.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", isComposing: true, bubbles: true, cancelable: true })));
  assert.equal(await chat.text.inputValue(), "粗大ごみ\n");
  await chat.text.fill("   ");
  await chat.text.press("Enter");
  await chat.say("粗大ごみを出したい");
  assert.equal(await chat.mine.count(), said + 1, "nothing else was sent");
});

test("new messages are announced, choices are a group with a name", async (t) => {
  const chat = await open(t, here);
  const log = chat.page.getByRole("log", { name: "トーク" });
  assert.equal(await log.getAttribute("aria-live"), "polite");
  // What a screen reader is told of: nodes that are added under the live region, with who speaks.
  await log.evaluate((e) => {
    globalThis.added = [];
    new MutationObserver((all) => { for (const m of all) for (const n of m.addedNodes) globalThis.added.push(n.textContent); }).observe(e, { childList: true });
  });
  await chat.say(TWO_MATTERS);
  const added = await chat.page.evaluate(() => globalThis.added);
  assert.ok(added.some((text) => text.startsWith(`あなた${TWO_MATTERS}`)), JSON.stringify(added));
  assert.ok(added.some((text) => text.startsWith("市") && text.includes("1. ")), JSON.stringify(added));
  assert.ok(await chat.page.getByRole("group", { name: "選べる返信" }).isVisible());
  assert.equal(await chat.page.getByRole("alert").count(), 0, "nothing is wrong");
});

test("on a phone a tap does not unfold the keyboard over the answer", async (t) => {
  const chat = await open(t, here, { size: PHONE });
  await chat.say(TWO_MATTERS);
  await chat.text.blur();
  await chat.reply(() => chat.quick.getByRole("button").first().tap());
  await chat.page.waitForFunction(() => document.activeElement.id === "log");
});
