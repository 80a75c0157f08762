/* The text box: Enter sends, Shift+Enter breaks the line. What is begun is kept for each chat and
   person on the server, a moment after the last key; until it lies there, this tab keeps it. */

const COARSE = window.matchMedia("(pointer: coarse)");
const KEEP_AFTER_MS = 700;

let keeping = null;
let isSending = false;
let sendsAgain = false;

const form = () => document.getElementById("composer");
const box = () => form()?.elements.text;

export function kindOf(composer) {
  return composer.dataset.draft.endsWith("-note") ? "note" : (kindChosen() ?? "message");
}

function kindChosen() {
  return document.querySelector("input[name=kind][form=composer]:checked")?.value;
}

/* As if it had been typed: the box grows, and the draft is kept. */
export function typed(target) {
  target.dispatchEvent(new Event("input", { bubbles: true }));
}

function keyOf(composer) {
  return `draft-${composer.dataset.draft}`;
}

function restore() {
  const composer = form();
  if (!composer || composer.dataset.restored) return;
  composer.dataset.restored = "true";
  // Newer than what the server has, unless that answers what was just done (`data-said`).
  const begun = sessionStorage.getItem(keyOf(composer));
  const isAnswered = "said" in (composer.closest("#footer")?.dataset ?? {});
  if (begun && !(isAnswered && composer.elements.text.value)) composer.elements.text.value = begun;
  const toggle = composer.closest("details");
  if (toggle && composer.elements.text.value) toggle.open = true;
  grow(composer.elements.text);
}

/* Where the style sheet's `field-sizing` is not known yet. */
function grow(target) {
  if (CSS.supports("field-sizing", "content")) return;
  target.rows = Math.min(10, target.value.split("\n").length);
}

/* What is to be kept is fixed when it is typed: the box may soon be another chat's. */
function keepSoon(composer) {
  const kept = new FormData();
  kept.set("text", composer.elements.text.value);
  kept.set("kind", kindOf(composer));
  kept.set("csrfmiddlewaretoken", composer.elements.csrfmiddlewaretoken.value);
  if (keeping) clearTimeout(keeping.timer);
  if (keeping && keeping.url !== composer.dataset.keep) keepNow();
  keeping = { url: composer.dataset.keep, kept, key: keyOf(composer) };
  keeping.timer = setTimeout(keepNow, KEEP_AFTER_MS);
}

async function keepNow() {
  if (!keeping) return;
  const { url, kept, key, timer } = keeping;
  clearTimeout(timer);
  keeping = null;
  try {
    const answer = await fetch(url, { method: "POST", body: kept, keepalive: true });
    // Led elsewhere is not kept: who was signed out finds the words here again.
    const isKept = answer.ok && !answer.redirected;
    if (isKept && sessionStorage.getItem(key) === kept.get("text")) {
      sessionStorage.removeItem(key);
    }
  } catch {
    // The tab has it still.
  }
}

function forget(composer) {
  if (keeping?.url === composer.dataset.keep) {
    clearTimeout(keeping.timer);
    keeping = null;
  }
  sessionStorage.removeItem(keyOf(composer));
}

document.addEventListener("input", ({ target }) => {
  if (target.id !== "text" || target.form?.id !== "composer") return;
  grow(target);
  if (target.value) sessionStorage.setItem(keyOf(target.form), target.value);
  else sessionStorage.removeItem(keyOf(target.form));
  keepSoon(target.form);
});
window.addEventListener("pagehide", keepNow);
document.addEventListener("focusout", ({ target }) => {
  if (target.id === "text") keepNow();
});

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented) return;
  if (event.target.id !== "text" || event.key !== "Enter" || event.isComposing) return;
  const sends = event.ctrlKey || event.metaKey || !(event.shiftKey || COARSE.matches);
  if (!sends) return;
  event.preventDefault();
  const composer = event.target.form;
  if (!hasSomething(composer)) return;
  if (isSending) sendsAgain = true;
  else composer.requestSubmit();
});

function hasSomething(composer) {
  return Boolean(composer.elements.text.value.trim() || composer.querySelector("[name=file]"));
}

