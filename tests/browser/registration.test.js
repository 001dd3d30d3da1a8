// A resident says in the chat what they want to be told, and for whom: two children, three topics, another ward, a
// question in the middle, one topic stopped, everything erased; in three languages, with the taps counted.

import assert from "node:assert/strict";
import { test } from "node:test";

import { AxeBuilder } from "@axe-core/playwright";

import { DESKTOP, PHONE, open, picture, stage, words } from "./support.js";

const here = stage();

/** The first useful subscription takes at most so many taps, a stop at most so many (issue of part 3). */
const [MOST_TO_SUBSCRIBE, MOST_TO_STOP] = [4, 3];

const LANGUAGES = {
  ja: {
    phone: "ja", begin: "受信設定", topics: ["ごみの日", "子育て", "防災"], ward: "星川区", other: "浜見区", done: "おわる", overview: "登録の一覧へ",
    saved: "「ごみの日（星川区）」を登録しました", children: "お子さん", born: "生年月日を選ぶ", due: "出産予定日を選ぶ", firstChild: "2024年5月生まれ",
    wards: "お住まいの区など", home: "自宅：星川区", question: "粗大ごみを出したい", answered: "有料収集", goesOn: "お子さんの生まれた月",
    stop: "配信停止", stopped: "「子育て」のお届けを止めました", data: "登録内容を見る", moved: "自宅：浜見区", erase: "登録を全部消す", sure: "はい、消します", erased: "すべて消しました",
  },
  "ja-easy": {
    phone: "ja", speak: "やさしい日本語", begin: "受信設定", topics: ["ごみの 日", "子どもを 育てる", "地震・台風など"], ward: "星川区", other: "浜見区", done: "終わる", overview: "登録の 一覧",
    saved: "「ごみの 日（星川区）」を 登録しました", children: "子ども", born: "生まれた 日を 選ぶ", due: "生まれる 予定の 日", firstChild: "2024年5月 生まれ",
    wards: "住んで いる 区", home: "家：星川区", question: "粗大ごみを 出したい", answered: "大きい", goesOn: "子どもが 生まれた 月",
    stop: "送るのを やめる", stopped: "「子どもを 育てる」を 止めました", data: "登録を 見る", moved: "家：浜見区", erase: "全部 消す", sure: "はい、消します", erased: "全部 消しました",
  },
  en: {
    phone: "en", begin: "News settings", topics: ["Garbage days", "Raising children", "Disasters"], ward: "Hoshikawa Ward", other: "Hamami Ward", done: "Done", overview: "All settings",
    saved: "Saved: Garbage days（Hoshikawa Ward）", children: "Children", born: "Pick date of birth", due: "Pick due date", firstChild: "Born 2024-5",
    wards: "Your wards", home: "Home：Hoshikawa Ward", question: "How do I throw away a sofa?", answered: "Bulky items", goesOn: "the month in which a child was born",
    stop: "Stop news", stopped: "Stopped: Raising children", data: "Show my data", moved: "Home：Hamami Ward", erase: "Erase my data", sure: "Yes, erase all", erased: "Everything is erased",
  },
};

/** A resident whose taps are counted; words sent instead of a tap count too. */
class Resident {
  constructor(chat) { Object.assign(this, { chat, taps: 0 }); }
  async tap(label) { this.taps += 1; return words(await this.chat.tap(label)); }
  async say(text) { this.taps += 1; return words(await this.chat.say(text)); }
  async pick(label, day) {
    this.taps += 1;
    const { page } = this.chat;
    return words(await this.chat.reply(async () => {
      await this.chat.quick.getByRole("button", { name: label, exact: true }).click();
      await page.locator("#picked").fill(day);
      await page.locator("#picker").getByRole("button").first().click();
    }));
  }
  from() { this.taps = 0; }
}

const isoMonths = (ahead) => {
  const day = new Date();
  day.setMonth(day.getMonth() + ahead, 10);
  return day.toISOString().slice(0, 10);
};

