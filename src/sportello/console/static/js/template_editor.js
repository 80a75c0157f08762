/* The editor of templates: asks the server what it thinks at every pause of the hand, one question
   at a time, and keeps what was typed in this browser until it is saved. A change of a template that
   Meta has is kept by the server instead.

   A button marked `data-compose` is an act on the form as it stands (add, mend, undo); without
   JavaScript the same button sends the whole page. */

const asker = document.getElementById("asker");
const form = document.getElementById("editor");
const PAUSE_MS = 250;
const KEY = form.dataset.draft && `template-draft-${form.dataset.draft}`;
const SENT = "template-sent";

let pause = null;
let asking = false;
let askAgain = false;
const acts = [];

form.addEventListener("input", ({ target }) => {
  if (target.type === "file") return;
  clearTimeout(pause);
  pause = setTimeout(ask, PAUSE_MS);
  keep();
});

form.addEventListener("submit", (event) => {
  const act = event.submitter;
  if (act && !("compose" in act.dataset)) {
    if (KEY) sessionStorage.setItem(SENT, KEY);
    return;
  }
  event.preventDefault();
  if (act && act.value !== "check") acts.push(act.value);
  ask();
});

async function ask() {
  clearTimeout(pause);
  if (asking) {
    askAgain = true;
    return;
  }
  asking = true;
  const act = acts.shift() ?? "";
  const focused = document.activeElement?.id;
  // What is typed while the fields are being rewritten would be lost.
  form.inert = Boolean(act);
  try {
    await window.htmx.ajax("POST", form.action, {
      source: asker,
      target: asker,
      swap: "keyed",
      values: values(act),
    });
  } finally {
    asking = false;
    form.inert = false;
    if (act) comeBack(act, focused);
    keep();
    if (askAgain || acts.length) {
      askAgain = false;
      ask();
    }
  }
}

function values(act) {
  return { ...Object.fromEntries(new FormData(form)), act };
}

/* The hand finds its place again; a new button's first field is where one goes on. */
function comeBack(act, focused) {
  const added = act.startsWith("add:");
  const rows = document.querySelectorAll(".button-row");
  const next = added ? rows[rows.length - 1]?.querySelector(".form-control") : null;
  const old = focused && document.getElementById(focused);
  (next ?? (old && !old.disabled ? old : document.getElementById("undo")))?.focus();
}

/* The sample goes up by itself as soon as it is chosen. */
form.ownerDocument.addEventListener("change", async ({ target }) => {
  if (target.id !== "sample-file" || !target.files.length) return;
  const sent = new FormData(document.getElementById("sample-form"));
  sent.set("header", new FormData(form).get("header"));
  const problem = document.getElementById("sample-refused");
  problem.hidden = true;
  target.disabled = true;
  try {
    const answer = await fetch(document.getElementById("sample-form").action, {
      method: "POST",
      body: sent,
    });
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.refused);
    document.getElementById("sample").value = told.id;
    acts.push("rewrite");
    ask();
  } catch (error) {
    problem.textContent = error instanceof SyntaxError ? asker.dataset.failed : error.message;
    problem.hidden = false;
    target.value = "";
  } finally {
    target.disabled = false;
  }
});

/* What was typed is kept here, so that a shut window or a lost session costs nothing. */
let saved = serialised();

function serialised() {
  const entries = [...new FormData(form)].filter(
    ([name]) => !["csrfmiddlewaretoken", "stamp", "past", "after", "tried", "act"].includes(name),
  );
  return JSON.stringify(Object.fromEntries(entries));
}

function keep() {
  if (!KEY) return;
  const now = serialised();
  if (now === saved) localStorage.removeItem(KEY);
  else localStorage.setItem(KEY, JSON.stringify({ at: Date.now(), fields: now }));
}

function offer() {
  if (sessionStorage.getItem(SENT)) {
    // Sent from an editor: kept by the server, unless this very page came back as an answer.
    const sent = sessionStorage.getItem(SENT);
    sessionStorage.removeItem(SENT);
    if (!("echo" in form.dataset)) localStorage.removeItem(sent);
  }
  if (!KEY || "echo" in form.dataset) return;
  const kept = read();
  if (!kept || kept.fields === saved) return;
  const note = document.getElementById("kept-draft");
  const at = document.getElementById("kept-draft-at");
  const language = document.documentElement.lang;
  at.dateTime = new Date(kept.at).toISOString();
  at.textContent = new Date(kept.at).toLocaleString(language, {
    dateStyle: "medium",
    timeStyle: "short",
  });
  note.hidden = false;
  document.getElementById("kept-draft-back").addEventListener("click", () => bringBack(kept, note));
  document.getElementById("kept-draft-drop").addEventListener("click", () => {
    localStorage.removeItem(KEY);
    note.hidden = true;
  });
}

function read() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}

async function bringBack(kept, note) {
  note.hidden = true;
  const token = new FormData(form).get("csrfmiddlewaretoken");
  const stamp = new FormData(form).get("stamp");
  await window.htmx.ajax("POST", form.action, {
    source: asker,
    target: asker,
    swap: "keyed",
    values: { ...JSON.parse(kept.fields), stamp, csrfmiddlewaretoken: token, act: "rewrite" },
  });
  keep();
  document.getElementById("body")?.focus();
}

function tell(words) {
  const told = document.getElementById("told");
  document.getElementById("told-failed")?.remove();
  if (!words) return;
  const line = document.createElement("div");
  line.id = "told-failed";
  line.textContent = words;
  told.append(line);
}

document.body.addEventListener("htmx:sendError", () => tell(asker.dataset.failed));
document.body.addEventListener("htmx:responseError", () => tell(asker.dataset.failed));
document.body.addEventListener("htmx:afterOnLoad", () => tell(""));

document.getElementById("refused")?.focus();
offer();
