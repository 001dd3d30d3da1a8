// Phone and desktop: everything can be reached, nothing sticks out, the newest message is in view.

import assert from "node:assert/strict";
import { test } from "node:test";

import { DESKTOP, PHONE, TWO_MATTERS, open, picture, stage } from "./support.js";

const here = stage();
const PANELS = ["people", "phone", "wire"];

async function converse(chat) {
  await chat.say("粗大ごみを出したい");
  await newestInView(chat);
  await chat.say(TWO_MATTERS);
  await newestInView(chat);
  await chat.say(`長い言葉${"W".repeat(120)}https://www.example.jp/${"a".repeat(200)}`);
  await newestInView(chat);
  await chat.reply(() => chat.page.getByRole("button", { name: "スタンプを送る" }).click());
  await newestInView(chat);
  await chat.newestEvent();
}

/** The newest reply can be read from its beginning, and to its end if there is room. */
async function newestInView(chat) {
  const fits = (timeout) => chat.page.waitForFunction(() => {
    const log = document.getElementById("log").getBoundingClientRect();
    const said = [...document.querySelectorAll("#log .said.theirs")].at(-1).getBoundingClientRect();
    const begins = said.top >= log.top - 1 && said.top < log.bottom - 40;
    return begins && (said.bottom <= log.bottom + 1 || said.height > log.height);
  }, null, { timeout });
  await fits(5_000).catch(() => assert.fail("the newest reply is not in view"));
}

/** What sticks out of the window although nothing around it scrolls sideways. */
const sticksOut = (page) => page.evaluate(() => {
  const scrolls = (e) => e && (["auto", "scroll", "hidden"].includes(getComputedStyle(e).overflowX) && e !== document.body && e !== document.documentElement ? true : scrolls(e.parentElement));
  const out = [...document.body.querySelectorAll("*")].filter((e) => {
    const box = e.getBoundingClientRect();
    return box.width > 0 && (box.right > innerWidth + 1 || box.left < -1) && !e.closest(".skip") && !scrolls(e.parentElement);
  });
  return out.map((e) => `${e.tagName}.${e.className}`);
});

/** What scrolls sideways but should not. */
const scrollsSideways = (page) => page.evaluate(() => {
  const meant = ".cards, .quick, #try-list, .unseen, textarea, input, select";
  const all = [document.scrollingElement, ...document.querySelectorAll("body, main, .panel, #log, #events, .event, .bubble, .card, .said, header, .tabs, #say")];
  return all.filter((e) => e.clientWidth > 0 && e.scrollWidth > e.clientWidth + 1 && !e.matches(meant)).map((e) => `${e.tagName}#${e.id}.${e.className}: ${e.scrollWidth} > ${e.clientWidth}`);
});

for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const dark of [false, true]) {
    const look = `${name}-${dark ? "dark" : "light"}`;

    test(`${look}: nothing sticks out, everything can be reached`, async (t) => {
      const chat = await open(t, here, { size, dark });
      const { page } = chat;
      await picture(page, `${look}-greeting`);
      await chat.addResident(`見る人 ${look}`, "ja");
      await chat.say("粗大ごみを出したい");
      await chat.newestEvent();
      await picture(page, `${look}-answer`);
      await converse(chat);
      await picture(page, `${look}-conversation`);

      for (const panel of PANELS) {
        await chat.show(panel);
        await page.locator(`#${panel}`).waitFor();
        await picture(page, `${look}-${panel}`);
        assert.deepEqual(await scrollsSideways(page), [], `${panel} scrolls sideways`);
        assert.deepEqual(await sticksOut(page), [], `${panel} sticks out`);
        const reachable = page.locator(`#${panel}`).locator(":is(button, a, input, select, textarea, summary):visible");
        const count = await reachable.count();
        assert.ok(count > 0);
        for (let n = 0; n < count; n += 1) {
          const one = reachable.nth(n);
          const what = await one.evaluate((e) => e.outerHTML.slice(0, 80));
          await one.click({ trial: true, timeout: 5_000 }).catch((error) => assert.fail(`cannot reach ${what}: ${error.message}`));
          const box = await one.boundingBox();
          const isInline = await one.evaluate((e) => e.matches(".bubble a"));
          assert.ok(isInline || (box.width >= 24 && box.height >= 24), `too small to tap: ${what}`);
        }
      }
      await chat.show("people");
      for (const one of await page.locator("header button, .tabs button:visible").all()) await one.click({ trial: true });
    });
  }
}

test("the field to write in and the button to send are in view at both sizes", async (t) => {
  for (const size of [DESKTOP, PHONE]) {
    const chat = await open(t, here, { size });
    for (const one of [chat.text, chat.page.locator(".send"), chat.page.locator("#language"), chat.page.locator("#theme")]) {
      const box = await one.boundingBox();
      assert.ok(box.x >= 0 && box.y >= 0 && box.x + box.width <= size.width && box.y + box.height <= size.height, JSON.stringify(box));
      assert.ok(box.height >= 44, "tall enough for a thumb");
    }
  }
});

test("on a phone one panel is shown at a time, and choosing a resident leads to the chat", async (t) => {
  const chat = await open(t, here, { size: PHONE });
  const shown = async () => (await Promise.all(PANELS.map((id) => chat.page.locator(`#${id}`).isVisible()))).map(Number).join("");
  assert.equal(await shown(), "010");
  await chat.show("people");
  assert.equal(await shown(), "100");
  await chat.page.locator("#people-list button").nth(1).tap();
  assert.equal(await shown(), "010");
  await chat.say("粗大ごみを出したい");
  await chat.show("wire");
  assert.equal(await shown(), "001");
  await chat.newestEvent();
});

test("the dark page is chosen by hand too, and kept", async (t) => {
  const chat = await open(t, here);
  const back = () => chat.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await back();
  const button = chat.page.getByRole("button", { name: "暗い画面" });
  assert.equal(await button.getAttribute("aria-pressed"), "false");
  await button.click();
  assert.equal(await button.getAttribute("aria-pressed"), "true");
  const dark = await back();
  assert.notEqual(dark, light);
  await chat.page.reload();
  await chat.replies.first().waitFor();
  assert.equal(await back(), dark);
  await button.click();
  assert.equal(await back(), light);
});
