// What a resident lives through in Japanese: answer, question back, refusal, distress, feedback, things
// that are not words, and what must never be run.

import assert from "node:assert/strict";
import { test } from "node:test";

import { AMBIGUOUS, DESK_TELEPHONE, TWO_MATTERS, hasFeedback, open, stage, words } from "./support.js";

const here = stage();

test("the greeting says what this is and offers topics", async (t) => {
  const chat = await open(t, here);
  const greeting = await words(chat.replies.first());
  assert.match(greeting, /友だち追加ありがとうございます/);
  assert.match(greeting, /自動/);
  assert.ok((await chat.replies.first().locator(".cards .card button").count()) >= 6, "topics to tap");
  assert.equal(await words(chat.page.locator("#who")), "住民：佐藤 はる（日本語）");
  assert.ok(await chat.page.locator("#try-list").getByRole("button", { name: "粗大ごみを出したい" }).isVisible());
});

test("a question is answered with the fee, a link and a telephone, and the page shows how", async (t) => {
  const chat = await open(t, here);
  const reply = await chat.say("粗大ごみを出したい");
  assert.match(await words(reply), /300円/);

  const call = reply.getByRole("link", { name: "電話する" });
  assert.match(await call.getAttribute("href"), /^tel:[0-9+#*-]+$/);
  assert.equal(await call.getAttribute("target"), null, "dialling opens no empty tab");
  const link = reply.getByRole("link", { name: "粗大ごみを申し込む" });
  // Over our own address, which counts the tap and leads on to what the city has published.
  const way = await link.getAttribute("href");
  assert.match(way, /^http:\/\/127\.0\.0\.1:\d+\/p\/go\/todoke\.garbage\.bulky\./);
  const led = await chat.page.request.get(way, { maxRedirects: 0 });
  assert.equal(led.status(), 302);
  assert.match(led.headers().location, /^https:\/\/www\.city\.todoke\.example\//);
  assert.equal(await link.getAttribute("rel"), "noopener noreferrer");

  const event = await chat.newestEvent();
  assert.match(await words(event.locator(".cause")), /^粗大ごみを出したい · \d\d:\d\d$/);
  const titles = await event.locator(".step h3").allInnerTexts();
  assert.equal(titles.length, 3, String(titles));
  assert.match(titles[0], /^Webhook を受信 · 200 · [\d.]+ ms$/);
  assert.equal(titles[1], "判断");
  assert.equal(titles[2], "LINE への返信 · 200");
  assert.match(await words(event.locator(".signature")), /^署名: [A-Za-z0-9+/]{43}=$/);

  const decision = event.locator(".step").nth(1);
  assert.match(await words(decision), /回答する garbage\.bulky \(確かさ [01]\.\d\d\)/);
  assert.match(await words(decision), /結果: 返信を受付 · \d+ ms/);
  assert.ok((await decision.locator(".why li").count()) >= 1, "reasons");
  assert.match(await words(decision.locator(".why li").first()), /^garbage\.bulky が最も近い候補です（/);

  const [webhook, call_] = await Promise.all([0, 2].map((n) => event.locator(".step").nth(n).locator("pre").textContent()));
  assert.equal(JSON.parse(webhook).events[0].message.text, "粗大ごみを出したい");
  assert.equal(JSON.parse(call_).replyToken, JSON.parse(webhook).events[0].replyToken, "the reply carries the event's token");
  await event.locator("summary").first().click();
  assert.ok(await event.locator("pre").first().isVisible(), "the content unfolds");
});

test("a suggested question can be tapped", async (t) => {
  const chat = await open(t, here);
  await chat.addResident("例を押す人", "ja");
  await chat.reply(() => chat.page.locator("#try-list button").first().click());
  assert.equal(await words(chat.mine.last().locator(".bubble")), "粗大ごみを出したい");
  assert.ok(await chat.page.locator("#tries").isHidden(), "the examples make room for the chat");
});

test("the suggested questions show that it answers, asks back, and says what it does not know", async (t) => {
  const chat = await open(t, here);
  const decisions = new Set();
  for (const text of await chat.page.locator("#try-list button").allTextContents()) {
    await chat.say(text);
    decisions.add((await words((await chat.newestEvent()).locator(".step").nth(1).locator("strong"))));
  }
  assert.deepEqual([...decisions].sort(), ["わからないと伝える", "回答する", "聞き返す"].sort());
});

for (const question of [AMBIGUOUS, TWO_MATTERS]) test(`${question}: is asked back; a choice is tapped, typed, or none of them`, async (t) => {
  const chat = await open(t, here);
  const ask = async () => {
    const reply = await chat.say(question);
    const choices = await chat.quick.getByRole("button").allInnerTexts();
    assert.ok(choices.length >= 3, String(choices));
    assert.equal(choices.at(-1), "この中にない");
    const numbered = [...(await words(reply)).matchAll(/^(\d+)\. (.+)$/gm)].map(([, n, label]) => [Number(n), label]);
    assert.deepEqual(numbered, choices.slice(0, -1).map((label, i) => [i + 1, label]), "the choices carry numbers");
    assert.match(await words((await chat.newestEvent()).locator(".step").nth(1)), /聞き返す/);
    return choices;
  };
  const decided = async () => (await words((await chat.newestEvent()).locator(".step").nth(1).locator("p").first())).split(" ").slice(0, 2);

  const choices = await ask();
  const tapped = await chat.tap(choices[1]);
  assert.equal(await words(chat.mine.last().locator(".bubble")), choices[1], "the tap is shown as said");
  const answer = await words(tapped.locator(".bubble").first());
  assert.ok(await hasFeedback(chat), "an answer asks whether it helped");
  const [name, intent] = await decided();
  assert.equal(name, "回答する");

  for (const typed of ["2", "２"]) {
    await ask();
    const reply = await chat.say(typed);
    assert.equal(await words(reply.locator(".bubble").first()), answer, `${typed} gives what the tap gives`);
    assert.deepEqual(await decided(), [name, intent]);
  }

  await ask();
  const none = await chat.tap("この中にない");
  assert.match(await words(none), /コールセンター/);
  assert.equal(await none.getByRole("link", { name: "電話する" }).getAttribute("href"), DESK_TELEPHONE);
  assert.equal((await decided())[0], "わからないと伝える");
});

test("a topic of the greeting leads to its questions, and they to answers", async (t) => {
  const chat = await open(t, here);
  await chat.addResident("分野から選ぶ人", "ja");
  const topic = chat.replies.first().locator(".card button").first();
  const label = await words(topic);
  const questions = await chat.reply(() => topic.click());
  assert.equal(await words(chat.mine.last().locator(".bubble")), label);
  assert.match(await words(questions), /^1\. /m);
  assert.equal((await chat.quick.getByRole("button").allInnerTexts()).at(-1), "この中にない");
  const answer = await chat.say("1");
  assert.ok(await hasFeedback(chat));
  assert.match(await words(answer), /https:\/\/www\.city\.todoke\.example\//);
});

test("what the city does not know is refused politely, with a telephone and its hours", async (t) => {
  const chat = await open(t, here);
  const reply = await chat.say("屋根の雪おろしを頼みたい");
  const said = await words(reply);
  assert.match(said, /申し訳ありません/);
  assert.match(said, /とどけ市コールセンター/);
  assert.match(said, /毎日 8時〜21時/);
  assert.equal(await reply.getByRole("link", { name: "電話する" }).getAttribute("href"), DESK_TELEPHONE);
  assert.match(await words((await chat.newestEvent()).locator(".step").nth(1)), /わからないと伝える/);
  assert.ok(!(await hasFeedback(chat)), "there is no answer to judge");
});

test("somebody in distress gets numbers at once, and is not asked for feedback", async (t) => {
  const chat = await open(t, here);
  const reply = await chat.say("死にたい");
  assert.match(await words((await chat.newestEvent()).locator(".step").nth(1)), /命と安全の案内/);
  const said = await words(reply);
  assert.match(said, /\d{3,4}-\d{2,4}-\d{3,4}|#\d{4}/, "numbers to read");
  const numbers = await reply.locator("a[href^='tel:']").evaluateAll((all) => all.map((a) => a.getAttribute("href")));
  assert.ok(numbers.length >= 1, "numbers to tap");
  assert.ok(!(await hasFeedback(chat)), "no feedback buttons");
  assert.ok(await reply.locator(".bubble").first().isVisible());
});

test("feedback: wrong leads to a person, helpful to thanks, tapped or typed", async (t) => {
  const chat = await open(t, here);
  for (const give of [(label) => chat.tap(label), (label) => chat.say(label)]) {
    await chat.say("粗大ごみを出したい");
    const sorry = await give("ちがう");
    assert.match(await words(sorry), /申し訳ありません[^]*粗大ごみ受付センター[^]*電話 [\d-]+/);
    assert.match(await sorry.getByRole("link", { name: "電話する" }).getAttribute("href"), /^tel:/);
    assert.match(await words((await chat.newestEvent()).locator(".step").nth(1)), /感想を受け取る garbage\.bulky/);

    await chat.say("粗大ごみを出したい");
    const thanks = await give("役に立った");
    assert.match(await words(thanks), /ありがとうございます/);
    assert.match(await words((await chat.newestEvent()).locator(".step").nth(1)), /感想を受け取る garbage\.bulky/);
    assert.ok(!(await hasFeedback(chat)), "nobody is asked twice");
  }
});

for (const [button, shown, said] of [
  ["スタンプを送る", "スタンプ", /スタンプをありがとうございます/],
  ["写真を送る", "写真", /画像をありがとうございます/],
  ["音声を送る", "音声メッセージ", /音声をありがとうございます/],
  ["場所を送る", "場所：中央公園", /位置情報をありがとうございます/],
]) {
  test(`${button}: gets its fixed reply`, async (t) => {
    const chat = await open(t, here);
    const reply = await chat.reply(() => chat.page.getByRole("button", { name: button }).click());
    assert.match(await words(reply), said);
    assert.match(await chat.mine.last().innerText(), new RegExp(shown));
    assert.match(await words((await chat.newestEvent()).locator(".step").nth(1)), /決まった返事/);
  });
}

test("a message that was taken back disappears, and nothing is replied to that", async (t) => {
  const chat = await open(t, here);
  const text = "これは取り消します";
  await chat.say(text);
  const replies = await chat.replies.count();
  await chat.mine.last().getByRole("button", { name: "送信取消" }).click();
  await chat.log.getByText("メッセージの送信を取り消しました").waitFor();
  assert.equal(await chat.log.getByText(text).count(), 0, "the bubble is gone");
  assert.equal(await chat.mine.filter({ hasText: text }).count(), 0);
  await chat.events.first().getByText("返信なし").waitFor();
  assert.equal(await chat.replies.count(), replies, "no reply");
  assert.equal(await chat.log.locator(".typing").count(), 0, "nothing is waited for");
});

test("a blocked account cannot be written to; unblocking greets again", async (t) => {
  const chat = await open(t, here);
  await chat.addResident("ブロックする人", "ja");
  await chat.page.getByRole("button", { name: "ブロック", exact: true }).click();
  const unblock = chat.page.getByRole("button", { name: "ブロック解除" });
  await unblock.waitFor();
  assert.ok(await chat.text.isDisabled());
  assert.match(await chat.text.getAttribute("placeholder"), /ブロックを解除/);
  const greeting = await chat.reply(() => unblock.click());
  assert.match(await words(greeting), /友だち追加ありがとうございます/);
  await chat.page.locator("#text:enabled").waitFor();
});

const HOSTILE = [
  "<img src=x onerror=alert(1)>",
  "<script>alert(1)</script>\"'><svg onload=alert(1)>",
  "<a href=\"javascript:alert(1)\">x</a> &lt;b&gt; ${alert(1)} {{alert(1)}}",
  "\u202e<b>gnp.exe\u2066 abc\u2069\u202c",
];

test("what residents send is shown as text and never run", async (t) => {
  const chat = await open(t, here);
  for (const text of HOSTILE) {
    await chat.say(text);
    assert.equal(await chat.mine.last().locator(".bubble").textContent(), text);
    const event = await chat.newestEvent();
    assert.ok((await event.locator(".cause").textContent()).startsWith(text));
    assert.equal(JSON.parse(await event.locator("pre").first().textContent()).events[0].message.text, text);
  }
  assert.equal(await chat.page.locator("main img, main script, main svg, main a[href^='javascript:']").count(), 0);
});

test("a resident's name is shown as text and never run", async (t) => {
  const chat = await open(t, here);
  const name = "<img src=x onerror=alert(1)>";
  await chat.addResident(name, "ja");
  assert.equal(await chat.page.locator("#who").textContent(), `住民：${name}`);
  assert.equal(await chat.page.locator("main img").count(), 0);
});
