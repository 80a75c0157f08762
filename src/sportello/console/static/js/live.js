/* Keeps the desk true without reloading it: the stream says which conversation changed, and the
   regions are asked for again. The stream carries ids alone; pages are authorised like any other. */

const desk = document.getElementById("desk");
// How long a change may wait for others; a page that counts much lets more of them come together.
const QUIET_MS = Number(desk.dataset.quietMs ?? 60);
const RESYNC_MS = 60_000;
const WAIT_MS_MAX = 30_000;
const PRESS_MS_MAX = 3_000;

let waiting = null;
let asking = false;
let askAgain = false;
let failures = 0;
let source = null;

function changed() {
  if (waiting === null) waiting = setTimeout(refresh, QUIET_MS);
}

/* To whom keeps pages for later: what happened to which conversation; null for perhaps anything. */
function tellOf(conversation) {
  document.dispatchEvent(new CustomEvent("sportello:changed", { detail: conversation }));
  changed();
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
document.addEventListener("sportello:opening", () => {
  placed = deeds;
});
document.body.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (!isTimely(detail)) {
    detail.shouldSwap = false;
    changed();
  } else if (pressing !== null && detail.requestConfig.elt === desk) {
    detail.shouldSwap = false;
    isOwed = true;
  } else if (detail.target === desk) {
    placed = Math.max(placed, whenAsked(detail.xhr));
    // What was asked for while a deed was being done may show what was before it.
    if (detail.requestConfig.elt !== desk) deeds += 1;
  }
});

/* A button that is drawn anew between press and release is another one: nothing would happen. What
   changed meanwhile shows when it is let go, or soon where no browser tells of that. */
let pressing = null;
let isOwed = false;

function press() {
  clearTimeout(pressing);
  pressing = setTimeout(letGo, PRESS_MS_MAX);
}

function letGo() {
  clearTimeout(pressing);
  pressing = null;
  if (isOwed) changed();
  isOwed = false;
}

const isSpace = ({ key }) => key === " ";
const isMain = ({ button }) => button === 0;
for (const [name, begins] of [["pointerdown", isMain], ["keydown", isSpace]]) {
  document.addEventListener(name, (event) => begins(event) && press(), true);
}
for (const name of ["pointerup", "pointercancel", "keyup"]) {
  document.addEventListener(name, letGo, true);
}

/* Whether an answer is still of this page. */
function isTimely({ xhr, target, requestConfig, pathInfo }) {
  const { pathname, search } = new URL(pathInfo.requestPath, location);
  const isHere = pathname === location.pathname;
  if (requestConfig.elt === desk) {
    return isHere && search === location.search && whenAsked(xhr) === deeds;
  }
  // The list's window moves beside the chat that was open when it was asked for.
  if (requestConfig.elt.id === "list") return isHere;
  if (target !== desk) return true;
  if (requestConfig.verb === "get") return whenAsked(xhr) >= placed;
  // What was done to a chat that has been left since shows when it is opened again.
  const about = chatOf(pathname);
  return !about || about === chatOf(location.pathname);
}

const chatOf = (path) => /^\/conversations\/(\d+)\//.exec(path)?.[1];

/* What stands open before somebody's eyes is read; not what they are leaving unread, of which this
   page may be told before the next one comes. */
let isLeaving = false;

document.addEventListener("submit", ({ target }) => {
  if ("unreads" in target.dataset) isLeaving = true;
});
window.addEventListener("pageshow", () => {
  isLeaving = false;
});

function read() {
  const chat = document.getElementById("chat");
  if (isLeaving || document.hidden) return;
  if (!chat?.dataset.reading || chat.dataset.unread === "0") return;
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
    desk.dataset.live = "";
    // Whatever happened while nobody listened.
    tellOf(null);
  };
  source.onmessage = ({ data }) => {
    const told = JSON.parse(data);
    // Who is at a chat changes nothing in it: that is asked for by itself.
    if ("notice" in told) document.dispatchEvent(new CustomEvent("sportello:notice"));
    else if ("presence" in told) {
      document.dispatchEvent(new CustomEvent("sportello:presence", { detail: told.presence }));
    } else if (isConcerned(told)) tellOf(told.conversation ?? null);
  };
  source.onerror = () => {
    // The browser tries again by itself with the same ticket; a new one is needed once it expired.
    source.close();
    delete desk.dataset.live;
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

/* The window's title: what is open, and how many wait to be read. */
function count() {
  const unread = document.querySelectorAll("#rows .is-unread").length;
  const open = document.getElementById("chat")?.dataset.title;
  const title = open ? `${open} · Sportello` : document.title.replace(/^\(\d+\) /, "");
  document.title = unread ? `(${unread}) ${title}` : title;
}

document.body.addEventListener("htmx:sendError", () => tell("failed", desk.dataset.failed));
document.body.addEventListener("htmx:responseError", () => tell("failed", desk.dataset.failed));
document.body.addEventListener("htmx:afterOnLoad", () => tell("failed", ""));
document.addEventListener("sportello:placed", ({ detail }) => {
  count();
  if (detail.moved) read();
});
document.addEventListener("sportello:stale", changed);
document.addEventListener("sportello:shut", () => tellOf(null));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) changed();
});
window.addEventListener("pagehide", () => source?.close());
setInterval(() => {
  if (!document.hidden) changed();
}, RESYNC_MS);

count();
listen();