/* The words stand in the chat at once, and the box is free for the next ones. What the server
   answers takes the place of them; where it is not reached they return into the box. */
let going = null;

document.addEventListener("htmx:configRequest", ({ target, detail }) => {
  if (target.id === "composer") detail.parameters.once = markOf(target);
});

/* The same words sent again, because nobody knows whether they arrived, bear the same mark: the
   server writes them once. */
function markOf(composer) {
  const given = new FormData(composer);
  const parts = ["text", "file", "reply_to"].map((name) => given.getAll(name));
  const what = JSON.stringify([kindOf(composer), ...parts]);
  const known = JSON.parse(sessionStorage.getItem(markKeyOf(composer)) ?? "{}");
  const mark = known.what === what ? known.mark : fresh();
  sessionStorage.setItem(markKeyOf(composer), JSON.stringify({ what, mark }));
  return mark;
}

const markKeyOf = (composer) => `once-${composer.dataset.draft}`;

function fresh() {
  const chance = crypto.getRandomValues(new Uint8Array(16));
  return [...chance].map((one) => one.toString(16).padStart(2, "0")).join("");
}

document.addEventListener("htmx:beforeRequest", ({ target, detail }) => {
  if (target.id !== "composer") return;
  isSending = true;
  // Its form may be gone by then: who sends goes on to the next chat.
  detail.xhr.addEventListener("loadend", () => arrived(detail.xhr), { once: true });
  const button = document.getElementById("send-button");
  if (button) button.disabled = true;
  const text = target.elements.text.value.trim();
  going = { text, bubble: null, composer: target };
  forget(target);
  if (kindOf(target) !== "message" || !text || target.querySelector("[name=file]")) return;
  const drawn = document.getElementById("going-bubble")?.content.firstElementChild;
  const thread = document.getElementById("thread");
  if (!drawn || !thread) return;
  going.bubble = drawn.cloneNode(true);
  going.bubble.querySelector(".words").textContent = text;
  thread.append(going.bubble);
  target.elements.text.value = "";
  grow(target.elements.text);
  thread.scrollTop = thread.scrollHeight;
});

/* Before the answer is put in place: what has left is a draft no more. */
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const composer = detail.requestConfig?.elt;
  if (composer?.id !== "composer" || detail.xhr.status >= 400) return;
  if (composer.elements.text.value.trim() === going?.text) composer.elements.text.value = "";
  composer.dispatchEvent(new CustomEvent("sportello:sent", { bubbles: true }));
  const toggle = composer.closest("details");
  if (toggle) toggle.open = false;
});

/* Status 0: the server was not reached, or its answer did not come. */
function arrived(xhr) {
  const { status } = xhr;
  // Who was signed out meanwhile is led to the door.
  const isDone = status >= 200 && status < 400 && !xhr.getResponseHeader("HX-Redirect");
  isSending = false;
  const button = document.getElementById("send-button");
  if (button) button.disabled = false;
  const isRefused = status >= 400 && status < 500;
  if (isDone || isRefused) sessionStorage.removeItem(markKeyOf(going.composer));
  if (isDone) {
    const { draft } = going.composer.dataset;
    document.dispatchEvent(new CustomEvent("sportello:gone", { detail: { draft } }));
  }
  if (!isDone) comeBack();
  going.bubble?.remove();
  going = null;
  const again = sendsAgain;
  sendsAgain = false;
  if (again && isDone && form() && hasSomething(form())) form().requestSubmit();
}

/* A refusal shows the words itself, unless it leaves the box as it is, or the chat was left: then
   they wait in its box. */
function comeBack() {
  if (!going.text) return;
  if (form()?.dataset.draft !== going.composer.dataset.draft) {
    sessionStorage.setItem(keyOf(going.composer), going.text);
    return;
  }
  const target = box();
  if (!target || document.querySelector("#footer .kept")) return;
  if (!target.value.includes(going.text)) {
    target.value = [going.text, target.value].filter(Boolean).join("\n");
  }
  typed(target);
  target.form.dispatchEvent(new CustomEvent("sportello:returned", { bubbles: true }));
}

document.addEventListener("sportello:placed", restore);
restore();
