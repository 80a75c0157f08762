/* Counts the service windows down without asking the server.

   The company's clock may run apart from the browser's (in the demo it can be put forward): each
   element says what time it was when it was drawn, and the difference is kept. */

const HOUR = 3600_000;
const leads = new WeakMap();

function lead(element) {
  const drawn = element.dataset.now;
  const known = leads.get(element);
  if (known?.drawn === drawn) return known.lead;
  const found = { drawn, lead: Date.parse(drawn) - Date.now() };
  leads.set(element, found);
  return found.lead;
}

function tick() {
  for (const element of document.querySelectorAll(".window[data-closes-at]")) {
    const now = Date.now() + lead(element);
    const left = Date.parse(element.dataset.closesAt) - now;
    const level = levelOf(left);
    const words = wordsOf(left, element.dataset);
    const shown = element.querySelector(".left");
    if (element.dataset.level !== level) {
      element.dataset.level = level;
      if (level === "shut") document.dispatchEvent(new CustomEvent("sportello:shut"));
    }
    if (shown.textContent !== words) shown.textContent = words;
  }
}

function levelOf(left) {
  if (left <= 0) return "shut";
  if (left < HOUR) return "now";
  if (left < 4 * HOUR) return "soon";
  return left <= 12 * HOUR ? "plain" : "calm";
}

function wordsOf(left, { hours, minutes, shut }) {
  if (left <= 0) return shut;
  if (left < HOUR) return `${Math.ceil(left / 60_000)} ${minutes}`;
  return `${Math.floor(left / HOUR)} ${hours}`;
}

/* What repeats another timer follows it when that one is drawn anew. */
function mirror() {
  for (const element of document.querySelectorAll(".window[data-mirror]")) {
    const first = document.getElementById(element.dataset.mirror);
    if (!first) continue;
    for (const name of ["closesAt", "now", "level"]) element.dataset[name] = first.dataset[name];
    element.title = first.title;
  }
  tick();
}

document.addEventListener("sportello:placed", mirror);
document.addEventListener("visibilitychange", tick);
setInterval(tick, 5000);
tick();
