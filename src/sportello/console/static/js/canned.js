/* Ready answers: a slash at the start of a word opens the list, keys choose, the answer stands in
   the box with its variables filled and its file attached. */

import { typed } from "./composer.js";
import { plain } from "./palette.js";
import { add } from "./parcels.js";

const SHOWN_MAX = 8;
const SLASHED = /(^|\s)\/([^\s/]*)$/;

let known = { url: "", items: [] };
let found = [];
let at = 0;

const panel = () => document.getElementById("canned");
const box = () => document.querySelector("#composer[data-canned] #text");

async function load(url) {
  if (known.url === url) return;
  known = { url, items: [] };
  const answer = await fetch(url, { headers: { Accept: "application/json" } });
  if (answer.ok && known.url === url) known.items = (await answer.json()).items;
}

function wordAt(target) {
  return SLASHED.exec(target.value.slice(0, target.selectionStart))?.[2];
}

async function look(target) {
  const word = wordAt(target);
  if (word === undefined || document.getElementById("kind-note")?.checked) {
    hide();
    return;
  }
  await load(target.form.dataset.canned);
  if (wordAt(target) !== undefined) show(plain(wordAt(target)));
}

/* Those whose word begins so first, then those whose text has it. */
function show(word) {
  const begins = known.items.filter(({ shortcut }) => plain(shortcut).startsWith(word));
  const within = known.items.filter(
    (one) => !begins.includes(one) && plain(`${one.shortcut} ${one.text}`).includes(word),
  );
  found = [...begins, ...within].slice(0, SHOWN_MAX);
  at = 0;
  document.getElementById("canned-list").replaceChildren(...found.map(line));
  document.getElementById("canned-none").hidden = found.length > 0;
  panel().hidden = false;
  mark();
}

function line({ shortcut, text, file }, place) {
  const item = document.createElement("li");
  item.id = `canned-${place}`;
  item.role = "option";
  const word = document.createElement("kbd");
  word.textContent = `/${shortcut}`;
  const words = document.createElement("span");
  words.dir = "auto";
  words.textContent = text || file?.name || "";
  item.append(word, words);
  return item;
}

function mark() {
  [...document.getElementById("canned-list").children].forEach((item, place) => {
    item.ariaSelected = String(place === at);
  });
  if (found.length) box()?.setAttribute("aria-activedescendant", `canned-${at}`);
  else box()?.removeAttribute("aria-activedescendant");
}

function hide() {
  if (!panel() || panel().hidden) return;
  panel().hidden = true;
  box()?.removeAttribute("aria-activedescendant");
}

function choose(place) {
  const reply = found[place];
  const target = box();
  if (!reply || !target) return;
  const before = target.value.slice(0, target.selectionStart).replace(SLASHED, "$1");
  const after = target.value.slice(target.selectionStart);
  target.value = before + reply.text + after;
  const end = before.length + reply.text.length;
  const open = /\{[a-z_]+\}/i.exec(reply.text);
  target.focus();
  // What could not be filled is selected, to be written over.
  if (open) target.setSelectionRange(before.length + open.index, before.length + open.index + open[0].length);
  else target.setSelectionRange(end, end);
  if (reply.file) add(reply.file);
  typed(target);
  hide();
}

document.addEventListener("input", ({ target }) => {
  if (target === box()) look(target);
});
document.addEventListener(
  "keydown",
  (event) => {
    if (event.target !== box() || panel().hidden || event.isComposing) return;
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps && found.length) {
      at = (at + steps[event.key] + found.length) % found.length;
      mark();
    } else if ((event.key === "Enter" || event.key === "Tab") && found.length) choose(at);
    else if (event.key === "Escape") hide();
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);
document.addEventListener("click", ({ target }) => {
  const item = target.closest("#canned-list li");
  if (item) choose([...item.parentNode.children].indexOf(item));
  else if (target.closest("#canned-button")) openByButton();
  else if (!target.closest("#canned, #text")) hide();
});

function openByButton() {
  const target = box();
  const start = target.selectionStart;
  const before = target.value.slice(0, start);
  const gap = before && !/\s$/.test(before) ? " /" : "/";
  target.setRangeText(gap, start, start, "end");
  target.focus();
  typed(target);
}
