// The rich menu below the chat: its picture, and over it what can be tapped, as buttons and links with names.
const $ = (id) => document.getElementById(id);
/** Unfolded by itself only where the chat keeps room enough beside it. */
const roomy = matchMedia("(min-height: 760px) and (min-width: 1001px)");
let shown = null; // LINE's id of the menu that stands there
let folded = null; // what the resident has chosen, once they have

/** Shows the menu with this id to this resident; `act` is called with what a tap does. */
export async function showMenu(id, friend, act) {
  if (id === shown) return;
  shown = id;
  if (!id) { $("menu").hidden = true; return; }
  const response = await fetch(`/demo/api/menu/${encodeURIComponent(friend)}`);
  const menu = response.ok ? await response.json() : null;
  // Another menu, or another resident, meanwhile.
  if (id !== shown) return;
  if (menu?.id !== id) { shown = null; return; }
  const picture = Object.assign(new Image(), { src: `/demo/menu/${encodeURIComponent(id)}` });
  await picture.decode().catch(() => {});
  if (id !== shown) return;
  const focused = document.activeElement?.dataset.menuPlace;
  $("menu-name").textContent = menu.chat_bar;
  $("menu").lang = menu.lang;
  $("menu-areas").style.aspectRatio = `${menu.width} / ${menu.height}`;
  // The areas carry the names, so the picture itself is a background.
  $("menu-areas").style.backgroundImage = `url("${picture.src}")`;
  $("menu-areas").replaceChildren(...menu.areas.map((area, place) => tappable(area, place, menu, act)));
  $("menu").hidden = false;
  fold(folded ?? !(menu.opens && roomy.matches));
  // Whoever switched by keyboard goes on where they were.
  if (focused !== undefined) $("menu-areas").querySelector(`[data-menu-place="${focused}"]`)?.focus();
}

function tappable(area, place, menu, act) {
  const link = area.kind === "uri";
  const one = Object.assign(document.createElement(link ? "a" : "button"), { className: "menu-area" });
  one.setAttribute("aria-label", area.label);
  one.dataset.menuPlace = place;
  const part = (value, whole) => `${(100 * value) / whole}%`;
  Object.assign(one.style, {
    left: part(area.x, menu.width), top: part(area.y, menu.height),
    width: part(area.width, menu.width), height: part(area.height, menu.height),
  });
  if (link) Object.assign(one, { href: area.value, target: "_blank", rel: "noopener" });
  else Object.assign(one, { type: "button", onclick: () => act(area) });
  return one;
}

function fold(value) {
  $("menu-areas").hidden = value;
  $("menu-bar").setAttribute("aria-expanded", String(!value));
}

$("menu-bar").onclick = () => { folded = !$("menu-areas").hidden; fold(folded); };
// On a phone the menu and the keyboard share one place, as in LINE.
$("text").addEventListener("focus", () => { if (matchMedia("(pointer: coarse)").matches) fold(true); });
