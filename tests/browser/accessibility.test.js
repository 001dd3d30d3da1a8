// axe finds nothing, with every kind of bubble on the page: both sizes, light and dark, both languages.

import assert from "node:assert/strict";
import { before, test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { DESKTOP, PHONE, TWO_MATTERS, open, stage } from "./support.js";

const here = stage();
const NAME = "なんでも話す人";

/** What axe complains of, short enough to read. */
async function faults(page) {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  assert.ok(passes.length > 20, "axe looked at the page");
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)} ${node.failureSummary ?? ""}`));
}

/** Every kind of entry: greeting with cards, answer, question back, refusal, feedback, sticker, photo, place, unsend. */
async function everyKind(chat) {
  await chat.addResident(NAME, "ja");
  await chat.say("取り消す言葉");
  await chat.mine.last().locator(".unsend").click();
  await chat.log.locator(".notice").nth(1).waitFor();
  await chat.say("粗大ごみを出したい");
  await chat.tap("役に立った");
  await chat.say("明日の天気は");
  for (const act of ["sticker", "image", "audio", "location"]) await chat.reply(() => chat.page.locator(`[data-act=${act}]`).click());
  await chat.say("Language");
  await chat.say(TWO_MATTERS);
  await chat.newestEvent();
}

let prepared = false;
before(() => { prepared = false; });

for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const dark of [false, true]) {
    for (const language of ["ja", "en"]) {
      test(`axe: ${name}, ${dark ? "dark" : "light"}, ${language}`, async (t) => {
        const chat = await open(t, here, { size, dark, language });
        assert.deepEqual(await faults(chat.page), [], "before anything was said");
        if (!prepared) await everyKind(chat);
        else await chat.switchTo(NAME);
        prepared = true;
        await chat.quick.waitFor();
        for (const kind of [".bubble", ".card", ".cards", ".sticker", ".notice", ".quick", ".mine", "a[href^='tel:']", ".bubble a"]) {
          assert.ok((await chat.log.locator(kind).count()) > 0, `the chat has ${kind}`);
        }
        await chat.newestEvent();
        const wide = size === DESKTOP;
        for (const panel of wide ? ["phone"] : ["people", "phone", "wire"]) {
          await chat.show(panel);
          await chat.page.locator(`#${panel}`).waitFor();
          if (panel === "wire" || wide) for (const one of await chat.events.first().locator("summary").all()) await one.click();
          assert.deepEqual(await faults(chat.page), [], panel);
        }
      });
    }
  }
}

test("axe: a blocked account, and a message that could not be sent", async (t) => {
  const chat = await open(t, here, { expects: [/status of 400/] });
  await chat.addResident("ブロックする人", "ja");
  await chat.page.getByRole("button", { name: "ブロック", exact: true }).click();
  await chat.page.getByRole("button", { name: "ブロック解除" }).waitFor();
  await chat.page.locator("#new-name").fill("  ");
  await chat.page.locator("#add button").click();
  await chat.page.getByRole("alert").waitFor();
  assert.deepEqual(await faults(chat.page), []);
});

test("axe: it can fail", async (t) => {
  const chat = await open(t, here);
  await chat.page.evaluate(() => document.querySelector(".send").replaceChildren());
  assert.ok((await faults(chat.page)).some((fault) => fault.startsWith("button-name")));
});
