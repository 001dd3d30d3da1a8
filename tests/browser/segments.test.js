// Segments: two groups put together by keyboard while the count follows, saved, met by a second editor, removed and put
// back; as JSON; without JavaScript on a phone; every page with axe at both sizes, light and dark, and nothing over the buttons.

import assert from "node:assert/strict";
import { test } from "node:test";

import { faults, fits, sound, staff } from "./staff.js";
import { DESKTOP, PHONE, picture, stage } from "./support.js";

const here = stage();
const { browser, enter, origin, signedIn } = staff(here);

const BASE = "/console/todoke/segments";
const FAMILIES = "3〜5歳のお子さんがいる家庭";
const NUMBER = /^[\d,]+人$/;

async function go(page, path) {
  await page.goto(origin() + path);
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** The count that is read out, once it is one. */
async function count(page, pattern = NUMBER) {
  const says = page.locator("#says").filter({ hasText: pattern });
  await says.waitFor();
  return says.innerText();
}

/** Does something that posts the form, and waits for the page that comes. */
async function post(page, act) {
  await page.evaluate(() => { document.documentElement.dataset.old = "yes"; });
  await act();
  await page.locator("html:not([data-old])").waitFor();
  await page.getByRole("heading", { level: 1 }).waitFor();
}

/** Tab until something has the focus; never on and on. */
async function tabTo(page, selector) {
  for (let step = 0; step < 120; step += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted), selector)) return;
    await page.keyboard.press("Tab");
  }
  assert.fail(`Tab does not reach ${selector}`);
}

/** Chooses in the list that has the focus, by its keys. */
async function choose(page, value) {
  for (let step = 0; step < 20; step += 1) {
    if ((await page.evaluate(() => document.activeElement.value)) === value) return;
    await page.keyboard.press("ArrowDown");
  }
  assert.fail(`no arrow reaches ${value}`);
}

/** Opens the builder of a segment by its name. */
async function openSegment(page, name) {
  await go(page, BASE);
  await page.getByRole("link", { name, exact: true }).click();
  await page.getByRole("heading", { level: 1, name }).waitFor();
}

/** What lies in the middle of an element is the element: nothing covers it. */
async function uncovered(locator) {
  for (const one of await locator.all()) {
    await one.scrollIntoViewIfNeeded();
    const free = await one.evaluate((element) => {
      const { left, top, width, height } = element.getBoundingClientRect();
      const found = document.elementFromPoint(left + width / 2, top + height / 2);
      return element === found || element.contains(found);
    });
    assert.ok(free, `something covers ${await one.innerText()}`);
  }
}

/** No box of a set is squeezed: a label keeps to a few lines, and boxes do not lie over one another. */
async function roomy(page) {
  const bad = await page.locator(".boxes").evaluateAll((sets) => sets.flatMap((set) => {
    const boxes = [...set.querySelectorAll(".box")].map((box) => ({ text: box.innerText, at: box.getBoundingClientRect() }));
    const squeezed = boxes.filter(({ at }) => at.width < 120 || at.height > 110).map(({ text }) => `squeezed: ${text}`);
    const over = boxes.flatMap((one, i) => boxes.slice(i + 1)
      .filter((other) => one.at.left < other.at.right - 1 && other.at.left < one.at.right - 1 && one.at.top < other.at.bottom - 1 && other.at.top < one.at.bottom - 1)
      .map((other) => `${one.text} lies over ${other.text}`));
    return [...squeezed, ...over];
  }));
  assert.deepEqual(bad, []);
}

test("the list tells what each segment means and how many that are, and is searched", async (t) => {
  const page = await browser(t);
  await enter(page, "announcer");
  await page.getByRole("link", { name: "配信先の条件" }).click();
  await page.getByRole("heading", { level: 1, name: "配信先の条件" }).waitFor();
  const row = page.getByRole("row", { name: FAMILIES });
  assert.match(await row.innerText(), /お子さんがいる、かつ.*「子育て・健康・検診」のどれか/);
  assert.match(await row.locator(".number").innerText(), NUMBER);
  await page.getByLabel("言葉").fill("星川");
  await page.keyboard.press("Enter");
  await page.getByRole("status").getByText("1件").waitFor();
  assert.equal(await page.getByRole("row", { name: FAMILIES }).count(), 0);
  await page.getByLabel("言葉").fill("どこにもない");
  await page.keyboard.press("Enter");
  await page.getByText("当てはまる条件はありません").waitFor();
  await page.getByRole("link", { name: "English" }).click();
  await page.getByText("No segment fits").waitFor();
  await go(page, BASE);
  assert.match(await page.getByRole("row", { name: FAMILIES }).innerText(), /has a child aged 3 to 5, and News you want is one of/);
});

