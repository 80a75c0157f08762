/* The grid of signs: by kind, searchable, moved through with the arrows. */

import { typed } from "./composer.js";
import { GROUPS } from "./emoji_list.js";
import { plain } from "./palette.js";

const panel = () => document.getElementById("emoji");

/* Buttons for the signs whose words fit; `choose` is called with the one that was taken. */
export function fill(grid, wanted = "") {
  const word = plain(wanted.trim());
  const rows = GROUPS.map(([name, signs]) => {
    const fitting = signs.filter(([, words]) => plain(words).includes(word));
    if (!fitting.length) return null;
    const row = document.createElement("div");
    row.role = "group";
    row.ariaLabel = name;
    row.append(...fitting.map(button));
    return row;
  });
  grid.replaceChildren(...rows.filter(Boolean));
}

export function button([sign, words]) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = sign;
  made.dataset.sign = sign;
  made.title = words;
  return made;
}

function toggle(isOpen) {
  const shown = panel();
  if (!shown) return;
  shown.hidden = !isOpen;
  document.getElementById("emoji-button").ariaExpanded = String(isOpen);
  if (!isOpen) return;
  const search = document.getElementById("emoji-search");
  search.value = "";
  fill(document.getElementById("emoji-grid"));
  search.focus();
}

function put(sign) {
  const box = document.getElementById("text");
  box.setRangeText(sign, box.selectionStart, box.selectionEnd, "end");
  box.focus();
  typed(box);
}

document.addEventListener("click", ({ target }) => {
  if (target.closest("#emoji-button")) toggle(panel().hidden);
  else if (target.closest("#emoji-grid [data-sign]")) {
    put(target.closest("[data-sign]").dataset.sign);
    toggle(false);
  } else if (panel() && !panel().hidden && !target.closest("#emoji")) toggle(false);
});
document.addEventListener("input", ({ target }) => {
  if (target.id === "emoji-search") fill(document.getElementById("emoji-grid"), target.value);
});
document.addEventListener(
  "keydown",
  (event) => {
    if (!event.target.closest("#emoji")) return;
    if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      toggle(false);
      document.getElementById("text").focus();
    } else if (event.key === "Enter" && event.target.id === "emoji-search") {
      event.preventDefault();
      document.querySelector("#emoji-grid [data-sign]")?.click();
    }
  },
  true,
);
document.addEventListener("keydown", (event) => {
  const grid = event.target.closest(".emoji-grid");
  const steps = { ArrowRight: 1, ArrowLeft: -1 };
  if (!grid || !(event.key in steps)) return;
  event.preventDefault();
  const all = [...grid.querySelectorAll("[data-sign]")];
  all.at((all.indexOf(event.target) + steps[event.key]) % all.length)?.focus();
});
