/* Keeps the desk true without reloading it: the stream says which conversation changed, and the
   regions are asked for again. The stream carries ids alone; pages are authorised like any other. */

const desk = document.getElementById("desk");
// How long a change may wait for others; a page that counts much lets more of them come together.
const QUIET_MS = Number(desk.dataset.quietMs ?? 60);
const RESYNC_MS = 60_000;
const WAIT_MS_MAX = 30_000;

let waiting = null;
let asking = false;
let askAgain = false;
let failures = 0;
let source = null;

function changed() {
  document.dispatchEvent(new CustomEvent("sportello:changed"));
  if (waiting === null) waiting = setTimeout(refresh, QUIET_MS);
}

/* One question at a time: what changes meanwhile is asked for once, afterwards. */
async function refresh() {
  clearTimeout(waiting);
  waiting = null;
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  try {
    await window.htmx.ajax("GET", location.pathname + location.search, {
      source: desk,
      target: desk,
      swap: "keyed",
    });
  } finally {
    asking = false;
    if (askAgain) {
      askAgain = false;
      changed();
    }
  }
  read();
}

/* What somebody does is newer than what was asked for before it: a refresh, or a page whose answer
   comes after that of a later one, is dropped, lest it show again what has been changed or left. */
let deeds = 0;
let placed = 0;
const asked = new WeakMap();
// What was pressed before this module ran is the oldest.
const whenAsked = (xhr) => asked.get(xhr) ?? 0;

document.body.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.elt !== desk) deeds += 1;
  asked.set(detail.xhr, deeds);
});
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!isTimely(detail)) {
    detail.shouldSwap = false;
    changed();
  } else if (detail.target === desk) {
    placed = Math.max(placed, whenAsked(detail.xhr));
  }
});

/* Whether an answer is still of this page. */
function isTimely({ xhr, target, requestConfig, pathInfo }) {
  const { pathname, search } = new URL(pathInfo.requestPath, location);
  const isHere = pathname === location.pathname;
  if (requestConfig.elt === desk) {
    return isHere && search === location.search && whenAsked(xhr) === deeds;
  }
  // The list's window moves beside the chat that was open when it was asked for.
  if (requestConfig.elt.id === "list") return isHere;
  return target !== desk || requestConfig.verb !== "get" || whenAsked(xhr) >= placed;
}

/* What stands open before somebody's eyes is read. */
function read() {
  const chat = document.getElementById("chat");
  if (document.hidden || !chat?.dataset.reading || chat.dataset.unread === "0") return;
  chat.dataset.unread = "0";
  post(chat.dataset.reading).catch(() => {});
}

function post(url) {
  const token = document.querySelector("#csrf input").value;
  return fetch(url, { method: "POST", headers: { "X-CSRFToken": token } });
}

async function listen() {
  try {
    const answer = await post(desk.dataset.ticket);
    if (answer.redirected || !answer.ok) throw new Error("no ticket");
    open((await answer.json()).url);
  } catch {
    later();
  }
}

function open(url) {
  source = new EventSource(url);
  source.onopen = () => {
    failures = 0;
    lost(false);
    // Whatever happened while nobody listened.
    changed();
  };
  source.onmessage = ({ data }) => {
    const told = JSON.parse(data);
    // Who is at a chat changes nothing in it: that is asked for by itself.
    if ("notice" in told) document.dispatchEvent(new CustomEvent("sportello:notice"));
    else if ("presence" in told) {
      document.dispatchEvent(new CustomEvent("sportello:presence", { detail: told.presence }));
    } else if (isConcerned(told)) changed();
  };
  source.onerror = () => {
    // The browser tries again by itself with the same ticket; a new one is needed once it expired.
    source.close();
    later();
  };
}

/* A page about one kind of thing looks over what happens to others. */
function isConcerned(told) {
  const { concerns } = desk.dataset;
  if (!concerns) return true;
  return concerns.split(" ").some((kind) => kind in told) || "resync" in told;
}

function later() {
  failures += 1;
  if (failures > 2) lost(true);
  const wait = Math.min(WAIT_MS_MAX, 500 * 2 ** failures);
  setTimeout(listen, wait * (0.5 + Math.random() / 2));
}

function lost(isLost) {
  tell("lost", isLost ? desk.dataset.lost : "");
}

/* A line at the foot of the page; an empty one takes it away. */
function tell(name, words) {
  const told = document.getElementById("told");
  const id = `told-${name}`;
  document.getElementById(id)?.remove();
  if (!words) return;
  const line = document.createElement("div");
  line.id = id;
  line.textContent = words;
  told.append(line);
}

function count() {
  const unread = document.querySelectorAll("#rows .is-unread").length;
  const title = document.title.replace(/^\(\d+\) /, "");
  document.title = unread ? `(${unread}) ${title}` : title;
}

document.body.addEventListener("htmx:sendError", () => tell("failed", desk.dataset.failed));
document.body.addEventListener("htmx:responseError", () => tell("failed", desk.dataset.failed));
document.body.addEventListener("htmx:afterOnLoad", () => tell("failed", ""));
document.addEventListener("sportello:placed", count);
document.addEventListener("sportello:shut", changed);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) changed();
});
window.addEventListener("pagehide", () => source?.close());
setInterval(() => {
  if (!document.hidden) changed();
}, RESYNC_MS);

count();
listen();
