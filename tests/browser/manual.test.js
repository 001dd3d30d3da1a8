// The pages of docs/ja/操作マニュアル as each role meets them, in the order of the manual. With MANUAL_IMAGES=… it
// writes the manual's pictures there (scripts/manual-screenshots.sh); without, it only holds that the pages and the
// words that the manual names are there.

import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";

import { faults, staff } from "./staff.js";
import { AMBIGUOUS, open, stage } from "./support.js";

const here = stage();
const { browser, enter, origin } = staff(here);
const SIZE = { width: 1024, height: 700 };

async function shot(page, name) {
  const folder = process.env.MANUAL_IMAGES;
  if (!folder || !name) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`) });
}

/** What each role opens: the address below the account, the words of the manual, and the picture's name. */
const WALKS = [
  ["viewer", [["", "きょうの数字", "閲覧-ホーム"], ["/figures?period=7", "日ごとの質問", "閲覧-数字"]]],
  ["faq-editor", [
    ["", "答えられなかった新しい質問", "FAQ編集-ホーム"],
    ["/unanswered", "似たものどうし", "FAQ編集-答えられなかった質問"],
    ["/intents", "", "FAQ編集-回答の一覧"],
    ["/intents/topics", "質問の数", "FAQ編集-分野"],
  ]],
  ["announcer", [["/segments", "配信先の条件", ""], ["/announcements", "最初のお知らせを書く", ""], ["/announcements/new", "承認に出す", ""]]],
  ["approver", [["/emergency", "承認", "承認-緊急モード"], ["/announcements", "お知らせの配信", ""]]],
  ["desk", [["", "未対応の問い合わせ", "窓口-ホーム"], ["/enquiries", "問い合わせ", "窓口-問い合わせ"]]],
  ["operator", [["/search", "トークと同じしくみ", "コールセンター-検索"]]],
  ["auditor", [["/audit", "書き換えや削除はできません", "監査-操作記録"]]],
  ["administrator", [
    ["/staff", "職員を招待する", "管理者-職員"],
    ["/staff/invite", "招待リンク", "管理者-招待"],
    ["/staff/import", "CSV ファイル", "管理者-取り込み"],
  ]],
];

test("the pages of the manual, role by role", async (t) => {
  const chat = await open(t, here);
  for (const text of ["粗大ごみを出したい", "転入届を出したい", AMBIGUOUS, "明日の天気は"]) await chat.say(text);
  const page = await browser(t, { size: SIZE, expects: [/status of 404/] });
  await page.goto(`${origin()}/console/-/sign-in`);
  await page.getByLabel("ログイン名").waitFor();
  await shot(page, "共通-ログイン");
  for (const [role, pages] of WALKS) {
    await enter(page, role);
    for (const [path, words, name] of pages) {
      const answer = await page.goto(`${origin()}/console/todoke${path}`);
      // A page that this build does not have yet; the manual's picture of it stays as it is.
      if (answer.status() === 404) continue;
      assert.equal(answer.status(), 200, `${role} ${path}`);
      if (words) assert.ok((await page.locator("main").innerText()).includes(words), `${role} ${path}: ${words}`);
      assert.deepEqual(await faults(page), [], `${role} ${path}`);
      // Of a page with a chart, the chart.
      await page.locator(".figure").evaluateAll((charts) => charts[0]?.scrollIntoView());
      await shot(page, name);
    }
    // A segment of the sample city: its page has an address that no test knows.
    if (role === "announcer") {
      await page.goto(`${origin()}/console/todoke/segments`);
      await page.getByRole("link", { name: "3〜5歳のお子さんがいる家庭" }).click();
      await page.getByText("だれに届くか").first().waitFor();
      assert.deepEqual(await faults(page), [], "a segment");
      await shot(page, "発信-条件");
    }
  }
  await page.goto(`${origin()}/console/-/me`);
  await page.getByRole("heading", { name: "マイページ" }).waitFor();
  await shot(page, "共通-マイページ");
});
