/* The chat that is likely to be opened next is fetched before it is: the one below, and what one
   points at or comes to by keys. It opens at once from here, and is asked for anew where it may be
   older than what has happened since. */

const FRESH_MS = 60_000;
const KEPT_MS = 600_000;
const KEPT_MAX = 6;
const HOVER_MS = 65;
const IDLE_MS_MAX = 300;

const desk = document.getElementById("desk");
const kept = new Map();
let hovering = null;
let opening = "";

function fetchAhead(link) {
  const url = link?.getAttribute("hx-get");
  if (!url || link.ariaCurrent || isFresh(kept.get(url))) return;
  const mine = { at: Date.now(), isSure: true, html: ask(url) };
  kept.delete(url);
  kept.set(url, mine);
  while (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value);
  mine.html.then((html) => {
    if (!html && kept.get(url) === mine) kept.delete(url);
  });
}

/* Chat and contact alone; what is looked at ahead is not read yet. */
async function ask(url) {
  const headers = { "HX-Request": "true", "HX-Trigger": "ahead", "HX-Target": "chat" };
  try {
    const answer = await fetch(url, { headers, priority: "low" });
    return answer.ok && !answer.redirected ? await answer.text() : "";
  } catch {
    return "";
  }
}

/* Nothing can have happened to it that this page was not told. */
function isFresh(known) {
  const isTold = "live" in desk.dataset;
  return Boolean(known?.isSure) && isTold && Date.now() - known.at < FRESH_MS;
}

const links = () => [...document.querySelectorAll("#rows a[id^='open-'][hx-get]")];
const rowOf = (target) => target.closest?.("#rows a[id^='open-'][hx-get]");

document.addEventListener("pointerover", ({ target }) => {
  clearTimeout(hovering);
  const link = rowOf(target);
  if (link) hovering = setTimeout(() => fetchAhead(link), HOVER_MS);
});
document.addEventListener("focusin", ({ target }) => {
  if (rowOf(target)) fetchAhead(rowOf(target));
});

/* The one below the open one; the first where none is open. */
function fetchNext() {
  const rows = links();
  fetchAhead(rows[rows.findIndex((link) => link.ariaCurrent) + 1]);
}

// Safari knows no idle time.
const whenIdle = window.requestIdleCallback ?? ((act) => setTimeout(act, 1));

function soon() {
  if (!document.hidden) whenIdle(fetchNext, { timeout: IDLE_MS_MAX });
}

document.addEventListener("sportello:placed", soon);
soon();

document.addEventListener("sportello:changed", ({ detail }) => {
  for (const [url, known] of kept) {
    if (detail === null) known.isSure = false;
    else if (new RegExp(`/${detail}/($|[?])`).test(url)) kept.delete(url);
  }
});

document.addEventListener("htmx:beforeRequest", (event) => {
  const link = event.target;
  if (!rowOf(link) || rowOf(link) !== link) return;
  event.preventDefault();
  const url = link.getAttribute("hx-get");
  const known = kept.get(url);
  const isKept = known && Date.now() - known.at < KEPT_MS;
  kept.delete(url);
  open(link, url, isKept ? known : { at: Date.now(), isSure: true, html: ask(url) });
});

/* The row is marked before the chat is drawn: whoever pressed sees at once that it was heard. */
async function open(link, url, known) {
  const isSure = isFresh(known);
  opening = url;
  document.dispatchEvent(new CustomEvent("sportello:opening"));
  for (const other of links()) other.ariaCurrent = null;
  link.ariaCurrent = "true";
  // As htmx does it: going back asks for what was shown.
  history.replaceState({ htmx: true }, "", location.href);
  history.pushState({ htmx: true }, "", url);
  const html = await known.html;
  await new Promise((drawn) => requestAnimationFrame(() => setTimeout(drawn)));
  if (opening !== url) return;
  if (html) {
    const how = { swapStyle: "keyed", swapDelay: 0, settleDelay: 0 };
    window.htmx.swap(desk, html, how, { contextElement: desk });
  }
  if (!html || !isSure) document.dispatchEvent(new CustomEvent("sportello:stale"));
}

/* Back and forward: the page stays, and asks for what was shown. */
window.addEventListener("popstate", (event) => {
  if (!event.state?.htmx) return;
  event.stopImmediatePropagation();
  opening = "";
  document.dispatchEvent(new CustomEvent("sportello:stale"));
});