for (const [language, t9n] of Object.entries(LANGUAGES)) {
  for (const [name, size] of language === "ja" ? [["desktop", DESKTOP], ["phone", PHONE]] : [["phone", PHONE]]) {
    test(`registered, changed, stopped, erased: ${language}, ${name}`, async (t) => {
      const chat = await open(t, here, { size, dark: language === "en" });
      await chat.addResident(`登録 ${language} ${name}`, t9n.phone);
      await chat.show("phone");
      if (t9n.speak) await chat.say(t9n.speak);
      const resident = new Resident(chat);

      if (t9n.speak) await resident.say(t9n.begin);
      else await resident.tap(t9n.begin);
      await resident.tap(t9n.topics[0]);
      const saved = await resident.tap(t9n.ward);
      assert.ok(saved.includes(t9n.saved), saved);
      assert.ok(resident.taps <= MOST_TO_SUBSCRIBE, `${resident.taps} taps to the first useful subscription`);
      await picture(chat.page, `registration-topics-${language}-${name}`);
      for (const topic of t9n.topics.slice(1)) await resident.tap(topic);

      await resident.tap(t9n.overview);
      await resident.tap(t9n.children);
      const child = await resident.pick(t9n.born, "2024-05-03");
      assert.ok(child.includes(t9n.firstChild), child);
      await resident.pick(t9n.due, isoMonths(3));
      const answer = await chat.say(t9n.question);
      const { faulty } = await axe(chat.page);
      assert.deepEqual(faulty, []);
      const shown = await words(answer);
      assert.ok(shown.includes(t9n.answered) && shown.includes(t9n.goesOn), shown);
      await picture(chat.page, `registration-children-${language}-${name}`);

      await resident.tap(t9n.overview);
      await resident.tap(t9n.wards);
      await resident.tap(t9n.home);
      await resident.tap(t9n.other);
      await resident.tap(t9n.done);

      resident.from();
      await resident.say(t9n.stop);
      const stopped = await resident.tap(t9n.topics[1]);
      assert.ok(stopped.includes(t9n.stopped), stopped);
      assert.ok(resident.taps <= MOST_TO_STOP, `${resident.taps} taps to stop`);

      const data = await resident.say(t9n.data);
      for (const part of [t9n.moved, t9n.topics[0], t9n.topics[2], t9n.firstChild]) assert.ok(data.includes(part), `${part}: ${data}`);
      assert.ok(!data.includes(t9n.topics[1]), data);
      await picture(chat.page, `registration-data-${language}-${name}`);

      await resident.say(t9n.erase);
      const erased = await resident.tap(t9n.sure);
      assert.ok(erased.includes(t9n.erased), erased);
      await picture(chat.page, `registration-erased-${language}-${name}`);
    });
  }
}

async function axe(page) {
  const { violations, passes } = await new AxeBuilder({ page }).analyze();
  assert.ok(passes.length > 10, "axe looked at the page");
  return { faulty: violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.html.slice(0, 120)}`)) };
}

test("a day is picked by keyboard, and left again; axe on the open picker, light and dark", async (t) => {
  for (const dark of [false, true]) {
    const chat = await open(t, here, { dark });
    await chat.addResident(`日付 ${dark}`, "ja");
    await chat.say("受信設定");
    await chat.tap("登録の一覧へ");
    await chat.tap("お子さん");
    const { page } = chat;
    const before = await chat.replies.count();
    await chat.quick.getByRole("button", { name: "生年月日を選ぶ" }).focus();
    await page.keyboard.press("Enter");
    await page.locator("#picker").waitFor();
    assert.deepEqual((await axe(page)).faulty, []);
    await picture(page, `registration-picker${dark ? "-dark" : ""}`);
    await page.keyboard.press("Escape");
    await page.locator("#picker").waitFor({ state: "hidden" });
    assert.equal(await chat.replies.count(), before, "nothing was sent");
  }
});
