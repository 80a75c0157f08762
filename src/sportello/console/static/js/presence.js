/* Who else is at this chat, and who writes. Told when it begins and ends, and once in a while that
   it goes on; asked for when the stream says that it changed. */

const HERE_EVERY_MS = 20_000;
const WRITING_EVERY_MS = 4_000;
const WRITING_MS_MAX = 9_500;
const SETTLED_MS = 250;

let url = "";
let others = { writing: [], looking: [] };
let toldWritingAt = 0;
let fading = null;
// The address of the chat at which the others believe this person to be.
let toldAt = "";
let settling = null;

const line = () => document.getElementById("presence");

async function post(state, to = url) {
  if (!to) return;
  const told = new FormData();
  told.set("state", state);
  told.set("csrfmiddlewaretoken", document.querySelector("#csrf input").value);
  try {
    const answer = await fetch(to, { method: "POST", body: told, keepalive: state === "away" });
    if (answer.ok && to === url && state !== "away") show(await answer.json());
  } catch {
    // The next one tells.
  }
}

async function ask() {
  if (!url) return;
  const to = url;
  try {
    const answer = await fetch(to);
    if (answer.ok && to === url) show(await answer.json());
  } catch {
    // The next one tells.
  }
}

function show(told) {
  others = told;
  const shown = line();
  if (!shown) return;
  if (shown.textContent !== told.words) shown.textContent = told.words;
  shown.classList.toggle("is-writing", told.writing.length > 0);
  clearTimeout(fading);
  if (told.writing.length) fading = setTimeout(ask, WRITING_MS_MAX);
}

/* Whoever leafs through the chats is at none of them. */
function arrive() {
  const now = line()?.dataset.url ?? "";
  if (now === url) return;
  url = now;
  others = { writing: [], looking: [] };
  toldWritingAt = 0;
  clearTimeout(settling);
  settling = setTimeout(settle, SETTLED_MS);
}

function settle() {
  if (toldAt && toldAt !== url) post("away", toldAt);
  toldAt = url;
  if (url && !document.hidden) post("here");
}

function stopWriting() {
  if (!toldWritingAt) return;
  toldWritingAt = 0;
  post("here");
}

document.addEventListener("input", ({ target }) => {
  if (target.id !== "text") return;
  if (!target.value.trim()) stopWriting();
  else if (Date.now() - toldWritingAt > WRITING_EVERY_MS) {
    toldWritingAt = Date.now();
    toldAt = url;
    post("writing");
  }
});
document.addEventListener("focusout", ({ target }) => {
  if (target.id === "text") stopWriting();
});
document.addEventListener("sportello:sent", stopWriting);
document.addEventListener("sportello:placed", arrive);
document.addEventListener("sportello:presence", ({ detail }) => {
  if (url.includes(`/${detail}/`)) ask();
});
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) post("here");
});
window.addEventListener("pagehide", () => post("away", toldAt));
setInterval(() => {
  if (!document.hidden && !toldWritingAt) post("here");
}, HERE_EVERY_MS);
arrive();

/* Before a second answer leaves, or control changes hands while somebody writes. */
let held = null;

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    const isAnswer = form.id === "composer" && document.getElementById("kind-message")?.checked;
    if (!(isAnswer || form.id === "taking") || !others.writing.length || form === held?.sure) return;
    const heed = document.getElementById("heed");
    if (!heed) return;
    event.preventDefault();
    event.stopPropagation();
    held = { form };
    document.getElementById("heed-words").textContent = others.words;
    heed.hidden = false;
    document.getElementById("heed-wait").focus();
  },
  true,
);
document.addEventListener("click", ({ target }) => {
  const goes = target.closest("#heed-go");
  if (!goes && !target.closest("#heed-wait")) return;
  document.getElementById("heed").hidden = true;
  const form = held?.form;
  held = null;
  if (goes && form?.isConnected) {
    held = { sure: form };
    form.requestSubmit();
    held = null;
  }
  document.getElementById("text")?.focus();
});
