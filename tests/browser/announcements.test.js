// Announcements from the first word to the correction: written with what a phone shows beside it, warned of, tried on the
// staff, approved by a second person who types the number, held and cancelled, sent and watched, corrected in two clicks; a
// drill; a broken glass and its review; a deputy. Every page with axe, at both sizes, light and dark.

import assert from "node:assert/strict";
import { test } from "node:test";

import { sound, staff } from "./staff.js";
import { DESKTOP, PHONE, open, picture, stage } from "./support.js";

const here = stage();
const { invite, origin, signedIn } = staff(here);

const BASE = "/console/todoke/announcements";
/** The demo's code of the staff group (config/accounts/todoke.toml). */
const CODE = "M4RT-9KZQ-W2DX";

async function go(page, path) {
  await page.goto(origin() + path);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Does something that posts the form, and waits for the page that comes. */
async function post(page, act) {
  await page.evaluate(() => { document.documentElement.dataset.old = "yes"; });
  await act();
  await page.locator("html:not([data-old])").waitFor();
  await page.getByRole("heading", { level: 1 }).waitFor();
}

const press = (page, name) => post(page, () => page.getByRole("button", { name, exact: true }).click());
const stageOf = (page) => page.locator("h1 .tag").first();

/** Begins one to the staff group. */
async function write(page, title, text, kind = "お知らせ") {
  await go(page, `${BASE}/new`);
  await page.getByLabel("件名（職員用）").fill(title);
  await page.getByLabel(kind, { exact: true }).check();
  await page.getByLabel("送り先").selectOption("職員グループ");
  await page.locator('[id="b.ja.0.text"]').fill(text);
}

/** Submits, confirming what should be looked at. */
async function submit(page) {
  await press(page, "承認に出す");
  const box = page.getByLabel("「確かめてください」の指摘をすべて確かめました");
  if (await box.count()) {
    await box.check();
    await press(page, "承認に出す");
  }
  await page.getByRole("status").filter({ hasText: "承認に出しました" }).waitFor();
  return new URL(page.url()).pathname;
}

/** A second person approves by the number. */
async function approve(page, path, number = "1") {
  await go(page, path);
  await page.getByRole("link", { name: "承認する" }).click();
  await page.getByLabel("送る人数を入力してください").fill(number);
  await press(page, "この内容で承認する");
}

/** Somebody of the staff group, in the chat. */
async function colleague(t) {
  const chat = await open(t, here);
  await chat.say("受信設定");
  await chat.tap("税・保険料の期限");
  await chat.say("受信設定");
  await chat.tap("役員・団員");
  const told = await chat.say(CODE);
  return { chat, told: await told.innerText() };
}

test("from the first word to the correction", async (t) => {
  const { chat, told } = await colleague(t);
  assert.match(told, /職員/);
  // What is sent back with problems is told by the browser too.
  const expects = [/status of 422/];
  const author = await signedIn(t, "announcer", { expects });
  const approver = await signedIn(t, "approver", { expects });

  await t.test("an empty list says what to do", async () => {
    await go(author, BASE);
    await sound(author, "empty");
    await picture(author, "announcements-empty");
    await author.getByRole("link", { name: "最初のお知らせを書く" }).click();
    await author.getByRole("heading", { level: 1, name: "お知らせを書く" }).waitFor();
  });

  await t.test("what is wrong is told while it is typed, and beside its field", async () => {
    await write(author, "断水のお知らせ", "2026年12月5日（日）に断水します。\nhttp://bit.ly/x");
    const finding = author.locator("#preview .findings li");
    await finding.filter({ hasText: "曜日が違います" }).waitFor();
    await finding.filter({ hasText: "市のサイトではありません" }).waitFor();
    await author.locator("#preview .notice-line").filter({ hasText: "断水します" }).waitFor();
    await press(author, "見え方と指摘を更新する");
    await author.locator('[id="b.ja.0-findings"] li').first().waitFor();
    await sound(author, "compose");
    await picture(author, "announcements-compose", { whole: true });
    await press(author, "承認に出す");
    await author.getByText("確かめる必要がある指摘があります").waitFor();
  });

  await t.test("blocks and languages come and go without losing a word", async () => {
    await press(author, "カードを追加（日本語）");
    assert.equal(await author.locator('[id="b.ja.1"]').count(), 1);
    await author.locator('[id="b.ja.1.text"]').fill("給水所を見る");
    await press(author, "上へ（2つ目：ボタン付きカード（日本語））");
    assert.equal(await author.locator('[id="b.ja.0.text"]').inputValue(), "給水所を見る");
    await press(author, "消す（1つ目：ボタン付きカード（日本語））");
    await author.getByLabel("言語").selectOption("en");
    await press(author, "言語を追加する");
    await author.locator('[id="b.en.0.text"]').fill("The water is off.");
    await press(author, "英語をやめる");
    assert.match(await author.locator('[id="b.ja.0.text"]').inputValue(), /断水します/);
    await author.locator('[id="b.ja.0.text"]').fill("2026年12月5日（土）に断水します。\nhttps://www.city.todoke.example/suido");
  });

  let path;
  await t.test("a trial reaches the staff group alone, marked by the server", async () => {
    const reply = await chat.reply(() => press(author, "職員に試し送りする"));
    await author.getByRole("status").filter({ hasText: "1人に試し送り" }).waitFor();
    assert.match(await reply.innerText(), /【テスト】2026年12月5日/);
    path = await submit(author);
    assert.equal(await stageOf(author).innerText(), "承認待ち");
    assert.equal(await author.getByRole("link", { name: "承認する" }).count(), 0, "nobody approves their own");
    await picture(author, "announcements-waiting", { whole: true });
  });

  await t.test("a second person types the number, and no other one will do", async () => {
    await go(approver, BASE);
    await approver.getByRole("region", { name: "承認を待っているもの" }).getByRole("link", { name: "断水のお知らせ" }).click();
    await approver.getByRole("link", { name: "承認する" }).click();
    await approver.getByLabel("送る人数を入力してください").waitFor();
    await sound(approver, "gate");
    await picture(approver, "announcements-gate", { whole: true });
    await approver.getByLabel("送る人数を入力してください").fill("2");
    await press(approver, "この内容で承認する");
    await approver.getByText("入力した人数が違います").waitFor();
    await approver.getByLabel("送る人数を入力してください").fill("１人");
    await press(approver, "この内容で承認する");
    await approver.getByRole("status").filter({ hasText: "承認しました" }).waitFor();
  });

  await t.test("it is held, and one click stops it for good", async () => {
    await go(author, path);
    assert.equal(await stageOf(author).innerText(), "待機中");
    await author.getByText(/あと\d+秒で送り始めます/).waitFor();
    await sound(author, "held");
    await picture(author, "announcements-held", { whole: true });
    await press(author, "取り消す");
    await author.getByRole("status").filter({ hasText: "取り消しました" }).waitFor();
    assert.equal(await stageOf(author).innerText(), "取り消し");
  });

  await t.test("an alert is watched until LINE has accepted it, and corrected in two clicks", async () => {
    await write(author, "避難所を開きます", "【緊急】中央体育館に避難所を開きました。", "緊急（防災など）");
    const alert = await submit(author);
    await approve(approver, alert);
    await go(author, alert);
    const arrived = await chat.reply(() => stageOf(author).filter({ hasText: "受付完了" }).waitFor());
    assert.match(await arrived.innerText(), /中央体育館/);
    const accepted = author.locator(".numbers tr").filter({ hasText: "受付" }).locator("td").first();
    assert.equal(await accepted.innerText(), "1");
    assert.doesNotMatch(await author.locator("main").innerText(), /配信済/);
    await author.getByRole("row", { name: /24時間以内にブロックした人/ }).waitFor();
    await sound(author, "sent");
    await picture(author, "announcements-sent", { whole: true });
    // The first click.
    await press(author, "訂正を送る");
    const text = author.locator('[id="b.ja.0.text"]');
    assert.match(await text.inputValue(), /誤りがありました/);
    await text.fill("先ほどのお知らせに誤りがありました。正しくは東体育館です。");
    // The second one.
    await press(author, "承認に出す");
    await author.getByRole("status").filter({ hasText: "承認に出しました" }).waitFor();
    const correction = new URL(author.url()).pathname;
    const corrected = await chat.reply(() => approve(approver, correction));
    assert.match(await corrected.innerText(), /【訂正】先ほどのお知らせに誤りがありました/);
    await go(approver, `${correction}/history`);
    await approver.getByRole("cell", { name: "承認", exact: true }).waitFor();
    await sound(approver, "history");
    await approver.emulateMedia({ media: "print" });
    await picture(approver, "announcements-history-print", { whole: true });
    await approver.emulateMedia({ media: "screen" });
  });

  await t.test("a drill is marked on every bubble and goes to staff alone, whatever was chosen", async () => {
    await go(author, `${BASE}/new`);
    await author.getByLabel("件名（職員用）").fill("避難訓練");
    await author.getByLabel("訓練", { exact: true }).check();
    await author.getByLabel("送り先").selectOption("友だち全員");
    await author.locator('[id="b.ja.0.text"]').fill("これは訓練です。避難指示を発令しました。");
    await author.locator("#preview .bubble").filter({ hasText: "【訓練】これは訓練です" }).waitFor();
    const drill = await submit(author);
    await author.getByRole("definition").filter({ hasText: "職員グループ" }).waitFor();
    await author.getByRole("definition").filter({ hasText: /^1人$/ }).waitFor();
    await go(author, drill);
    await press(author, "取り消す");
  });

  await t.test("in danger one person sends an alert alone, and a second one reviews it", async () => {
    await write(author, "津波", "【緊急】津波です。直ちに避難してください。", "緊急（防災など）");
    await press(author, "保存する");
    await post(author, () => author.getByRole("link", { name: "津波" }).click());
    await press(author, "ひな型として残す");
    await author.getByText("緊急用（同意待ち）").waitFor();
    await go(approver, `${BASE}/templates`);
    await press(approver, "「津波」に同意する");
    await approver.getByText("緊急用（同意済み）").waitFor();
    await sound(approver, "templates");
    await picture(approver, "announcements-templates", { whole: true });
    await go(author, `${BASE}/templates`);
    await post(author, () => author.getByRole("link", { name: "「津波」から書く" }).click());
    await author.getByLabel("送り先").selectOption("職員グループ");
    const alert = await submit(author);
    await author.getByText("承認を待たずに送る（緊急）").click();
    await author.getByRole("link", { name: "内容と人数を確かめる" }).click();
    await author.getByLabel("送る人数を入力してください").fill("1");
    await sound(author, "glass");
    await picture(author, "announcements-glass", { whole: true });
    const arrived = await chat.reply(() => press(author, "承認を待たずに送る"));
    // Staff are told first, then everybody.
    assert.match(await arrived.innerText(), /1人の職員が承認なしで送りました/);
    await chat.replies.filter({ hasText: "津波です" }).last().waitFor();
    // The page turns by itself when it is sent.
    await stageOf(author).filter({ hasText: "受付完了" }).waitFor();
    assert.equal(await author.getByRole("button", { name: "確かめた（後閲）" }).count(), 0, "nobody reviews their own");
    await go(approver, BASE);
    await approver.getByText("後閲が必要").first().waitFor();
    await go(approver, alert);
    await press(approver, "確かめた（後閲）");
    await approver.getByRole("status").filter({ hasText: "後閲を記録しました" }).waitFor();
  });

  await t.test("a deputy approves in somebody's place, and is shown as such", async () => {
    const administrator = await signedIn(t, "administrator");
    await invite(administrator, "kacho", "課長 一郎", "承認者");
    await go(administrator, `${BASE}/deputies`);
    await administrator.getByLabel("だれの代わり").selectOption("課長 一郎");
    await administrator.getByLabel("代決する人").selectOption({ label: "承認者（デモ）" });
    await administrator.getByLabel("最初の日").fill("2020-01-01");
    await administrator.getByLabel("最後の日").fill("2099-12-31");
    await press(administrator, "決める");
    await administrator.getByRole("cell", { name: "課長 一郎" }).waitFor();
    await sound(administrator, "deputies");
    await picture(administrator, "announcements-deputies", { whole: true });
    await write(author, "図書館の臨時休館", "あすは図書館を休みます。");
    const closed = await submit(author);
    await go(approver, `${closed}/approve`);
    await approver.getByLabel("だれとして承認しますか").selectOption({ label: "課長 一郎さんの代決として" });
    await approver.getByLabel("送る人数を入力してください").fill("1");
    await press(approver, "この内容で承認する");
    await approver.getByText("課長 一郎さんの代決").waitFor();
    await press(approver, "取り消す");
  });

  await t.test("what is given back has its reason in the history", async () => {
    await write(author, "差し戻し", "あすは休館日です。");
    const returned = await submit(author);
    await go(approver, `${returned}/approve`);
    await approver.getByLabel("理由・ひとこと").fill("休館日を確かめてください");
    await press(approver, "差し戻す");
    await approver.getByRole("status").filter({ hasText: "下書きに戻しました" }).waitFor();
    await go(author, `${returned}/history`);
    await author.getByText("休館日を確かめてください").waitFor();
  });

  await t.test("every page holds at both sizes, light and dark", async () => {
    for (const [name, options] of [["phone", { size: PHONE }], ["dark", { size: DESKTOP, dark: true }]]) {
      const writer = await signedIn(t, "announcer", { ...options, expects });
      const second = await signedIn(t, "approver", options);
      await go(writer, BASE);
      await sound(writer, `list, ${name}`);
      await picture(writer, `announcements-list-${name}`, { whole: true });
      await write(writer, "道路工事", "12月5日（日）から工事をします。", "お知らせ");
      await press(writer, "画像を追加（日本語）");
      await press(writer, "消す（2つ目：画像（日本語））");
      await sound(writer, `compose, ${name}`);
      await picture(writer, `announcements-compose-${name}`, { whole: true });
      const path = await submit(writer);
      await sound(writer, `view, ${name}`);
      await go(second, `${path}/approve`);
      await sound(second, `gate, ${name}`);
      await picture(second, `announcements-gate-${name}`, { whole: true });
      await second.getByLabel("送る人数を入力してください").fill("1");
      await press(second, "この内容で承認する");
      await second.getByText(/あと\d+秒で送り始めます/).waitFor();
      await sound(second, `held, ${name}`);
      await picture(second, `announcements-held-${name}`, { whole: true });
      await press(second, "取り消す");
    }
  });
});

// The colleague of the first test is still of the staff group: it is the same demo.
test("without a script everything can be done too", async (t) => {
  const author = await signedIn(t, "announcer", { script: false });
  const approver = await signedIn(t, "approver", { script: false, size: PHONE });
  const send = async (page, name) => {
    await page.getByRole("button", { name, exact: true }).click();
    await page.getByRole("heading", { level: 1 }).waitFor();
  };
  await go(author, `${BASE}/new`);
  await author.getByLabel("件名（職員用）").fill("水道の検針");
  await author.getByLabel("送り先").selectOption("職員グループ");
  await author.locator('[id="b.ja.0.text"]').fill("あす水道の検針に伺います。");
  await send(author, "文章を追加（日本語）");
  await author.locator('[id="b.ja.1.text"]').fill("ご協力ください。");
  await send(author, "承認に出す");
  await author.getByText("承認に出しました").waitFor();
  const path = new URL(author.url()).pathname;
  await go(approver, `${path}/approve`);
  await approver.getByLabel("送る人数を入力してください").fill(await approver.locator(".count").innerText());
  await send(approver, "この内容で承認する");
  await approver.getByText("承認しました").waitFor();
  await send(approver, "取り消す");
  await approver.getByText("取り消しました").waitFor();
});
