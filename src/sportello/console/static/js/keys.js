/* Keys for those who work here all day, and the dialogs. */

const actions = {
  j: () => step(1),
  k: () => step(-1),
  r: () => write("message"),
  i: () => write("note"),
  n: () => press("new-button"),
  m: () => press("template-button"),
  t: () => press("take-button") || press("release-button"),
  e: () => press("close-button"),
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
  if (box || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]")) return;
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
