// Languages: of the answers (chosen by words, by tap, or taken from LINE) and of the page itself.

import assert from "node:assert/strict";
import { test } from "node:test";

import { open, stage, words } from "./support.js";

const here = stage();
const KANA = /[\u3041-\u30ff]/;

/** The newest reply's first bubble, without addresses and names in brackets. */
const firstBubble = async (reply) => words(reply.locator(".bubble").first());

test("typing English switches; questions in English are answered in English", async (t) => {
  const chat = await open(t, here);
  const chosen = await chat.say("English");
  assert.match(await words(chosen), /From now on the answers come in English\./);
  const answer = await chat.say("How do I throw away a sofa?");
  const said = await firstBubble(answer);
  assert.match(said, /300 yen|¥300/);
  assert.doesNotMatch(said, KANA);
  assert.ok(await answer.getByRole("link", { name: "Call", exact: true }).isVisible());
  assert.deepEqual((await chat.quick.getByRole("button").allInnerTexts()).slice(0, 2), ["Helpful", "Wrong"]);
  await chat.newestEvent();
  await chat.page.locator("#log .reply[lang=en]").last().waitFor();
  assert.equal(await answer.getAttribute("lang"), "en", "the reply is marked with its language");

  // What has no words of its own follows the chosen language too.
  const sticker = await chat.reply(() => chat.page.getByRole("button", { name: "スタンプを送る" }).click());
  assert.match(await words(sticker), /Thank you for the sticker/);
  const back = await chat.say("日本語");
  assert.match(await words(back), /これからは日本語でお答えします/);
});

test("somebody whose LINE is in Vietnamese is greeted in Vietnamese", async (t) => {
  const chat = await open(t, here);
  await chat.switchTo("Nguyễn Mai");
  assert.match(await words(chat.replies.first()), /Cảm ơn bạn đã kết bạn/);
});

for (const [language, said] of [["en", /Thank you for adding us/], ["zh-CN", /感谢您添加好友/], ["ko", /친구로 추가해 주셔서/], ["pt", /Obrigado por nos adicionar/], ["tl", /Salamat sa pag-add/]]) {
  test(`a new resident whose LINE is in ${language} is greeted in it`, async (t) => {
    const chat = await open(t, here);
    assert.match(await words(await chat.addResident(`new ${language}`, language)), said);
  });
}

test("a language is chosen by tapping", async (t) => {
  const chat = await open(t, here);
  await chat.addResident("ことばを選ぶ人", "ja");
  const sticker = () => chat.reply(() => chat.page.getByRole("button", { name: "スタンプを送る" }).click());
  for (const [language, said] of [
    ["中文", /谢谢您发来的表情贴图/], ["やさしい日本語", /スタンプを ありがとうございます。/], ["Tiếng Việt", /Cảm ơn bạn đã gửi nhãn dán/],
    ["日本語", /スタンプをありがとうございます。/],
  ]) {
    await chat.say("Language");
    await chat.tap(language);
    assert.match(await words(await sticker()), said, language);
  }
});

test("the page itself speaks Japanese or English, and remembers", async (t) => {
  const chat = await open(t, here);
  const { page } = chat;
  assert.equal(await page.title(), "todoke デモ");
  await page.getByRole("button", { name: "English", exact: true }).click();
  await page.getByRole("heading", { name: "What happened" }).waitFor();
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
  assert.equal(await page.title(), "todoke demo");
  await chat.replies.first().waitFor();
  await page.reload();
  await chat.replies.first().waitFor();
  assert.equal(await chat.text.getAttribute("placeholder"), "Type a message");
  const own = await page.locator("header, #people h2, #people label, #add button, #say, .phone-head button, #wire h2, #wire .note, .event h3")
    .evaluateAll((all) => all.map((e) => e.innerText).join("\n"));
  assert.doesNotMatch(own.replace("日本語", "").replace("届", ""), /[\u3041-\u30ff\u4e00-\u9fff]/, "no Japanese is left over");
  await page.getByRole("button", { name: "日本語", exact: true }).click();
  await page.getByRole("heading", { name: "何が起きたか" }).waitFor();
});
