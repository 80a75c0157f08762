/* Keys for those who work here all day, and the dialogs. */

export const actions = {
  j: () => step(1),
  k: () => step(-1),
  r: () => write("message"),
  i: () => write("note"),
  n: () => press("new-button"),
  m: () => press("template-button"),
  t: () => press("take-button") || press("release-button"),
  e: () => press("close-button"),
  c: () => closeAndNext(),
  a: () => arrange("#head-who"),
  l: () => arrange("#head-label"),
  s: () => arrange("[name=when]"),
  u: () => press("unread-button"),
  z: () => [...document.querySelectorAll("[data-undo]")].at(-1)?.click(),
  "/": () => document.getElementById("q")?.focus(),
  "?": () => document.getElementById("keys")?.showModal(),
};

function step(by) {
  const links = [...document.querySelectorAll("#rows a[id^='open-']")];
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[at < 0 ? 0 : at + by];
  next?.scrollIntoView({ block: "nearest" });
  next?.click();
}

/* The next one opens once this one is closed. The form itself is listened to: a refresh may draw
   it anew before the answer comes, and what happens out of the page nobody above it hears. */
function closeAndNext() {
  const form = document.getElementById("closure");
  if (!form) return;
  const rows = [...document.querySelectorAll("#rows a[id^='open-']")];
  const at = rows.findIndex((link) => link.hasAttribute("aria-current"));
  const next = (rows[at + 1] ?? rows[at - 1])?.id;
  const goOn = ({ detail }) => {
    if (detail.successful && next) document.getElementById(next)?.click();
  };
  form.addEventListener("htmx:afterRequest", goOn, { once: true });
  form.requestSubmit();
}

function write(kind) {
  const choice = document.getElementById(`kind-${kind}`);
  const toggle = document.getElementById("note-toggle");
  if (choice) choice.checked = true;
  else if (toggle && kind === "note") toggle.open = true;
  document.getElementById("text")?.focus();
}

/* Opens what is offered in the head of the chat, at this place of it. */
function arrange(place) {
  const tools = document.getElementById("head-tools");
  if (!tools) return;
  tools.open = true;
  (tools.querySelector(place) ?? tools.querySelector("summary")).focus();
}

/* What is chosen there by keys is done by keys. */
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches("#head-tools select")) return;
  event.preventDefault();
  event.target.form.requestSubmit();
});

function press(id) {
  const button = document.getElementById(id);
  button?.click();
  return Boolean(button);
}

/* With Alt a key acts from within a text box too. AltGr writes signs, and tells itself as Ctrl and
   Alt; on some keyboards Alt alone begins an accent. */
document.addEventListener("keydown", (event) => {
  const box = event.target.closest("input:not([type=radio]), textarea, select");
  if (event.key === "Escape") leave(box);
  if (event.ctrlKey || event.metaKey || event.defaultPrevented || event.key === "Dead") return;
  if (document.querySelector("dialog[open]")) return;
  if (!event.altKey && (box || isOff())) return;
  const act = actions[event.altKey ? letterOf(event) : event.key.toLowerCase()];
  if (!act) return;
  event.preventDefault();
  if (!isUnderWay()) act();
});

/* Until the answer is there nobody sees what the next key would do: who takes a chat and writes on
   at once means words, not a deed for each letter. */
function isUnderWay() {
  return Boolean(document.querySelector("#chat form.htmx-request"));
}

/* The letter that stands on the key, whatever Alt makes of it. */
function letterOf({ code }) {
  return code.startsWith("Key") ? code.slice(3).toLowerCase() : "";
}

function leave(box) {
  const tools = document.getElementById("head-tools");
  if (tools?.open && tools.contains(document.activeElement)) {
    tools.open = false;
    tools.querySelector("summary").focus();
  } else box?.blur();
}

/* A link marked so opens in a dialog; without JavaScript it is a page. */
document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const dialog = document.getElementById("dialog");
  await window.htmx.ajax("GET", link.getAttribute("href"), { target: dialog, swap: "innerHTML" });
  dialog.showModal();
});

/* A click beside a dialog closes it. */
document.addEventListener("click", ({ target }) => {
  if (target instanceof HTMLDialogElement) target.close();
});

/* The tab that was chosen is the one to write in. */
document.addEventListener("change", ({ target }) => {
  if (target.name === "kind") document.getElementById("text")?.focus();
});

/* Single keys can be switched off (WCAG 2.1.4), for this device: the palette (Ctrl+K)
   still does everything, and shows this sheet. */
const OFF = "single-keys-off";

function isOff() {
  return localStorage.getItem(OFF) === "yes";
}

const choice = document.getElementById("single-keys");
if (choice) {
  choice.checked = !isOff();
  choice.addEventListener("change", () => {
    if (choice.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  });
}
