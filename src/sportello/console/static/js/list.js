/* The list as one scrolls: the page holds a window of it, which moves along; and the message that a
   search led to. Without this module the links at both ends do the same. */

const PAGE = 50;
const ROWS_MAX = 200;
// How near its end the window moves, in rows.
const NEAR = 12;

/* Where the window begins: cursors of all pages above it, so that it can go back. */
let above = [];
let of = null;
let moving = false;
let reached = null;

const list = () => document.getElementById("rows");
const lines = () => [...list().querySelectorAll(":scope > li[data-cursor]")];

/* The window goes with every question that draws the list anew. */
document.body.addEventListener("htmx:configRequest", ({ detail }) => {
  // What moves the window says itself where it goes; another list begins at its beginning.
  if (detail.elt.closest("#folders, #list-head")) return;
  if (moving || !list() || detail.verb !== "get" || list().dataset.of !== of) return;
  const rows = Math.min(ROWS_MAX, Math.ceil(lines().length / PAGE) * PAGE);
  if (above.length) detail.parameters.after = above.at(-1);
  if (rows > PAGE) detail.parameters.rows = rows;
});

async function move(parameters) {
  if (moving) return;
  moving = true;
  const kept = anchor();
  try {
    const url = new URL(location);
    for (const [name, value] of Object.entries(parameters)) {
      if (value) url.searchParams.set(name, value);
      else url.searchParams.delete(name);
    }
    await window.htmx.ajax("GET", url.pathname + url.search, {
      source: document.getElementById("list"),
      target: document.getElementById("list"),
      swap: "keyed",
    });
    hold(kept);
  } finally {
    moving = false;
  }
}

function further() {
  const rows = lines();
  if (rows.length < ROWS_MAX) {
    move({ after: above.at(-1), rows: String(rows.length + PAGE) });
    return;
  }
  above.push(rows[PAGE - 1].dataset.cursor);
  move({ after: above.at(-1), rows: String(ROWS_MAX) });
}

function back() {
  above.pop();
  move({ after: above.at(-1), rows: String(ROWS_MAX) });
}

/* The row under one's eyes stays where it is, whatever comes above it. */
function anchor() {
  const top = list().getBoundingClientRect().top;
  const first = lines().find((row) => row.getBoundingClientRect().bottom > top);
  return first && { id: first.id, at: first.getBoundingClientRect().top };
}

function hold(kept) {
  const row = kept && document.getElementById(kept.id);
  if (row) list().scrollTop += row.getBoundingClientRect().top - kept.at;
}

function look() {
  const box = list();
  if (!box || moving) return;
  const height = lines()[0]?.offsetHeight ?? 56;
  const left = box.scrollHeight - box.scrollTop - box.clientHeight;
  if (left < NEAR * height && box.dataset.next) further();
  else if (box.scrollTop < NEAR * height && above.length) back();
}

let kept = null;
document.addEventListener("htmx:beforeSwap", () => {
  kept = list() && list().scrollTop > 0 ? anchor() : null;
});

document.addEventListener("sportello:placed", () => {
  if (list()?.dataset.of !== of) begin();
  else if (!moving) hold(kept);
  show();
});

function begin() {
  of = list()?.dataset.of ?? null;
  const after = new URLSearchParams(location.search).get("after");
  above = after ? [after] : [];
  list()?.addEventListener("scroll", look, { passive: true });
}

/* Once for each message that was looked for: afterwards one scrolls as one likes. */
function show() {
  const message = new URLSearchParams(location.search).get("message");
  const here = `${location.pathname}#${message}`;
  if (!message || reached === here) return;
  const bubble = document.getElementById(`message-${message}`);
  if (!bubble) return;
  reached = here;
  bubble.scrollIntoView({ block: "center" });
  bubble.classList.add("bubble-found");
}

begin();
show();
