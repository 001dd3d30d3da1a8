// The page that is opened inside LINE, with LINE's script played by its double: whoever LINE names is led to the page
// of their own data; when LINE says nothing, the page says what else can be done.

import assert from "node:assert/strict";
import { test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { DESKTOP, PHONE, open, picture, stage } from "./support.js";

const here = stage();

async function faults(page) {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  assert.ok(passes.length > 8, "axe looked at the page");
  return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`));
}

/** The LINE id of the resident who is on the stage. */
async function userOf(chat, name) {
  const state = await chat.page.evaluate(() => fetch("/demo/api/state").then((answer) => answer.json()));
  return state.people.find((person) => person.name === name).id;
}

for (const [name, size] of [["desktop", DESKTOP], ["phone", PHONE]]) {
  for (const dark of [false, true]) {
    test(`opened inside LINE: ${name}, ${dark ? "dark" : "light"}`, async (t) => {
      // The double of LINE stands on another port.
      const chat = await open(t, here, { size, dark, expects: [/elsewhere: http:\/\/127\.0\.0\.1:\d+\/liff\//, /the double signs nobody in/] });
      const look = `${name}-${dark ? "dark" : "light"}`;
      const { page } = chat;
      const who = `LIFFの人 ${look}`;
      await chat.addResident(who, "ja");
      await chat.say("受信設定");
      await chat.say("3番");
      const user = await userOf(chat, who);
      const at = new URL("/p/liff/todoke", here.demo.url).href;

      await page.goto(`${at}#user=${user}`);
      await page.waitForURL(/\/p\/me\//);
      await page.getByRole("heading", { level: 1, name: "登録内容の確認と変更" }).waitFor();
      assert.ok(!page.url().includes(user), "no LINE id stands in the address");
      assert.equal(await page.locator("dd").count(), 1, "what was registered is there");
      assert.deepEqual(await faults(page), []);

      // LINE does not say who it is.
      await page.goto("about:blank");
      await page.goto(at);
      await page.getByText("トークで「登録内容を見る」と送ってください").waitFor();
      assert.equal(await page.getByRole("link", { name: "LINE で開く" }).getAttribute("href"), "https://liff.line.me/2000000000-Todoke");
      assert.deepEqual(await faults(page), [], "nobody is named");
      await picture(page, `liff-${look}`);
    });
  }
}

test("somebody unknown to the account, and a browser without scripts", async (t) => {
  const context = await here.browser.newContext({ viewport: PHONE });
  t.after(() => context.close());
  const page = await context.newPage();
  const at = new URL("/p/liff/todoke", here.demo.url).href;
  await page.goto(`${at}?lang=en#user=U${"5".repeat(32)}`);
  await page.getByText("Nothing is known of you yet").waitFor();
  assert.deepEqual(await faults(page), []);

  const plain = await here.browser.newContext({ javaScriptEnabled: false, viewport: PHONE });
  t.after(() => plain.close());
  const still = await plain.newPage();
  await still.goto(`${at}?lang=en`);
  await still.getByText("send “my data” in the chat").waitFor();
  await still.getByRole("link", { name: "Open in LINE" }).waitFor();
});
