// What every test file needs: its own demo process, a browser, a resident's view of the page, and pictures.
//
// A test waits for elements and conditions, never for time to pass. Whatever a page complains about (errors,
// refused resources, requests to elsewhere, dialogs) fails the test that opened it.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

export const PROJECT = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const BINARY = resolve(PROJECT, process.env.TODOKE_BIN || "target/demo/todoke");
const CHROMIUM = process.env.CHROMIUM || "/usr/bin/chromium";
const ARGUMENTS = [
  "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
  "--disable-component-update", "--disable-sync",
];
/** How long a test waits for one thing before it fails. */
const PATIENCE_MS = 15_000;
const START_MS = 30_000;
const STOP_MS = 10_000;

export const DESKTOP = { width: 1280, height: 800 };
export const PHONE = { width: 390, height: 844 };

// The demo

/** Starts `todoke demo` in a temporary folder; gives its address and a way to end exactly this process. */
async function startDemo() {
  const folder = await mkdtemp(join(tmpdir(), "todoke-browser-"));
  const demo = spawn(BINARY, ["demo", "--port", "0"], {
    cwd: PROJECT, env: { ...process.env, TMPDIR: folder }, stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  demo.stderr.on("data", (bytes) => { said += bytes; });
  const ended = new Promise((done) => { demo.once("exit", done); demo.once("error", (error) => { said += error; done(); }); });
  const stop = async () => {
    if (demo.exitCode === null && demo.signalCode === null && demo.pid) {
      demo.kill("SIGTERM");
      const late = setTimeout(() => demo.kill("SIGKILL"), STOP_MS);
      await ended;
      clearTimeout(late);
    }
    const left = await readdir(folder);
    await rm(folder, { recursive: true, force: true });
    return { code: demo.exitCode, signal: demo.signalCode, left };
  };
  const tooLate = AbortSignal.timeout(START_MS);
  const line = once(createInterface(demo.stdout), "line", { signal: tooLate }).then(([text]) => text);
  const url = await Promise.race([line, ended.then(() => null)]).catch(() => null);
  if (!/^http:\/\/127\.0\.0\.1:\d+\/demo$/.test(url ?? "")) {
    await stop();
    throw new Error(`${BINARY} demo did not print its address but ${JSON.stringify(url)}; it said:\n${said}`);
  }
  return { url, stop, said: () => said };
}

/** A browser; each start has a fresh profile folder of its own. */
export const launch = () => chromium.launch({ executablePath: CHROMIUM, args: ARGUMENTS, headless: true });

/** One demo and one browser for a test file, ended after its last test. */
export function stage() {
  const here = {};
  before(async () => {
    here.demo = await startDemo();
    here.browser = await launch();
  });
  after(async () => {
    await here.browser?.close();
    const end = await here.demo?.stop();
    if (end) assert.deepEqual(end, { code: 0, signal: null, left: [] }, "the demo ends cleanly on SIGTERM and leaves nothing");
  });
  return here;
}

// A page

/** Opens the page for one test, and fails the test if the page complained of anything but what is expected. */
export async function open(t, here, { size = DESKTOP, dark = false, language = "ja", touch = size === PHONE, expects = [] } = {}) {
  const context = await here.browser.newContext({
    viewport: size, hasTouch: touch, isMobile: touch, deviceScaleFactor: 1, locale: "ja-JP", timezoneId: "Asia/Tokyo",
    colorScheme: dark ? "dark" : "light", reducedMotion: "reduce",
  });
  context.setDefaultTimeout(PATIENCE_MS);
  const page = await context.newPage();
  const complaints = [];
  const origin = new URL(here.demo.url).origin;
  page.on("pageerror", (error) => complaints.push(`error: ${error.message}`));
  page.on("console", (message) => { if (message.type() === "error") complaints.push(`console: ${message.text()}`); });
  page.on("request", (request) => {
    if (!request.url().startsWith(`${origin}/`) && !request.url().startsWith("data:")) complaints.push(`elsewhere: ${request.url()}`);
  });
  page.on("dialog", (dialog) => { complaints.push(`dialog: ${dialog.message()}`); dialog.dismiss(); });
  t.after(async () => {
    await context.close();
    const unexpected = complaints.filter((complaint) => !expects.some((pattern) => pattern.test(complaint)));
    assert.deepEqual(unexpected, [], "the page complained");
  });
  if (language !== "ja") await context.addInitScript((value) => localStorage.setItem("language", value), language);
  await page.goto(here.demo.url);
  const chat = new Chat(page);
  await chat.replies.first().waitFor();
  return chat;
}

/** What a resident sees and does. */
export class Chat {
  constructor(page) {
    this.page = page;
    this.log = page.locator("#log");
    this.text = page.locator("#text");
    this.mine = page.locator("#log .said.mine");
    this.replies = page.locator("#log .said:not(.mine) .reply");
    this.quick = page.locator("#log .quick");
    this.events = page.locator("#events > .event");
  }

  /** Does something and waits for the bot's next reply, which it gives. */
  async reply(act) {
    const before = await this.replies.count();
    await act();
    const next = this.replies.nth(before);
    await next.waitFor();
    return next;
  }

  say(text) {
    return this.reply(async () => {
      await this.text.fill(text);
      await this.text.press("Enter");
    });
  }

  /** Taps a choice under the newest reply. */
  tap(label) {
    return this.reply(() => this.quick.getByRole("button", { name: label, exact: true }).click());
  }

  /** Adds a resident, whose chat then opens with a greeting. */
  async addResident(name, language) {
    await this.show("people");
    await this.page.locator("#new-name").fill(name);
    await this.page.locator("#new-language").selectOption(language);
    await this.page.locator("#add button").click();
    await this.page.locator("#people-list [aria-current]", { hasText: name }).waitFor({ state: "attached" });
    const greeting = this.replies.first();
    await greeting.waitFor();
    return greeting;
  }

  /** Opens another resident's chat. */
  async switchTo(name) {
    await this.show("people");
    await this.page.locator("#people-list button", { hasText: name }).click();
    await this.page.locator("#people-list [aria-current]", { hasText: name }).waitFor({ state: "attached" });
    await this.replies.first().waitFor();
  }

  /** On a narrow page: brings a panel up. */
  async show(panel) {
    const tab = this.page.locator(`[data-panel="${panel}"]`);
    if (await tab.isVisible()) await tab.click();
  }

  /** The newest event in "what happened", once its last step is there. */
  async newestEvent() {
    const event = this.events.first();
    await event.locator(".step").nth(2).waitFor({ state: "attached" });
    return event;
  }
}

/** A picture for people to look at, if somebody asked for pictures. */
export async function picture(page, name, { whole = false } = {}) {
  const folder = process.env.SCREENSHOTS;
  if (!folder) return;
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: whole });
}

/** The text of an element as a reader has it. */
export const words = async (locator) => (await locator.innerText()).trim();

/** A question that the city asks back about: two kinds of 手帳 fit it. Check with `todoke intents ask`. */
export const AMBIGUOUS = "手帳がほしい";
/** Two matters at once, which are asked back about whatever the matcher's thresholds are. */
export const TWO_MATTERS = "粗大ごみと転入届について教えて";
/** The sample city's own telephone. */
export const DESK_TELEPHONE = "tel:0445550100";

/** Whether the newest reply asks if it helped. */
export async function hasFeedback(chat) {
  return (await chat.quick.getByRole("button", { name: /^(役に立った|ちがう|Helpful|Wrong)$/ }).count()) > 0;
}
