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
  a: () => press("assign-button"),
  l: () => press("label-button"),
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

/* The next one opens once this one is closed. */
function closeAndNext() {
  const form = document.getElementById("closure");
  if (!form) return;
  const rows = [...document.querySelectorAll("#rows a[id^='open-']")];
  const at = rows.findIndex((link) => link.hasAttribute("aria-current"));
  const next = (rows[at + 1] ?? rows[at - 1])?.id;
  const goOn = ({ detail }) => {
    if (detail.requestConfig?.elt !== form) return;
    document.removeEventListener("htmx:afterRequest", goOn);
    if (detail.successful && next) document.getElementById(next)?.click();
  };
  document.addEventListener("htmx:afterRequest", goOn);
  form.requestSubmit();
}

function write(kind) {
  const choice = document.getElementById(`kind-${kind}`);
  const toggle = document.getElementById("note-toggle");
  if (choice) choice.checked = true;
  else if (toggle && kind === "note") toggle.open = true;
  document.getElementById("text")?.focus();
}

function press(id) {
  const button = document.getElementById(id);
  button?.click();
  return Boolean(button);
}

document.addEventListener("keydown", (event) => {
  const box = event.target.closest("input:not([type=radio]), textarea, select");
  if (event.key === "Escape" && box) box.blur();
  if (box || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]")) return;
  if (isOff()) return;
  const act = actions[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!act) return;
  event.preventDefault();
  act();
});

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
