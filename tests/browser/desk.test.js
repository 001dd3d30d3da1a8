// Those who answer residents: a question that was not answered is set aside, an enquiry is answered and read on
// its page, two people put an emergency text before every answer; every page at both sizes, light and dark.

import assert from "node:assert/strict";
import { test } from "node:test";

import { sound, staff } from "./staff.js";
import { DESKTOP, PHONE, open, picture, stage } from "./support.js";

const here = stage();
const { enquire, origin, signedIn } = staff(here);
const at = (path) => `${origin()}/console/todoke${path}`;

test("a question that was not answered is looked at and set aside", async (t) => {
  const editor = await signedIn(t, "faq-editor");
  await editor.goto(at("/unanswered"));
  await editor.getByText("答えられなかった質問はまだありません").waitFor();
  await sound(editor, "empty");
  await picture(editor, "desk-unanswered-empty", { whole: true });
  const chat = await open(t, here);
  for (const words of ["宇宙港はいつできますか", "宇宙港はいつできるの", "恐竜に会いたい"]) await chat.say(words);
  await editor.getByRole("link", { name: "答えられなかった質問" }).click();
  // The reply is there a moment before its question is stored.
  const last = editor.getByRole("link", { name: "恐竜に会いたい" });
  for (let turn = 0; turn < 50 && (await last.count()) === 0; turn += 1) await editor.reload();
  await editor.getByRole("link", { name: "宇宙港" }).waitFor();
  await sound(editor, "list");
  await picture(editor, "desk-unanswered", { whole: true });
  await editor.getByRole("link", { name: "恐竜に会いたい" }).click();
  await editor.getByRole("heading", { level: 1, name: "恐竜に会いたい" }).waitFor();
  await sound(editor, "group");
  await picture(editor, "desk-unanswered-group", { whole: true });
  await editor.getByRole("button", { name: "対象外にする" }).click();
  await editor.getByRole("heading", { level: 1, name: "答えられなかった質問" }).waitFor();
  assert.equal(await editor.getByRole("link", { name: "恐竜に会いたい" }).count(), 0);
  await editor.getByLabel("状態").selectOption("ignored");
  await editor.getByRole("button", { name: "絞り込む" }).click();
  await editor.getByRole("link", { name: "恐竜に会いたい" }).waitFor();
  const file = editor.waitForEvent("download");
  await editor.getByRole("button", { name: "CSV で書き出す" }).click();
  assert.equal((await file).suggestedFilename(), "unanswered.csv");
  assert.ok(await editor.getByRole("button", { name: "CSV で書き出す" }).isEnabled(), "it can be taken again");
});

for (const script of [true, false]) {
  test(`an enquiry is answered and read on its own page${script ? "" : ", without JavaScript, on a phone"}`, async (t) => {
    const words = "<b>宇宙港</b>はいつできますか";
    const resident = await enquire(t, words);
    const desk = await signedIn(t, "desk", { script, size: script ? DESKTOP : PHONE, expects: [/status of 4(09|22)/] });
    await desk.goto(at("/enquiries"));
    await desk.getByLabel("受付番号で開く").fill(resident.number);
    await desk.getByRole("button", { name: "開く" }).click();
    assert.equal(await desk.locator(".talk .said").first().innerText(), words, "shown as typed");
    await desk.getByRole("button", { name: "自分が担当する" }).click();
    await desk.getByText("担当を変えました").waitFor();
    await desk.getByLabel("新しいメモ").fill("宇宙課に確認中");
    await desk.getByRole("button", { name: "メモを残す" }).click();
    await desk.getByText("メモを残しました").waitFor();
    await desk.getByRole("button", { name: "回答を送る" }).click();
    await desk.getByRole("alert").waitFor();
    if (script) await sound(desk, "with a problem");
    await desk.getByLabel("回答", { exact: true }).fill("まだ決まっていません。\n決まりしだいお知らせします。");

    // A colleague is faster.
    const colleague = await signedIn(t, "desk");
    await colleague.goto(desk.url().split("?")[0]);
    await colleague.getByLabel("新しいメモ").fill("先に失礼します");
    await colleague.getByRole("button", { name: "メモを残す" }).click();
    await colleague.getByText("メモを残しました").waitFor();
    await desk.getByRole("button", { name: "回答を送る" }).click();
    await desk.getByText("ほかの人が先に変更しました").waitFor();
    if (script) {
      await sound(desk, "conflict");
      await picture(desk, "desk-enquiry-conflict", { whole: true });
    }
    assert.match(await desk.getByLabel("回答", { exact: true }).inputValue(), /決まりしだい/, "what was written is kept");
    await desk.getByRole("button", { name: "回答を送る" }).click();
    await desk.getByText("回答を送りました").waitFor();
    if (script) await sound(desk, "answered");
    await resident.page.goto(resident.own);
    await resident.page.getByText("まだ決まっていません。").waitFor();
    assert.equal(await resident.page.getByText("確認中").count(), 0, "notes stay among staff");
    await desk.getByRole("button", { name: "完了にする" }).click();
    await desk.getByRole("button", { name: "処理中に戻す" }).waitFor();
    await desk.getByRole("link", { name: "印刷用のページ" }).click();
    if (script) {
      await desk.emulateMedia({ media: "print" });
      await picture(desk, "desk-enquiry-printed", { whole: true });
    }
  });
}

