/* Ready answers: a slash at the start of a word opens the list, keys choose, the answer stands in
   the box with its variables filled and its file attached. */

import { typed } from "./composer.js";
import { offer } from "./offer.js";
import { plain } from "./palette.js";
import { add } from "./parcels.js";

let known = { url: "", items: [] };

const box = () =>
  document.getElementById("kind-note")?.checked
    ? null
    : document.querySelector("#composer[data-canned] #text");

async function load({ form }) {
  const url = form.dataset.canned;
  if (known.url !== url) {
    known = { url, items: [] };
    const answer = await fetch(url, { headers: { Accept: "application/json" } });
    if (answer.ok && known.url === url) known.items = (await answer.json()).items;
  }
  return known.items;
}

/* Those whose word begins so first, then those whose text has it. */
function fitting(items, word) {
  const sought = plain(word);
  const begins = items.filter(({ shortcut }) => plain(shortcut).startsWith(sought));
  const within = items.filter(
    (one) => !begins.includes(one) && plain(`${one.shortcut} ${one.text}`).includes(sought),
  );
  return [...begins, ...within];
}

function line({ shortcut, text, file }) {
  const word = document.createElement("kbd");
  word.textContent = `/${shortcut}`;
  const words = document.createElement("span");
  words.dir = "auto";
  words.textContent = text || file?.name || "";
  return [word, words];
}

/* What could not be filled is selected, to be written over. */
function taken(target, { text, file }, start) {
  const open = /\{[a-z_]+\}/i.exec(text);
  if (open) target.setSelectionRange(start + open.index, start + open.index + open[0].length);
  if (file) add(file);
  typed(target);
}

offer({
  name: "canned",
  sign: /(^|\s)\/([^\s/]*)$/,
  box,
  load,
  fitting,
  line,
  written: ({ text }) => text,
  taken,
});

document.addEventListener("click", ({ target }) => {
  if (!target.closest("#canned-button")) return;
  const text = box();
  const start = text.selectionStart;
  const before = text.value.slice(0, start);
  const gap = before && !/\s$/.test(before) ? " /" : "/";
  text.setRangeText(gap, start, start, "end");
  text.focus();
  typed(text);
});
