// Whole ways, each at a desk and on a phone: from an invitation to another answer in the chat and back; from what
// was not answered to an answer; from an enquiry to its answer, its notice in LINE, and an answer of the chat.

import assert from "node:assert/strict";
import { test } from "node:test";

import { code, sound, staff } from "./staff.js";
import { DESKTOP, PHONE, open, picture, stage } from "./support.js";

const here = stage();
const { browser, enquire, enter, invite, origin, signedIn } = staff(here);
const PASSWORD = "正しい馬 電池 ホチキス";
const at = (path) => `${origin()}/console/todoke${path}`;

/** From the regression run to what is in use. */
async function publish(page, why) {
  await page.getByRole("heading", { name: "公開の確認" }).waitFor();
  await page.getByLabel("理由").fill(why);
  await page.getByRole("button", { name: "公開する" }).click();
  await page.getByText("公開中", { exact: true }).waitFor();
}

/** The list of what was not answered, once a question is in it: the reply is there a moment before. */
async function unanswered(page, question) {
  const link = page.getByRole("link", { name: question });
  await page.goto(at("/unanswered"));
  for (let turn = 0; turn < 50 && (await link.count()) === 0; turn += 1) await page.reload();
  await link.click();
  await page.getByRole("heading", { level: 1, name: question }).waitFor();
}