test("two groups by keyboard, counted as they change, saved; a second editor sees both; removed and put back", async (t) => {
  const page = await browser(t, { expects: [/status of 409/] });
  await enter(page, "announcer");
  await go(page, BASE);
  await tabTo(page, `a[href="${BASE}/new"]`);
  await post(page, () => page.keyboard.press("Enter"));
  const everybody = await count(page);
  await tabTo(page, "#name");
  await page.keyboard.type("南原区の子育て世帯");
  await tabTo(page, "[id='g0.add']");
  await choose(page, "in:wards");
  await tabTo(page, "button[value='add-row:0']");
  await post(page, () => page.keyboard.press("Enter"));
  assert.equal(await page.evaluate(() => document.activeElement.id), "g0.r0", "one goes on at the new row");
  assert.match(await page.locator("#says").innerText(), /まだ数えられません/);
  await tabTo(page, "input[name='g0.r0.of'][value='minamihara']");
  await page.keyboard.press("Space");
  const ward = await count(page);
  assert.notEqual(ward, everybody);
  assert.equal(await page.locator("#sentence").innerText(), "お住まいの区などが「南原区」", "the sentence follows too");
  await tabTo(page, "button[value='add-group']");
  await post(page, () => page.keyboard.press("Enter"));
  assert.equal(await page.evaluate(() => document.activeElement.id), "g1.how");
  await choose(page, "none");
  await tabTo(page, "[id='g1.add']");
  await choose(page, "age:children");
  await tabTo(page, "button[value='add-row:1']");
  await post(page, () => page.keyboard.press("Enter"));
  await tabTo(page, "[id='g1.r0.to']");
  await page.keyboard.type("14");
  await page.locator("#says").filter({ hasText: NUMBER }).filter({ hasNotText: new RegExp(`^${ward}$`) }).waitFor();
  assert.equal(await page.locator("#says").evaluate((element) => element.getAttribute("role")), "status");
  await page.locator("#preview caption").first().waitFor();
  await picture(page, "segments-builder");
  await tabTo(page, "button[value='save']");
  await post(page, () => page.keyboard.press("Enter"));
  await page.getByRole("status").getByText("保存しました。").waitFor();
  const saved = page.url().split("?")[0];
  assert.doesNotMatch(saved, /%|南原/, "no word stands in the address");

  const other = await browser(t);
  await enter(other, "announcer");
  await other.goto(saved);
  await other.getByLabel("条件の名前").fill("先に変えた名前");
  await post(other, () => other.getByRole("button", { name: "保存する" }).click());
  await other.getByText("保存しました。").waitFor();
  await page.getByLabel("条件の名前").fill("あとから変えた名前");
  await post(page, () => page.getByRole("button", { name: "保存する" }).click());
  await page.getByRole("alert").getByText("先に保存しました").waitFor();
  await page.getByText("先に変えた名前").waitFor();
  assert.equal(await page.getByLabel("条件の名前").inputValue(), "あとから変えた名前");
  assert.deepEqual(await faults(page), []);
  await picture(page, "segments-second-editor");
  await post(page, () => page.getByRole("button", { name: "保存する" }).click());
  await page.getByText("保存しました。").waitFor();

  await post(page, () => page.getByRole("button", { name: "この条件を削除する" }).click());
  await page.getByRole("status").getByText("「あとから変えた名前」を削除しました。").waitFor();
  assert.equal(await page.getByRole("link", { name: "あとから変えた名前" }).count(), 0);
  await sound(page, "after a removal");
  await picture(page, "segments-removed");
  await post(page, () => page.getByRole("button", { name: "元に戻す", exact: true }).click());
  await page.getByText("元に戻しました。").waitFor();
  assert.equal(page.url().split("?")[0], saved);
  assert.equal(await page.locator("[id='g1.r0.to']").inputValue(), "14");
});

