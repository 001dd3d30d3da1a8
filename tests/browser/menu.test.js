// The rich menu below the chat: seen, tapped by pointer and by keyboard, switched, folded; both sizes, light and dark.

import assert from "node:assert/strict";
import { test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { DESKTOP, PHONE, open, picture, stage, words } from "./support.js";

const here = stage();
const JAPANESE = ["English（英語のメニュー）", "ごみ", "子育て", "防災", "手続き", "受信設定", "人に相談する"];

const bar = (chat) => chat.page.locator("#menu-bar");
const areas = (chat) => chat.page.locator("#menu-areas .menu-area");
const area = (chat, name) => chat.page.locator("#menu").getByRole("button", { name, exact: true });

/** Unfolds the menu, if it is not, once its picture is there. */
async function unfold(chat) {
  await bar(chat).waitFor();
  if ((await bar(chat).getAttribute("aria-expanded")) === "false") await bar(chat).click();
  await pictured(chat);
}

async function pictured(chat) {
  const size = await chat.page.evaluate(async () => {
    const image = new Image();
    image.src = getComputedStyle(document.getElementById("menu-areas")).backgroundImage.slice(5, -2);
    await image.decode();
    return `${image.naturalWidth}×${image.naturalHeight}`;
  });
  assert.equal(size, "2500×1686");
}

const names = (chat) => areas(chat).evaluateAll((all) => all.map((one) => one.getAttribute("aria-label")));

for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const dark of [false, true]) {
    const look = `${name}-${dark ? "dark" : "light"}`;

    test(`${look}: the menu is seen, every area has its place and name, and axe finds nothing`, async (t) => {
      const chat = await open(t, here, { size, dark });
      await bar(chat).waitFor();
      assert.equal(await bar(chat).innerText(), "メニュー");
      await picture(chat.page, `menu-${look}-first`);
      await unfold(chat);
      assert.deepEqual(await names(chat), JAPANESE);
      await picture(chat.page, `menu-${look}`);

      const image = await chat.page.locator("#menu-areas").boundingBox();
      assert.ok(Math.abs(image.width / image.height - 2500 / 1686) < 0.02, "the picture keeps its shape");
      const tile = await area(chat, "防災").boundingBox();
      assert.ok(Math.abs(tile.x - image.x - (image.width * 1667) / 2500) < 2, "an area lies on its part of the picture");
      assert.ok(Math.abs(tile.y - image.y - (image.height * 246) / 1686) < 2);
      for (const one of await areas(chat).all()) {
        const box = await one.boundingBox();
        assert.ok(box.width >= 44 && box.height >= 24, "large enough to tap");
      }
      const log = await chat.log.boundingBox();
      assert.ok(log.height >= 160, `the chat keeps its room: ${log.height}`);

      const { violations, passes } = await new AxeBuilder({ page: chat.page }).analyze();
      assert.ok(passes.length > 20, "axe looked at the page");
      assert.deepEqual(violations.map(({ id, nodes }) => `${id}: ${nodes[0].html.slice(0, 120)}`), []);
    });
  }
}

test("every word of both menus gets an answer, and a tab switches without one", async (t) => {
  const chat = await open(t, here);
  await chat.addResident("メニューを押す人", "ja");
  await unfold(chat);
  const refused = /お答えが見つかりませんでした|found no answer/;
  for (const tile of JAPANESE.slice(1)) {
    const said = await chat.reply(() => area(chat, tile).click());
    assert.doesNotMatch(await words(said), refused, tile);
  }
  assert.equal(await words(chat.mine.last().locator(".bubble")), "人に相談したい");

  const before = await chat.replies.count();
  await area(chat, JAPANESE[0]).click();
  await area(chat, "Garbage").waitFor();
  await pictured(chat);
  assert.equal(await chat.page.locator("#menu").getAttribute("lang"), "en");
  assert.equal(await bar(chat).innerText(), "Menu");
  await picture(chat.page, "menu-desktop-english");
  const event = chat.events.first();
  await event.getByText("メニューを切り替えました").waitFor();
  await event.getByText("返信なし").waitFor();
  assert.equal(await chat.replies.count(), before, "a switch is not answered");
  for (const tile of ["Garbage", "Childcare", "Disasters", "Certificates", "Notifications", "Talk to a person"]) {
    const said = await chat.reply(() => area(chat, tile).click());
    assert.doesNotMatch(await words(said), refused, tile);
  }

  await chat.addResident("ほかの人", "ja");
  await area(chat, "ごみ").waitFor();
  await chat.switchTo("メニューを押す人");
  await area(chat, "Garbage").waitFor();
});

test("folded, unfolded, tapped and switched with the keyboard alone", async (t) => {
  const chat = await open(t, here);
  const { page } = chat;
  await chat.addResident("鍵盤の人", "ja");
  await bar(chat).waitFor();
  if ((await bar(chat).getAttribute("aria-expanded")) === "true") await bar(chat).press("Enter");
  assert.ok(await page.locator("#menu-areas").isHidden());
  await chat.text.focus();
  for (let n = 0; n < 5 && !(await bar(chat).evaluate((e) => e === document.activeElement)); n += 1) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await bar(chat).getAttribute("aria-expanded"), "true");
  await pictured(chat);

  await page.keyboard.press("Tab");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), JAPANESE[0]);
  const ring = await page.evaluate(() => parseFloat(getComputedStyle(document.activeElement).outlineWidth));
  assert.ok(ring >= 2, "the focus is seen");
  await picture(page, "menu-keyboard");
  await page.keyboard.press("Tab");
  await chat.reply(() => page.keyboard.press("Enter"));
  assert.equal(await words(chat.mine.last().locator(".bubble")), "ごみ");
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "ごみ", "the place is kept");

  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Space");
  await area(chat, "Garbage").waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("aria-label")), "日本語 (Japanese menu)", "the focus stays on the tabs");
  await page.keyboard.press("Space");
  await area(chat, "ごみ").waitFor();
});

test("on a phone the menu makes room for the keyboard, and a blocked account has none", async (t) => {
  const chat = await open(t, here, { size: PHONE });
  await chat.addResident("電話の人", "ja");
  await unfold(chat);
  await chat.reply(() => area(chat, "防災").tap());
  assert.equal(await bar(chat).getAttribute("aria-expanded"), "true", "it stays for the next tap");
  await picture(chat.page, "menu-phone-answer");
  await chat.text.tap();
  assert.equal(await bar(chat).getAttribute("aria-expanded"), "false");
  await chat.page.locator("#block").tap();
  await chat.page.locator("#menu").waitFor({ state: "hidden" });
  await chat.page.locator("#block").tap();
  await bar(chat).waitFor();
});

test("a switch that LINE cannot make leaves the menu as it is", async (t) => {
  const chat = await open(t, here);
  await chat.addResident("迷う人", "ja");
  await unfold(chat);
  const friend = (await (await chat.page.request.get(`${new URL(here.demo.url).origin}/demo/api/state`)).json()).people.at(-1).id;
  await chat.page.request.post(`${new URL(here.demo.url).origin}/demo/api/act`, {
    data: { friend, act: { type: "switch-menu", alias: "nowhere" } }, headers: { origin: new URL(here.demo.url).origin },
  });
  await chat.events.first().getByText("返信なし").waitFor();
  assert.deepEqual(await names(chat), JAPANESE);
});