for (const [name, size, login, intent, question, words, one, other] of [
  ["desktop", DESKTOP, "midori", "garbage.bulky", "粗大ごみの出し方", "受付は新しい窓口です。", "恐竜の骨を捨てたい", "宇宙港はいつできますか"],
  ["phone", PHONE, "tsubasa", "moving.in", "転入届", "受付は朝だけです。", "魔法の杖を捨てたい", "空飛ぶ車の駐車場はありますか"],
]) {
  test(`invited, second factor, edited, tried, published, in the chat, returned: ${name}`, async (t) => {
    const chat = await open(t, here, { size });
    const before = await (await chat.say(question)).innerText();
    assert.ok(!before.includes(words));

    const admin = await browser(t);
    await enter(admin, "administrator");
    const link = await invite(admin, login, "高橋 みどり", "FAQ 編集者");
    const page = await browser(t, { size });
    await page.goto(link);
    await page.getByLabel("新しいパスワード", { exact: true }).fill(PASSWORD);
    await page.getByLabel("新しいパスワード（確認）").fill(PASSWORD);
    await page.getByRole("button", { name: "決定して進む" }).click();
    await page.getByText("読み取れないとき").click();
    const key = await page.locator("#totp-key").innerText();
    await page.getByLabel("アプリに表示された6桁の数字").fill(code(key));
    await page.getByRole("button", { name: "設定する" }).click();
    await page.getByRole("heading", { name: "回復コード" }).waitFor();
    await page.getByRole("link", { name: "ホームへ" }).click();
    await page.getByRole("heading", { name: "ホーム" }).waitFor();

    await page.goto(at(`/intents/${intent}`));
    await page.getByLabel("回答 必須").fill(words);
    await page.getByRole("button", { name: "保存して公開の確認へ" }).click();
    await page.getByText("新しく正解").waitFor();
    await publish(page, "窓口が変わった");
    assert.ok((await (await chat.say(question)).innerText()).includes(words), "the chat answers differently");

    await page.getByRole("link", { name: "公開の履歴" }).first().click();
    await page.getByRole("row").nth(2).getByRole("link").click();
    await page.getByRole("link", { name: "この版に戻す" }).click();
    await page.getByLabel("理由").fill("元に戻す");
    await page.getByRole("button", { name: "戻して公開する" }).click();
    await page.getByText("公開中", { exact: true }).waitFor();
    assert.equal(await (await chat.say(question)).innerText(), before, "and as before again");
  });

  test(`not answered, one press, tried, published, answered: ${name}`, async (t) => {
    const chat = await open(t, here, { size });
    assert.ok(!(await (await chat.say(one)).innerText()).includes("粗大ごみ受付センター"));
    const page = await signedIn(t, "faq-editor", { size });
    await unanswered(page, one);
    await sound(page, "group");
    await picture(page, `whole-group-${name}`, { whole: true });
    assert.ok((await page.locator(".picks button").count()) > 0, "something is proposed");
    let choice = page.locator(".picks").first().getByRole("button", { name: "粗大ごみの出し方" });
    if (size === PHONE) {
      await page.getByLabel("ほかの回答をさがす").fill("粗大");
      // Return searches; it adds nothing.
      await page.getByLabel("ほかの回答をさがす").press("Enter");
      await page.getByText(/さがした回答 \d+件/).waitFor();
      await sound(page, "searched");
      await picture(page, `whole-group-searched-${name}`, { whole: true });
      choice = page.locator(".picks").last().getByRole("button", { name: "粗大ごみの出し方" });
    }
    await choice.click();
    await page.getByText(one).first().waitFor();
    await picture(page, `whole-group-publish-${name}`, { whole: true });
    await publish(page, "市民の言い方を加えた");
    assert.match(await (await chat.say(one)).innerText(), /粗大ごみ/, "it is answered");

    await page.goto(at("/unanswered?state=added"));
    await page.getByRole("link", { name: one }).click();
    await page.getByRole("heading", { level: 1, name: one }).waitFor();
    await sound(page, "handled");
    await picture(page, `whole-group-handled-${name}`, { whole: true });
    await page.getByRole("definition").getByRole("link", { name: "粗大ごみの出し方" }).waitFor();
    await page.getByRole("button", { name: "未対応に戻す" }).click();
    await page.getByText("未対応に戻しました").waitFor();
    await page.getByRole("button", { name: "対象外にする" }).waitFor();
  });

  test(`an enquiry, its answer, the notice in LINE, an answer of the chat: ${name}`, async (t) => {
    const resident = await enquire(t, `私は佐藤はるです。${other}。090-1234-5678`, { size });
    const desk = await signedIn(t, "desk", { size });
    await desk.goto(at("/enquiries"));
    await desk.getByLabel("受付番号で開く").fill(resident.number);
    await desk.getByRole("button", { name: "開く" }).click();
    await desk.getByLabel("回答", { exact: true }).fill("3年後の予定です。");
    await desk.getByRole("button", { name: "回答を送る" }).click();
    await desk.getByText("回答を送りました").waitFor();
    const chat = await open(t, here, { size });
    await chat.page.locator("#log").getByText(resident.number).first().waitFor();
    await resident.page.goto(resident.own);
    await resident.page.getByText("3年後の予定です。").waitFor();

    await desk.getByRole("link", { name: "質問を回答づくりに回す" }).click();
    await desk.getByRole("heading", { level: 1, name: "質問を回答づくりに回す" }).waitFor();
    const text = await desk.getByLabel("残す文").inputValue();
    assert.ok(text.includes(other) && !text.includes("佐藤") && !text.includes("090"), text);
    await sound(desk, "learn");
    await picture(desk, `whole-learn-${name}`, { whole: true });
    await desk.getByLabel("残す文").fill(other);
    await desk.getByRole("button", { name: "一覧に残す" }).click();
    await desk.getByText("一覧に残しました").waitFor();

    const page = await signedIn(t, "faq-editor", { size });
    await unanswered(page, other);
    await page.getByText("問い合わせに職員が答えた").waitFor();
    await page.getByRole("link", { name: "新しい回答を書く" }).click();
    await page.getByRole("heading", { level: 1, name: "回答を新しく作る" }).waitFor();
    assert.equal(await page.locator('[id="examples.ja"]').inputValue(), other, "the question is there already");
    await sound(page, "new");
    await picture(page, `whole-new-${name}`, { whole: true });
    await page.locator("#name").fill(`future-${name}`);
    await page.locator('[id="title.ja"]').fill(name === "phone" ? "空飛ぶ車" : "宇宙港");
    await page.locator('[id="answer.ja"]').fill("3年後の予定です。");
    await page.getByRole("button", { name: "保存して公開の確認へ" }).click();
    await publish(page, "問い合わせがあった");
    assert.match(await (await chat.say(other)).innerText(), /3年後の予定です。/, "the chat answers it");
    await page.goto(at("/unanswered?state=drafted"));
    await page.getByRole("link", { name: other }).click();
    await page.getByRole("definition").getByRole("link").first().waitFor();
  });
}

for (const [name, size, question] of [["desktop", DESKTOP, "タイムマシンを借りたい"], ["phone", PHONE, "幽霊に会いたい"]]) {
  test(`the pages of learning in the dark, and without JavaScript: ${name}`, async (t) => {
    const chat = await open(t, here, { size });
    await chat.say(question);
    const dark = await signedIn(t, "faq-editor", { size, dark: true });
    await unanswered(dark, question);
    await sound(dark, "dark");
    await picture(dark, `whole-group-${name}-dark`, { whole: true });
    await dark.goto(at("/figures"));
    await dark.getByRole("heading", { name: "ほかの機関あての質問" }).waitFor();
    await sound(dark, "figures");
    await picture(dark, `whole-figures-${name}-dark`, { whole: true });
    const plain = await signedIn(t, "faq-editor", { size, script: false });
    await unanswered(plain, question);
    await plain.getByRole("button", { name: "対象外にする" }).click();
    await plain.getByRole("heading", { level: 1, name: "答えられなかった質問" }).waitFor();
    await plain.goto(at("/unanswered?state=ignored"));
    await plain.getByRole("link", { name: question }).click();
    await plain.getByRole("button", { name: "未対応に戻す" }).click();
    await plain.getByText("未対応に戻しました").waitFor();
  });
}