test("the same as JSON, with each fault at its place", async (t) => {
  const page = await browser(t, { expects: [/status of 422/] });
  await enter(page, "announcer");
  await openSegment(page, FAMILIES);
  const before = await count(page);
  await post(page, () => page.getByRole("button", { name: "JSON で見る" }).click());
  assert.equal(await count(page), before);
  const json = page.getByLabel("JSON で書く");
  const written = JSON.parse(await json.inputValue());
  assert.deepEqual(written.all[0].all[0], { child_age: { attribute: "children", from: 36, to: 71 } });
  await json.fill('{"any": [{"has": "topics"}, {"in": {"attribute": "topics", "of": ["garbege"]}}]}');
  await count(page, /まだ数えられません/);
  await post(page, () => page.getByRole("button", { name: "保存する" }).click());
  await page.getByRole("alert").locator("code").getByText("any[1].in.of[0]", { exact: true }).waitFor();
  assert.equal(await page.evaluate(() => document.activeElement.id), "problems");
  await sound(page, "faults in JSON");
  await picture(page, "segments-json");
  await json.fill(JSON.stringify({ any: [{ all: [{ has: "topics" }, { has: "wards" }] }, { following: false }] }));
  await count(page);
  await post(page, () => page.getByRole("button", { name: "行で編集する" }).click());
  await page.getByRole("alert").getByText("行では表せません").waitFor();
  await json.fill(JSON.stringify({ any: [{ has: "topics" }, { following: false }] }));
  await post(page, () => page.getByRole("button", { name: "行で編集する" }).click());
  assert.equal(await page.getByLabel("このグループのつなぎ方").inputValue(), "any");
  // Whether anything was said is asked without boxes.
  assert.equal(await page.locator("#g0\\.r0 .values").isVisible(), false);
  await page.locator("[id='g0.r0.op']").selectOption("in");
  assert.equal(await page.locator("#g0\\.r0 .values").isVisible(), true);
});

test("without JavaScript, on a phone, nothing in the way of a thumb", async (t) => {
  const page = await signedIn(t, "announcer", { script: false, size: PHONE });
  const tap = (name) => page.getByRole("button", { name, exact: true }).tap();
  await go(page, `${BASE}/new`);
  const everybody = await count(page);
  await page.getByLabel("条件の名前").fill("ごみの日か防災");
  await page.getByLabel("加える条件").selectOption({ label: "ほしいお知らせ" });
  await tap("条件を加える");
  await page.getByLabel("ごみの日").check();
  await page.getByLabel("防災").check();
  await page.locator("aside").getByRole("button", { name: "人数を数える" }).tap();
  await page.locator("#says").filter({ hasText: NUMBER }).filter({ hasNotText: everybody }).waitFor();
  assert.ok(await page.getByLabel("防災").isChecked(), "what was ticked stays");
  await fits(page);
  await uncovered(page.getByRole("button"));
  await picture(page, "segments-builder-phone", { whole: true });
  await tap("保存する");
  await page.getByText("保存しました。").waitFor();
  await go(page, BASE);
  await page.getByRole("link", { name: "ごみの日か防災" }).waitFor();
});

for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const dark of [false, true]) {
    test(`every page: axe, width, boxes, pictures: ${name}, ${dark ? "dark" : "light"}`, async (t) => {
      const page = await browser(t, { size, dark });
      await enter(page, "announcer");
      const look = async (label) => {
        await sound(page, label);
        await roomy(page);
        await uncovered(page.locator("form button:not(.hidden-words):visible, .actions a"));
        await picture(page, `segments-${label}-${name}${dark ? "-dark" : ""}`, { whole: true });
      };
      await go(page, BASE);
      await look("list");
      await openSegment(page, FAMILIES);
      assert.equal(await page.locator("#preview caption").first().isVisible(), size === DESKTOP, "on a phone it can wait");
      await look("families");
      await openSegment(page, "星川区・ごみの日のお知らせ");
      await page.getByLabel("加える条件").selectOption({ label: "お住まいの区など" });
      await post(page, () => page.getByRole("button", { name: "条件を加える" }).click());
      await look("rows");
      await post(page, () => page.getByRole("button", { name: "JSON で見る" }).click());
      await look("as-json");
    });
  }
}

test("whoever only sees figures sees the list and no way to change it", async (t) => {
  const page = await browser(t, { expects: [/status of 403/] });
  await enter(page, "viewer");
  await go(page, BASE);
  await page.getByRole("row", { name: FAMILIES }).waitFor();
  assert.equal(await page.locator("main a").count(), 0);
  await sound(page, "a viewer's list");
  await page.goto(`${origin()}${BASE}/new`);
  await page.getByText("配信先の条件を編集する").waitFor();
});
