/* The bell on every page: how many notices are new, and a line for the newest when it comes. Asked
   for when the stream says so, and now and then where a page has no stream. */

const EVERY_MS = 30_000;
const bells = document.querySelectorAll("[data-bell]");
const place = document.getElementById("told");
const KEY = "sportello.notice";

let asking = false;
let asksAgain = false;

async function look() {
  if (document.hidden) return;
  if (asking) {
    asksAgain = true;
    return;
  }
  asking = true;
  try {
    const answer = await fetch(bells[0].dataset.bell, { headers: { accept: "application/json" } });
    if (answer.ok && !answer.redirected) show(await answer.json());
  } catch {
    // The next look tells.
  } finally {
    asking = false;
    if (asksAgain) {
      asksAgain = false;
      look();
    }
  }
}

function show(told) {
  for (const bell of bells) {
    const count = bell.querySelector("[data-count]");
    count.hidden = told.count === 0;
    count.textContent = told.count > 99 ? "99+" : told.count;
    bell.querySelector("[data-new]").hidden = told.count === 0;
  }
  const known = Number(sessionStorage.getItem(KEY) ?? -1);
  if (told.newest <= known) return;
  sessionStorage.setItem(KEY, told.newest);
  // What was new before this window opened is told by the count alone.
  if (known >= 0) tell(told);
}

function tell({ words, url }) {
  const line = document.createElement("div");
  const link = document.createElement("a");
  link.href = url;
  link.textContent = words;
  line.dataset.notice = "";
  line.append(link);
  for (const before of place.querySelectorAll("[data-notice]")) before.remove();
  place.append(line);
}

if (bells.length && place) {
  look();
  setInterval(look, EVERY_MS);
  document.addEventListener("visibilitychange", look);
  document.addEventListener("sportello:notice", look);
}
