/* What one does with a bubble: take it back while it is leaving, quote it, react to it; and the
   chat as a whole: older messages when one scrolls up, and printing. */

import { button, fill } from "./emoji.js";
import { FIRST } from "./emoji_list.js";

/* Taking back is offered for as long as the database says, counted from when it was drawn. */
const counted = new WeakSet();

function count() {
  for (const bubble of document.querySelectorAll("[data-left]")) {
    if (counted.has(bubble)) continue;
    counted.add(bubble);
    setTimeout(() => bubble.querySelector(".undoing")?.remove(), 1000 * Number(bubble.dataset.left));
  }
}

document.addEventListener("sportello:placed", count);
count();

/* Quoting */
document.addEventListener("click", ({ target }) => {
  const quote = target.closest("[data-quote]");
  if (quote) {
    const bubble = quote.closest(".said");
    const words = bubble.querySelector(".words")?.textContent ?? "";
    document.getElementById("reply-to").value = quote.dataset.quote;
    document.getElementById("quoted-who").textContent = quote.dataset.who;
    document.getElementById("quoted-words").textContent = words.trim().slice(0, 160);
    document.getElementById("quoting").hidden = false;
    document.getElementById("text").focus();
  } else if (target.closest("#unquote")) {
    unquote();
    document.getElementById("text").focus();
  }
});

function unquote() {
  const field = document.getElementById("reply-to");
  if (!field) return;
  field.value = "";
  document.getElementById("quoting").hidden = true;
}

let quoted = "";

document.addEventListener("htmx:beforeRequest", ({ target }) => {
  if (target.id !== "composer") return;
  // Its values were read already.
  quoted = document.getElementById("reply-to")?.value ?? "";
  unquote();
});
document.addEventListener("sportello:returned", () => {
  const field = document.getElementById("reply-to");
  if (!field || !quoted) return;
  field.value = quoted;
  document.getElementById("quoting").hidden = false;
});

/* Reactions */
const reacting = document.getElementById("reacting");
const signs = document.getElementById("reacting-signs");
let wanted = null;

document.addEventListener("click", ({ target }) => {
  const react = target.closest("[data-react]");
  if (react) {
    wanted = react.dataset.react;
    fill(signs);
    const first = document.createElement("div");
    first.append(...FIRST.map((sign) => button([sign, sign])));
    signs.prepend(first);
    document.getElementById("unreact").hidden = !react.dataset.sign;
    reacting.showModal();
  } else if (target.closest("#reacting-signs [data-sign]")) send(target.closest("[data-sign]").dataset.sign);
  else if (target.closest("#unreact")) send("");
});

function send(emoji) {
  reacting.close();
  window.htmx.ajax("POST", wanted, {
    source: document.getElementById("thread"),
    target: "#desk",
    swap: "keyed",
    values: { emoji, csrfmiddlewaretoken: document.querySelector("#csrf input").value },
  });
}

/* Older messages come by themselves when the top is near, later ones when the end of an older
   stretch is. */
const NEAR_PX = 240;

document.addEventListener(
  "scroll",
  ({ target }) => {
    if (target.id !== "thread") return;
    const left = target.scrollHeight - target.scrollTop - target.clientHeight;
    if (target.scrollTop <= NEAR_PX) turn("#earlier a");
    // Who sends something from there sees the newest stretch in a moment.
    if (left <= NEAR_PX && !target.querySelector(".is-going")) turn("#newest a[data-later]");
  },
  true,
);

function turn(way) {
  const link = document.querySelector(`${way}:not([data-asked])`);
  if (!link) return;
  link.dataset.asked = "true";
  // What did not come is asked for again by scrolling there again.
  link.addEventListener("htmx:afterRequest", ({ detail }) => {
    if (!detail.successful) delete link.dataset.asked;
  });
  // A moment after it was drawn htmx does not know it yet, and it would be a page of its own.
  window.htmx.process(link);
  link.click();
}

/* An answer to what was done in an older stretch shows the newest one: so does the address then. */
document.addEventListener("sportello:placed", () => {
  const url = new URL(location);
  if (document.getElementById("newest") || !url.searchParams.has("before")) return;
  url.searchParams.delete("before");
  history.replaceState(history.state, "", url);
});

document.addEventListener("click", ({ target }) => {
  if (target.closest("#print-button")) window.print();
  const more = document.getElementById("chat-more");
  if (more?.open && !target.closest("#chat-more > summary")) more.open = false;
});