test("an operator searches by keyboard alone and leaves what is missing", async (t) => {
  const operator = await signedIn(t, "operator");
  await operator.goto(at("/search"));
  assert.equal(await operator.evaluate(() => document.activeElement.id), "text", "ready to be typed in");
  await operator.keyboard.type("粗大ごみを捨てたい");
  await operator.keyboard.press("Enter");
  await operator.locator(".hit").first().waitFor();
  assert.ok(!operator.url().includes("?"), "what was typed stands in no address");
  await sound(operator, "found");
  await picture(operator, "desk-search", { whole: true });
  await operator.locator("#text").fill("恐竜の登録はどこですか");
  await operator.locator("#text").press("Enter");
  await operator.getByRole("button", { name: "見つからない" }).press("Enter");
  await operator.getByText("「答えられなかった質問」に残しました").waitFor();
  const editor = await signedIn(t, "faq-editor");
  await editor.goto(at("/unanswered"));
  await editor.getByRole("link", { name: "恐竜の登録" }).click();
  await editor.getByText("電話での案内で見つからなかった").waitFor();
});

test("an emergency text of two people stands before every answer until it is ended", async (t) => {
  const author = await signedIn(t, "announcer", { expects: [/status of 422/] });
  await author.goto(at("/emergency"));
  await sound(author, "idle");
  await picture(author, "desk-emergency-idle", { whole: true });
  await author.getByRole("link", { name: "緊急のお知らせを書く" }).click();
  await author.getByLabel(/^日本語/).fill("避難所を開きました。\n市立体育館に来てください。");
  await author.getByLabel("英語").fill("Shelters are open. Come to the city gymnasium.");
  await author.getByLabel(/^終了時刻/).fill("2020-01-01T00:00");
  await author.getByRole("button", { name: "見え方を確かめる" }).click();
  await author.getByRole("link", { name: "終了時刻は、いまより後にしてください。" }).waitFor();
  await sound(author, "with a problem");
  const later = new Date(Date.now() + (9 + 6) * 3_600_000).toISOString().slice(0, 16);
  await author.getByLabel(/^終了時刻/).fill(later);
  await author.getByRole("button", { name: "見え方を確かめる" }).click();
  await author.getByRole("heading", { name: "LINE での見え方" }).waitFor();
  await sound(author, "preview");
  await picture(author, "desk-emergency-preview", { whole: true });
  await author.getByRole("button", { name: "承認を頼む" }).click();
  await author.getByRole("heading", { level: 1, name: "緊急モード" }).waitFor();
  await sound(author, "waiting");

  const approver = await signedIn(t, "approver");
  await approver.goto(at(""));
  await picture(approver, "desk-emergency-banner", { whole: true });
  await sound(approver, "banner");
  await approver.getByRole("link", { name: "内容を確かめて承認する" }).click();
  await approver.getByText("Shelters are open.").first().waitFor();
  await sound(approver, "approve");
  await picture(approver, "desk-emergency-approve", { whole: true });
  await approver.getByRole("button", { name: "承認して表示する" }).click();
  await approver.getByRole("button", { name: "いますぐ終了する" }).waitFor();
  await sound(approver, "in force");
  await picture(approver, "desk-emergency-active", { whole: true });

  const chat = await open(t, here);
  const answers = await chat.replies.count();
  await chat.say("転入届");
  await chat.page.locator("#log").getByText("避難所を開きました。").first().waitFor();
  assert.ok(await chat.replies.count() > answers);
  await author.goto(at("/emergency"));
  await author.getByRole("button", { name: "いますぐ終了する" }).click();
  await author.getByText("表示中のお知らせはありません").waitFor();
  const before = await chat.page.locator("#log").getByText("避難所を開きました。").count();
  await chat.say("住民票");
  assert.equal(await chat.page.locator("#log").getByText("避難所を開きました。").count(), before, "nothing stands before it any more");
});

const PAGES = [
  ["faq-editor", "unanswered", "/unanswered"], ["desk", "enquiries", "/enquiries"], ["desk", "canned", "/enquiries/canned"],
  ["operator", "search", "/search"], ["viewer", "emergency", "/emergency"], ["announcer", "emergency-propose", "/emergency/propose"],
  ["approver", "emergency-approve-none", "/emergency/approve"],
];

for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const dark of [false, true]) {
    test(`every page of the desk: axe, width, pictures: ${name}, ${dark ? "dark" : "light"}`, async (t) => {
      if (size === DESKTOP && !dark) await enquire(t, "粗大ごみの質問です");
      const look = `${name}${dark ? "-dark" : ""}`;
      for (const [role, label, path] of PAGES) {
        const page = await signedIn(t, role, { size, dark });
        await page.goto(at(path));
        await sound(page, label);
        await picture(page, `desk-${label}-${look}`, { whole: true });
        if (label === "enquiries") {
          await page.locator("tbody a").first().click();
          await page.getByRole("heading", { name: "やりとり" }).waitFor();
          await sound(page, "enquiry");
          await picture(page, `desk-enquiry-${look}`, { whole: true });
          const enquiry = page.url();
          await page.goto(`${enquiry}/print`);
          await sound(page, "print");
          await page.goto(`${enquiry}/learn`);
          await page.getByRole("heading", { level: 1 }).waitFor();
          await sound(page, "learn");
          await picture(page, `desk-learn-${look}`, { whole: true });
        }
        if (label === "search") {
          await page.locator("#text").fill("火事です");
          await page.locator("#text").press("Enter");
          await page.getByText("危険が迫っているかもしれません").waitFor();
          await sound(page, "danger");
          await picture(page, `desk-search-danger-${look}`, { whole: true });
        }
        await page.context().close();
      }
    });
  }
}
