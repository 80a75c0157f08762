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

/* Older messages come by themselves when the top is near. */
document.addEventListener(
  "scroll",
  ({ target }) => {
    if (target.id !== "thread" || target.scrollTop > 240) return;
    const earlier = document.querySelector("#earlier a:not([data-asked])");
    if (!earlier) return;
    earlier.dataset.asked = "true";
    earlier.click();
  },
  true,
);

document.addEventListener("click", ({ target }) => {
  if (target.closest("#print-button")) window.print();
  const more = document.getElementById("chat-more");
  if (more?.open && !target.closest("#chat-more > summary")) more.open = false;
});
