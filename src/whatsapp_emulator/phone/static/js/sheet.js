// What slides over: sheets within a phone, and dialogs over the page.
import { h, iconButton } from "./dom.js";
import { t } from "./i18n.js";

let made = 0;

/**
 * A sheet at the foot of a phone's screen; the rest of the phone waits until it is closed.
 * Answers how to close it; `closed` is told however that happens.
 */
export function sheet(screen, title, content, { wide = false, closed = () => {} } = {}) {
  const before = document.activeElement;
  const id = `sheet-${(made += 1)}`;
  const behind = [...screen.children].filter((child) => !child.inert);
  const veil = h("div", { class: "veil", onclick: () => close() });
  const box = h(
    "section",
    {
      class: `sheet${wide ? " tall" : ""}`,
      role: "dialog",
      "aria-modal": "true",
      "aria-labelledby": id,
      onkeydown: escape,
    },
    h(
      "header",
      {},
      h("h2", { id }, title),
      iconButton("x", t("close"), () => close()),
    ),
    h("div", { class: "sheet-body" }, content),
  );
  for (const child of behind) child.inert = true;
  screen.append(veil, box);
  (
    box.querySelector("[data-focus]") ??
    box.querySelector(".sheet-body button, .sheet-body input") ??
    box.querySelector("button")
  ).focus();

  function escape(event) {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    close();
  }

  function close() {
    if (!box.isConnected) return;
    veil.remove();
    box.remove();
    for (const child of behind) child.inert = false;
    if (before?.isConnected) before.focus({ preventScroll: true });
    closed();
  }

  return close;
}

/**
 * Ask before something that hurts. Resolves to false, true, or "also" when the box named by
 * `also` stays ticked.
 */
export function ask(screen, { title, words, yes, also = null, danger = false }) {
  return new Promise((resolve) => {
    const box = also ? h("input", { type: "checkbox", checked: true }) : null;
    const answer = (value) => {
      resolve(value);
      close();
    };
    const sure = () => answer(box?.checked ? "also" : true);
    const close = sheet(
      screen,
      title,
      h(
        "div",
        { class: "ask" },
        h("p", {}, words),
        box ? h("label", { class: "tick-box" }, box, h("span", {}, also)) : null,
        h(
          "div",
          { class: "row-buttons" },
          h(
            "button",
            { type: "button", class: "button", "data-focus": true, onclick: () => answer(false) },
            t("cancel"),
          ),
          h("button", { type: "button", class: `button ${danger ? "danger" : "main"}`, onclick: sure }, yes),
        ),
      ),
      { closed: () => resolve(false) },
    );
  });
}

/** Rows to choose from: [{icon, words, hint, act, danger}]; null rows are left out. */
export function choices(screen, title, rows, above = null) {
  const list = h(
    "div",
    { class: "choices" },
    rows.filter(Boolean).map((row) =>
      h(
        "button",
        {
          type: "button",
          class: `choice${row.danger ? " danger" : ""}`,
          onclick: () => {
            close();
            row.act();
          },
        },
        row.picture ?? null,
        h("span", {}, row.words, row.hint ? h("span", { class: "hint" }, row.hint) : null),
      ),
    ),
  );
  const close = sheet(screen, title, [above, list]);
  return close;
}

/** A dialog over the whole page with a heading; answers the element, already open. */
export function dialog(title, content, { side = false } = {}) {
  const before = document.activeElement;
  const id = `dialog-${(made += 1)}`;
  const box = h(
    "dialog",
    { class: side ? "page-sheet" : "page-dialog", "aria-labelledby": id },
    h(
      "header",
      {},
      h("h2", { id }, title),
      iconButton("x", t("close"), () => box.close()),
    ),
    h("div", { class: "dialog-body" }, content),
  );
  box.addEventListener("click", (event) => {
    if (event.target === box) box.close();
  });
  box.addEventListener("close", () => {
    box.remove();
    if (before?.isConnected) before.focus({ preventScroll: true });
  });
  document.body.append(box);
  box.showModal();
  box.querySelector("[data-focus]")?.focus();
  return box;
}

/** A few words at the foot of a phone that go away by themselves; a screen reader is told too. */
export function toast(screen, words, { bad = false } = {}) {
  screen.querySelector(".toast")?.remove();
  const note = h("p", { class: `toast${bad ? " bad" : ""}`, role: bad ? "alert" : "status" }, words);
  screen.append(note);
  setTimeout(() => note.remove(), bad ? 7000 : 3000);
}
