/* Ctrl+K: everything that can be done here, found by its name. Commands are the keys' own, the
   rooms of the rail, and whatever on the page calls itself one (`data-command`). */

import { actions } from "./keys.js";

const dialog = document.getElementById("palette");
const search = document.getElementById("palette-search");
const list = document.getElementById("palette-list");
const none = document.getElementById("palette-none");
const SHOWN_MAX = 12;

let found = [];
let at = 0;

document.addEventListener("keydown", (event) => {
  const opens = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  if (!opens || event.key.toLowerCase() !== "k" || !dialog) return;
  event.preventDefault();
  if (dialog.open) dialog.close();
  else if (!document.querySelector("dialog[open]")) open();
});

function open() {
  search.value = "";
  dialog.showModal();
  show();
  search.focus();
}

function commands() {
  const keys = [...document.querySelectorAll("#commands li")]
    .filter(({ dataset }) => !dataset.needs || document.getElementById(dataset.needs))
    .map((item) => ({
      words: item.textContent,
      hint: item.dataset.hint,
      run: () => actions[item.dataset.do](),
    }));
  const here = [...document.querySelectorAll("[data-command]")].map((element) => ({
    words: element.dataset.command,
    run: () => element.click(),
  }));
  const rooms = [...document.querySelectorAll(".rail > ul > .wide-only a, .rail > ul > li > a")].map(
    (link) => ({ words: link.textContent.trim(), run: () => link.click() }),
  );
  const chats = [...document.querySelectorAll("#rows a[id^='open-']")].slice(0, 50).map((link) => ({
    words: link.querySelector(".row-name")?.textContent ?? "",
    run: () => link.click(),
    isChat: true,
  }));
  return [...keys, ...here, ...rooms, ...chats];
}

export function plain(words) {
  return words.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
}

function show() {
  const wanted = plain(search.value.trim()).split(/\s+/).filter(Boolean);
  const seen = new Set();
  found = commands()
    .filter(({ words, isChat }) => {
      if (seen.has(words) || (isChat && !wanted.length)) return false;
      const fits = wanted.every((word) => plain(words).includes(word));
      if (fits) seen.add(words);
      return fits;
    })
    .slice(0, SHOWN_MAX);
  at = 0;
  list.replaceChildren(...found.map(line));
  none.hidden = found.length > 0;
  mark();
}

function line({ words, hint }, place) {
  const item = document.createElement("li");
  item.id = `command-${place}`;
  item.role = "option";
  item.textContent = words;
  if (hint) {
    const key = document.createElement("kbd");
    key.textContent = hint;
    item.append(key);
  }
  return item;
}

function mark() {
  [...list.children].forEach((item, place) => {
    item.ariaSelected = String(place === at);
  });
  if (found.length) search.setAttribute("aria-activedescendant", `command-${at}`);
  else search.removeAttribute("aria-activedescendant");
  list.children[at]?.scrollIntoView({ block: "nearest" });
}

function run(place) {
  const command = found[place];
  if (!command) return;
  dialog.close();
  command.run();
}

search?.addEventListener("input", show);
search?.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const steps = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in steps && found.length) {
    event.preventDefault();
    at = (at + steps[event.key] + found.length) % found.length;
    mark();
  } else if (event.key === "Enter") {
    event.preventDefault();
    run(at);
  }
});
list?.addEventListener("click", ({ target }) => {
  const item = target.closest("li");
  if (item) run([...list.children].indexOf(item));
});
