// More friends and who is reached: a place is added, its sheet printed, its link followed to LINE's page, a new friend
// counted; the population beside those who registered. At both sizes, light and dark; without a script too.

import assert from "node:assert/strict";
import { test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { staff } from "./staff.js";
import { DESKTOP, PHONE, picture, stage } from "./support.js";

const here = stage();
const { origin, signedIn } = staff(here);

const PLACES = "/console/todoke/places";
const REACH = "/console/todoke/reach";
/** What a phone's browser calls itself; the headless one counts as a program. */
const IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Safari";
const LOOKS = [[DESKTOP, false], [DESKTOP, true], [PHONE, false], [PHONE, true]];

const named = (size, dark) => `${size === PHONE ? "phone" : "desktop"}-${dark ? "dark" : "light"}`;

async function faults(page) {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  assert.ok(passes.length > 10, "axe looked at the page");
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`));
}

async function fits(page) {
  return page.evaluate(() => document.documentElement.scrollWidth <= document.documentElement.clientWidth);
}

async function go(page, path) {
  await page.goto(origin() + path);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
}

test("a place is added, its link leads to LINE, and who came is counted", async (t) => {
  const editor = await signedIn(t, "faq-editor", { script: false });
  await go(editor, PLACES);
  await editor.getByLabel("場所の名前").last().fill("駅前の掲示板");
  await editor.getByRole("button", { name: "加える", exact: true }).click();
  const row = editor.getByRole("row").filter({ hasText: "駅前の掲示板" });
  const address = await row.locator("code").innerText();
  assert.match(address, /\/p\/add\/[2-9a-z]{8}$/);

  const context = await here.browser.newContext({ userAgent: IPHONE, locale: "ja-JP", viewport: PHONE });
  t.after(() => context.close());
  const resident = await context.newPage();
  await resident.goto(address);
  await resident.getByLabel("あなたの名前").fill("駅から来た人");
  await resident.getByRole("button", { name: "追加", exact: true }).click();
  await resident.getByRole("heading", { name: "追加しました" }).waitFor();
  // The webhook is on its way: the page tells it as soon as it is settled.
  const numbers = async () => {
    await go(editor, PLACES);
    return row.locator("td").allInnerTexts();
  };
  let cells = await numbers();
  for (const end = Date.now() + 15_000; cells[2] !== "1" && Date.now() < end;) cells = await numbers();
  assert.deepEqual(cells.slice(1, 3), ["1", "1"]);

  await row.getByText("「駅前の掲示板」を変える").click();
  await row.getByRole("button", { name: "しまう（一覧から外す）" }).click();
  await editor.getByRole("heading", { name: "しまった場所" }).waitFor();
  await editor.getByRole("button", { name: "「駅前の掲示板」をまた使う" }).click();
  await row.waitFor();
});

test("places, a sheet and reach, whoever looks at them and however", async (t) => {
  for (const [size, dark] of LOOKS) {
    const page = await signedIn(t, "announcer", { size, dark });
    for (const [name, path, told] of [
      ["places", PLACES, "星川区役所1階 総合案内"],
      ["reach", REACH, "練習用の数字"],
      ["reach-topic", `${REACH}?topic=childcare`, "浜見区"],
    ]) {
      await go(page, path);
      await page.getByText(told).first().waitFor();
      assert.deepEqual(await faults(page), [], `${name}, ${named(size, dark)}`);
      assert.ok(await fits(page), `${name} fits, ${named(size, dark)}`);
      await picture(page, `${name}-${named(size, dark)}`, { whole: true });
    }
    await go(page, PLACES);
    await page.getByRole("link", { name: "「星川区役所1階 総合案内」の案内を印刷" }).click();
    await page.getByRole("img", { name: /QR コード：/ }).waitFor();
    assert.deepEqual(await faults(page), [], `the sheet, ${named(size, dark)}`);
    assert.ok(await fits(page), `the sheet fits, ${named(size, dark)}`);
    await picture(page, `sheet-${named(size, dark)}`, { whole: true });
    if (size === DESKTOP && !dark) {
      await page.getByLabel("Tiếng Việt").check();
      await page.getByLabel("Português").check();
      await page.getByRole("button", { name: "このことばで表示" }).click();
      await page.getByText("Nhận thông báo của thành phố qua LINE").first().waitFor();
      await page.emulateMedia({ media: "print" });
      const paper = await page.pdf({ format: "A4", printBackground: true });
      // One sheet of paper, in four languages: /Type /Page stands once for each.
      assert.equal(paper.toString("latin1").match(/\/Type\s*\/Page\b(?!s)/g)?.length, 1, "one page of A4");
      await picture(page, "sheet-print", { whole: true });
      await page.emulateMedia({ media: "screen" });
    }
  }
});

test("a table of the population that cannot be read is told line by line, and one that can is compared", async (t) => {
  const page = await signedIn(t, "announcer", { expects: [/422/] });
  await go(page, REACH);
  const send = async (text) => {
    await page.getByLabel("いつの人口か").fill("2026-10-01");
    await page.getByLabel("出典").fill("住民基本台帳");
    await page.getByLabel("ファイル（CSV か Excel）").setInputFiles({ name: "t.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await page.getByRole("button", { name: "読み込む", exact: true }).click();
  };
  await send("区,人口\n東区,1\n");
  await page.getByRole("alert").getByText("2行目：「東区」という区は、このアカウントにありません。").waitFor();
  assert.deepEqual(await faults(page), []);
  await picture(page, "reach-trouble", { whole: true });
  await send("区,人口\n星川区,200000\n");
  await page.getByText("2026-10-01 · 住民基本台帳").waitFor();
  await page.getByRole("button", { name: "2026-10-01の表を消す" }).click();
  await page.getByText("2026-10-01 · 住民基本台帳").waitFor({ state: "detached" });
});
