/* The chat that is likely to be opened next is fetched before it is: on hover, on focus, and the
   one below. It opens at once from here, and is then asked for anew. */

const KEPT_MS = 15_000;
const KEPT_MAX = 4;
const HOVER_MS = 65;

const kept = new Map();
let hovering = null;

async function fetchAhead(link) {
  const url = link?.getAttribute("hx-get");
  const known = kept.get(url);
  if (!url || link.ariaCurrent || (known && Date.now() - known.at < KEPT_MS)) return;
  const mine = { at: Date.now(), html: "" };
  kept.set(url, mine);
  while (kept.size > KEPT_MAX) kept.delete(kept.keys().next().value);
  try {
    // As a refresh: what is looked at ahead is not read yet.
    const headers = { "HX-Request": "true", "HX-Trigger": "desk" };
    const answer = await fetch(url, { headers, priority: "low" });
    if (answer.ok && !answer.redirected) mine.html = await answer.text();
    else kept.delete(url);
  } catch {
    kept.delete(url);
  }
}

const rowOf = (target) => target.closest?.("#rows a[id^='open-'][hx-get]");

document.addEventListener("pointerover", ({ target }) => {
  clearTimeout(hovering);
  const link = rowOf(target);
  if (link) hovering = setTimeout(() => fetchAhead(link), HOVER_MS);
});
document.addEventListener("focusin", ({ target }) => {
  if (rowOf(target)) fetchAhead(rowOf(target));
});
document.addEventListener("sportello:placed", ({ detail }) => {
  if (!detail?.moved) return;
  const links = [...document.querySelectorAll("#rows a[id^='open-'][hx-get]")];
  const at = links.findIndex((link) => link.ariaCurrent);
  if (at >= 0) requestIdleCallback(() => fetchAhead(links[at + 1]), { timeout: 2000 });
});

/* What changed meanwhile is not to be seen for a moment as it was. */
document.addEventListener("sportello:changed", () => kept.clear());

document.addEventListener("htmx:beforeRequest", (event) => {
  const link = event.target;
  if (!rowOf(link) || rowOf(link) !== link) return;
  const url = link.getAttribute("hx-get");
  const known = kept.get(url);
  if (!known?.html || Date.now() - known.at > KEPT_MS) return;
  kept.delete(url);
  const desk = document.getElementById("desk");
  const how = { swapStyle: "keyed", swapDelay: 0, settleDelay: 0 };
  window.htmx.swap(desk, known.html, how, { contextElement: desk });
  // The request itself goes on: it marks as read, and puts right what is older here.
});
