// Several residents: their chats stay apart, and every open page follows its own.

import assert from "node:assert/strict";
import { test } from "node:test";

import { TWO_MATTERS, open, stage, words } from "./support.js";

const here = stage();

test("switching between residents keeps their chats and events apart", async (t) => {
  const chat = await open(t, here);
  await chat.say("粗大ごみを出したい");
  await chat.newestEvent();

  await chat.switchTo("Alex");
  assert.equal(await words(chat.page.locator("#who")), "住民：Alex (English)");
  assert.match(await words(chat.replies.first()), /Thank you for adding us/);
  assert.equal(await chat.mine.count(), 0, "Alex has said nothing");
  assert.equal(await chat.page.locator("#wire").getByText("粗大ごみを出したい").count(), 0, "nor has anything happened for Alex");
  await chat.say("residence certificate");

  await chat.switchTo("佐藤");
  await chat.mine.first().waitFor();
  assert.deepEqual(await chat.mine.locator(".bubble").allInnerTexts(), ["粗大ごみを出したい"]);
  assert.equal(await chat.page.getByText("residence certificate").count(), 0);
  assert.match(await words(chat.replies.last()), /300円/);
});

test("one resident's choices are not another's", async (t) => {
  const chat = await open(t, here);
  await chat.addResident("聞き返される人", "ja");
  await chat.say(TWO_MATTERS);
  await chat.addResident("番号を送る人", "ja");
  const reply = await chat.say("2");
  await chat.newestEvent();
  assert.equal(await chat.events.first().getByText("回答する").count(), 0, "a number answers only who was asked");
  assert.ok(await reply.isVisible());
});

test("a new resident is added, greeted and chosen", async (t) => {
  const chat = await open(t, here);
  const before = await chat.page.locator("#people-list button").count();
  const greeting = await chat.addResident("田中 みのり", "ja");
  assert.match(await words(greeting), /友だち追加ありがとうございます/);
  assert.equal(await chat.page.locator("#people-list button").count(), before + 1);
  assert.equal(await words(chat.page.locator("#people-list [aria-current]")), "田中 みのり");
  assert.equal(await chat.page.locator("#new-name").inputValue(), "", "the form is ready for the next one");
  assert.match(await words(await chat.say("粗大ごみを出したい")), /300円/);
});

test("a resident needs a name", async (t) => {
  const chat = await open(t, here, { expects: [/status of 400/] });
  const before = await chat.page.locator("#people-list button").count();
  await chat.page.locator("#add button").click();
  assert.ok(await chat.page.locator("#new-name:invalid").isVisible());
  // Blanks pass the browser's check; the server refuses them, and the page says so.
  await chat.page.locator("#new-name").fill("   ");
  await chat.page.locator("#add button").click();
  await chat.page.getByRole("alert").getByText("送れませんでした").waitFor();
  assert.equal(await chat.page.locator("#people-list button").count(), before);
});

test("without a connection the page says so, keeps the words, and goes on afterwards", async (t) => {
  const chat = await open(t, here, { expects: [/ERR_INTERNET_DISCONNECTED/] });
  await chat.page.context().setOffline(true);
  await chat.text.fill("粗大ごみを出したい");
  await chat.text.press("Enter");
  await chat.page.getByRole("alert").waitFor();
  assert.equal(await chat.text.inputValue(), "粗大ごみを出したい", "what was written is not lost");
  await chat.page.context().setOffline(false);
  const reply = await chat.reply(() => chat.text.press("Enter"));
  assert.match(await words(reply), /300円/);
  await chat.page.getByRole("alert").waitFor({ state: "hidden" });
});

test("every page follows: the same resident elsewhere sees it, another resident does not", async (t) => {
  const [one, same, other] = await Promise.all([open(t, here), open(t, here), open(t, here)]);
  await other.switchTo("リン");
  const text = `同時に見ています ${Date.now()}`;
  await one.say(text);
  await same.mine.filter({ hasText: text }).waitFor();
  await same.events.first().locator(".cause", { hasText: text }).waitFor();
  assert.equal(await other.page.getByText(text).count(), 0);
  // The other page lives: it shows its own resident's message.
  await other.say(TWO_MATTERS);
  assert.equal(await other.page.getByText(text).count(), 0);
});
