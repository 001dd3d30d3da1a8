// The demo page: plays residents through /demo/api and shows what their messages set in motion.
import { showMenu } from "./menu.js";
import { words } from "./words.js";

const $ = (id) => document.getElementById(id);
let language = localStorage.getItem("language") === "en" ? "en" : "ja";
let current = null, people = [], account = "", after = 0, generation = 0;
const cards = new Map(); // event → its card on the right
const pending = new Set(); // events without a reply yet
const causes = new Map(); // event → what the resident did, in words
const tongues = new Map(); // event → the language of its reply
const w = () => words[language];

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

async function ask(path, body) {
  const options = body ? { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {};
  const response = await fetch(`/demo/api/${path}`, options);
  if (!response.ok) throw Object.assign(new Error(await response.text()), { status: response.status });
  return response.json();
}

function trouble(text) {
  $("trouble").textContent = text || "";
  $("trouble").hidden = !text;
}

// Words, theme, panels

function translate() {
  document.documentElement.lang = language;
  document.title = w().title;
  for (const e of document.querySelectorAll("[data-word]")) e.textContent = w()[e.dataset.word];
  for (const e of document.querySelectorAll("[data-word-label]")) e.setAttribute("aria-label", w()[e.dataset.wordLabel]);
  for (const e of document.querySelectorAll("[data-word-hint]")) e.placeholder = w()[e.dataset.wordHint];
  $("language").textContent = w().other;
  $("language").lang = w().otherLang;
  $("try-list").replaceChildren(...w().tries.map((text) => make("button", { type: "button", textContent: text, onclick: () => say(text) })));
  showPeople();
  showStaff();
}

// Staff: a button a role, a plain form that leads into the console.

let roles = [];
ask("staff").then((found) => { roles = found; showStaff(); }, () => {});

function showStaff() {
  $("staff-list").replaceChildren(...roles.map((role) => {
    const button = make("button", { type: "submit" }, make("b", { textContent: role[language].name }), " ", make("span", { className: "note", textContent: role[language].note }));
    return make("li", {}, make("form", { method: "post", action: `/demo/staff/${role.code}`, target: "_blank" }, button));
  }));
}

function theme(value) {
  document.documentElement.dataset.theme = value;
  const dark = value === "dark" || (value === "auto" && matchMedia("(prefers-color-scheme: dark)").matches);
  $("theme").setAttribute("aria-pressed", String(dark));
  return dark;
}

$("language").onclick = () => {
  language = language === "ja" ? "en" : "ja";
  localStorage.setItem("language", language);
  translate();
  open(current);
};
$("theme").onclick = () => {
  const next = $("theme").getAttribute("aria-pressed") === "true" ? "light" : "dark";
  localStorage.setItem("theme", next);
  theme(next);
};
for (const tab of document.querySelectorAll("[data-panel]")) tab.onclick = () => panel(tab.dataset.panel);
function panel(name) {
  document.querySelector("main").dataset.show = name;
  for (const tab of document.querySelectorAll("[data-panel]")) tab.setAttribute("aria-pressed", String(tab.dataset.panel === name));
}

// People

function showPeople() {
  const list = $("people-list");
  // The buttons stay the same ones, so that the keyboard does not lose its place.
  for (const person of people.slice(list.children.length)) {
    const button = make("button", { type: "button", textContent: person.name, onclick: () => { open(person.id); panel("phone"); back(); } });
    button.dataset.person = person.id;
    list.append(make("li", {}, button));
  }
  for (const button of list.querySelectorAll("button")) {
    if (button.dataset.person === current) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  const person = people.find((p) => p.id === current);
  $("who").textContent = person ? w().as(person.name) : "";
  const blocked = person && !person.follows;
  $("block").textContent = blocked ? w().unblock : w().block;
  for (const e of $("say").elements) e.disabled = Boolean(blocked);
  $("text").placeholder = blocked ? w().blocked : w().hint;
}

$("add").onsubmit = async (event) => {
  event.preventDefault();
  try {
    const { id } = await ask("people", { name: $("new-name").value, language: $("new-language").value });
    $("new-name").value = "";
    people = (await ask("state")).people;
    open(id);
    panel("phone");
    back();
  } catch { trouble(w().wrong); }
};

/** Brings the keyboard back to the chat; without unfolding a phone's keyboard over it. */
function back() {
  const touch = matchMedia("(pointer: coarse)").matches;
  (touch || $("text").disabled ? $("log") : $("text")).focus({ preventScroll: true });
}

// The chat

const notices = ["follow", "unfollow", "unsend"];

function open(id) {
  current = id;
  after = 0;
  cards.clear();
  pending.clear();
  causes.clear();
  tongues.clear();
  $("log").replaceChildren();
  $("events").replaceChildren(make("li", { className: "empty", textContent: w().nothing }));
  $("tries").hidden = false;
  showPeople();
  follow(++generation);
}

async function follow(mine) {
  while (mine === generation) {
    try {
      const news = await ask(`updates?friend=${encodeURIComponent(current)}&after=${after}&wait=${after > 0}`);
      if (mine !== generation) return;
      trouble("");
      after = Math.max(after, news.seq) || 1;
      if (JSON.stringify(news.people) !== JSON.stringify(people)) { people = news.people; showPeople(); }
      news.chat.forEach(showEntry);
      news.happenings.forEach(showHappening);
      typing();
      await showMenu(people.find((p) => p.id === current)?.follows ? news.menu : null, current, tapMenu);
    } catch {
      if (mine !== generation) return;
      trouble(w().trouble);
      await new Promise((resolve) => setTimeout(resolve, 1000));
    }
  }
}

function showEntry(entry) {
  const time = new Date(entry.at).toLocaleTimeString(language, { hour: "2-digit", minute: "2-digit" });
  if (entry.did?.type === "switch-menu") { causes.set(entry.event, w().switched); return; }
  const mine = Boolean(entry.did);
  const item = make("div", { className: `said ${!mine ? "theirs" : notices.includes(entry.did.type) ? "notice" : "mine"}` });
  const meta = make("div", { className: "meta" });
  item.append(make("span", { className: "unseen", textContent: mine ? w().you : w().bot }));
  if (mine) {
    const words = wordsOf(entry.did);
    if (entry.event) causes.set(entry.event, `${words} · ${time}`);
    item.append(...did(entry, words, meta));
  } else {
    // The server escapes every word of it; see src/preview.
    const box = make("div", { className: "reply" });
    box.innerHTML = entry.html;
    for (const old of document.querySelectorAll("#log .quick")) old.remove();
    box.querySelector(".quick")?.setAttribute("aria-label", w().quick);
    item.append(box);
    item.dataset.event = entry.event ?? "";
    speaks(entry.event, item);
    if (entry.event) pending.delete(entry.event);
  }
  meta.append(make("time", { dateTime: entry.at, textContent: time }));
  item.append(meta);
  $("log").append(item);
  if (mine && entry.did.type !== "follow") $("tries").hidden = true;
  if (mine && entry.event && entry.did.type !== "unfollow" && entry.did.type !== "unsend") pending.add(entry.event);
  toNewest(item);
}

/** Down to the newest entry; to its beginning, if it is taller than the screen. */
function toNewest(item) {
  const log = $("log"), room = item ? log.clientHeight - item.offsetHeight : Infinity;
  // The end of the log has a margin of its own, which a reply that only just fits has to do without.
  log.scrollTop = room < 20 ? item.offsetTop - (room > 0 ? Math.min(room, 8) : 8) : log.scrollHeight;
}

// Whoever was at the end stays there when the space changes (a phone's keyboard, the examples).
let atEnd = true;
$("log").onscroll = () => { atEnd = $("log").scrollHeight - $("log").scrollTop - $("log").clientHeight < 4; };
new ResizeObserver(() => { if (atEnd) $("log").scrollTop = $("log").scrollHeight; }).observe($("log"));

function wordsOf(act) {
  if (act.type === "unsend") return w().unsent;
  return act.type === "text" ? act.text : act.type === "postback" ? act.display_text || "" : w().acts[act.type];
}

function did(entry, text, meta) {
  const act = entry.did;
  if (act.type === "unsend") document.querySelector(`[data-message="${act.message_id}"]`)?.closest(".said").remove();
  if (notices.includes(act.type)) return [make("p", { textContent: text })];
  const bubble = make("p", { className: act.type === "sticker" ? "bubble sticker" : "bubble" });
  if (act.type === "sticker") bubble.append(make("span", { textContent: "😊", ariaHidden: "true" }), make("span", { className: "unseen", textContent: text }));
  else bubble.textContent = text;
  if (!entry.message_id || act.type === "postback") return [bubble];
  bubble.dataset.message = entry.message_id;
  const unsend = async () => { if (await send({ type: "unsend", message_id: entry.message_id })) back(); };
  meta.append(make("button", { type: "button", className: "unsend", textContent: w().unsend, onclick: unsend }));
  return [bubble];
}

function typing() {
  document.querySelector(".typing")?.remove();
  if (pending.size) {
    $("log").append(make("p", { className: "typing", textContent: w().typing }));
    toNewest();
  }
}

async function send(act) {
  try { await ask("act", { friend: current, act }); trouble(""); return true; } catch { trouble(w().wrong); return false; }
}

async function say(text) {
  if (text.trim() && (await send({ type: "text", text }))) {
    if ($("text").value === text) $("text").value = "";
    if (document.activeElement !== $("text")) back();
  }
}

/** A tap on the rich menu does what it does in LINE. */
function tapMenu(area) {
  if (area.kind === "switch") send({ type: "switch-menu", alias: area.value });
  else if (area.kind === "message") send({ type: "text", text: area.value });
  else send({ type: "postback", data: area.value, display_text: null });
}

$("say").onsubmit = (event) => { event.preventDefault(); say($("text").value); };
$("text").onkeydown = (event) => {
  // While an input method composes, Enter belongs to it.
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) { event.preventDefault(); say($("text").value); }
};
for (const tool of document.querySelectorAll("[data-act]")) {
  tool.onclick = () => send(tool.dataset.act === "sticker" ? { type: "sticker", sticker_id: "1" } : { type: tool.dataset.act });
}
$("block").onclick = () => {
  const person = people.find((p) => p.id === current);
  send({ type: person?.follows ? "unfollow" : "follow" });
};
// As LINE's own picker: a day among those that the button allows; nothing is sent when it is left.
function pick(tap) {
  const day = $("picked");
  Object.assign(day, { min: tap.dataset.first, max: tap.dataset.last, value: tap.dataset.day });
  $("picker").onclose = () => {
    if ($("picker").returnValue === "ok") send({ type: "postback", data: tap.dataset.value, picked: day.value });
    back();
  };
  $("picker").returnValue = "";
  $("picker-label").textContent = tap.dataset.shown;
  $("picker").showModal();
}

$("log").onclick = (event) => {
  const tap = event.target.closest("button.tap");
  if (!tap) return;
  if (tap.dataset.kind === "pick") { pick(tap); return; }
  if (tap.dataset.kind === "message") say(tap.dataset.value);
  else send({ type: "postback", data: tap.dataset.value, display_text: tap.dataset.shown });
  back();
};

// What happened

function card(event) {
  if (cards.has(event)) return cards.get(event);
  $("events").querySelector(".empty")?.remove();
  const list = make("div", { className: "steps" });
  const item = make("li", { className: "event" }, make("p", { className: "cause", textContent: causes.get(event) ?? "" }), list);
  $("events").prepend(item);
  cards.set(event, { item, list });
  return cards.get(event);
}

/** Adds a step in the order in which things happen, whenever the page learns of it. */
function step(event, place, title, ...content) {
  const list = card(event).list;
  const section = make("section", { className: "step" }, make("h3", { textContent: title }), ...content);
  section.dataset.place = place;
  list.insertBefore(section, [...list.children].find((other) => Number(other.dataset.place) > place) ?? null);
}

function json(value) {
  return make("details", {}, make("summary", { textContent: w().showJson }), make("pre", { tabIndex: 0, textContent: JSON.stringify(value, null, 2) }));
}

function showHappening(h) {
  if (h.what === "acted") { if (h.friend === current) card(h.event); return; }
  if (!cards.has(h.event)) return;
  if (h.what === "webhook") {
    const again = h.attempt > 1 ? ` · ${h.attempt}${w().attempt}` : "";
    step(h.event, 1, `${w().webhook} · ${h.status || "—"} · ${h.elapsed_ms.toFixed(1)} ms${again}`, make("p", { className: "signature", textContent: `${w().signature}: ${h.signature}` }), json(h.body));
    showDecision(h.event, 0);
  } else if (h.what === "call") {
    step(h.event, 3, `${w().call} · ${h.status || "—"}`, json(h.body));
  }
}

async function showDecision(event, tried) {
  const mine = generation;
  try {
    const view = await ask(`decision/${event}`);
    if (mine !== generation || cards.get(event)?.decided) return;
    if (!view.outcome && tried < 40) { setTimeout(() => showDecision(event, tried + 1), 150 + tried * 50); return; }
    cards.get(event).decided = true;
    tongues.set(event, view.trace?.language);
    speaks(event, document.querySelector(`#log [data-event="${event}"]`));
    const trace = view.trace || { decision: "", ranked: [] }, why = view.why?.[language] ?? [];
    const parts = [make("p", {}, make("strong", { textContent: w().decisions[trace.decision] ?? trace.decision }), trace.id ? ` ${trace.id}` : "", trace.confidence != null ? ` (${w().sure} ${trace.confidence.toFixed(2)})` : "")];
    if (why.length) parts.push(make("ul", { className: "why" }, ...why.map((reason) => make("li", { textContent: reason }))));
    if (trace.ranked.length) {
      parts.push(make("details", {}, make("summary", { textContent: w().ranked }), make("ol", {}, ...trace.ranked.map(([id, score]) => make("li", { textContent: `${id} ${score.toFixed(3)}` })))));
    }
    parts.push(make("p", { textContent: `${w().outcome}: ${w().outcomes[view.outcome] ?? "—"}${view.elapsed_ms != null ? ` · ${view.elapsed_ms} ms` : ""}` }));
    step(event, 2, w().decision, ...parts);
    if (view.outcome && view.outcome !== "replied") { pending.delete(event); typing(); }
  } catch {
    if (mine === generation && tried < 40) setTimeout(() => showDecision(event, tried + 1), 200);
  }
}

/** Marks a reply with its language, for screen readers and the right shapes of characters: reply and decision come in any order. */
function speaks(event, item) {
  const code = tongues.get(event);
  if (item && code) item.querySelector(".reply").lang = { "ja-easy": "ja", zh: "zh-Hans", pt: "pt-BR", tl: "fil" }[code] ?? code;
}

// Start

theme(localStorage.getItem("theme") || "auto");
async function start() {
  try {
    const state = await ask("state");
    account = state.account;
    people = state.people;
    $("phone-title").textContent = account;
    translate();
    open(people[0]?.id);
  } catch {
    trouble(w().trouble);
    setTimeout(start, 1000);
  }
}
start();
