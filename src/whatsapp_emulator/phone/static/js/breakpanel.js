// Breaking things with one click, seeing what is broken, and healing it all.
import { arrange, h, icon, say } from "./dom.js";
import { rowsFor } from "./breaks.js";
import { exactly, has, t } from "./i18n.js";
import { Kept } from "./kept.js";
import { Reviews } from "./reviews.js";
import { known, refreshState } from "./store.js";

export class BreakPanel {
  #shown;
  #health = h("div", { class: "health" });
  #rows = h("div", { class: "break-rows" });
  #trouble = h("p", { class: "error", role: "alert" });
  #kept = new Kept();
  #reviews = new Reviews();
  #busy = false;

  /** `shown()` answers the chat in front: what is broken belongs to its number. */
  constructor(shown) {
    this.#shown = shown;
    this.element = h(
      "div",
      { class: "panel-body break" },
      this.#health,
      this.#trouble,
      this.#rows,
      this.#reviews.element,
    );
    this.refresh();
  }

  /** How many things are broken just now. */
  broken() {
    return this.#list().filter(isBroken).length;
  }

  refresh() {
    if (!known.state) return;
    const held = this.#heldKey();
    const rows = this.#list();
    this.#showHealth(rows.filter(isBroken));
    const nodes = rows.map((row) =>
      this.#kept.get(row.id, JSON.stringify([row, this.#noteOf(row)]), () => this.#row(row)),
    );
    arrange(this.#rows, nodes);
    this.#reviews.refresh();
    if (held && !this.element.contains(document.activeElement))
      this.element.querySelector(`[data-key="${CSS.escape(held)}"]`)?.focus();
  }

  #list() {
    return known.state ? rowsFor(known.state, this.#shown().numberId) : [];
  }

  #heldKey() {
    const focused = document.activeElement;
    return this.element.contains(focused) ? focused.dataset.key : null;
  }

  #showHealth(broken) {
    const deaf = broken.length === 0 && Boolean(known.state.apps[0]?.webhook?.failing_since);
    const well = broken.length === 0 && !deaf;
    const mark = JSON.stringify([broken.length, deaf]);
    if (this.#health.dataset.mark === mark) return;
    this.#health.dataset.mark = mark;
    this.#health.dataset.well = String(well);
    this.#health.replaceChildren(
      icon(well ? "circle-check" : "alert-triangle"),
      h(
        "strong",
        {},
        well ? t("break.well") : deaf ? t("break.deaf") : t("break.count", { n: broken.length }),
      ),
      h(
        "button",
        {
          type: "button",
          class: "button heal",
          "data-key": "heal",
          hidden: broken.length === 0,
          onclick: () => this.#heal(),
        },
        icon("first-aid-kit"),
        h("span", {}, t("break.heal")),
      ),
    );
  }

  #row(row) {
    const note = this.#noteOf(row);
    return h(
      "div",
      {
        class: `break-row${isBroken(row) ? " is-broken" : ""}`,
        role: "group",
        "aria-label": t(`break.${row.id}`),
      },
      h("p", { class: "row-title" }, icon(row.icon), t(`break.${row.id}`)),
      h(
        "div",
        { class: "chips" },
        chipsOf(row).map((choice) => this.#chip(row, choice)),
      ),
      note ? h("p", { class: "hint" }, note) : null,
    );
  }

  #chip(row, choice) {
    const on = row.now === choice;
    const key = `break.${row.id}.${choice}`;
    const bad = on && choice !== row.choices[0];
    return h(
      "button",
      {
        type: "button",
        class: `chip${bad ? " bad" : ""}`,
        "aria-pressed": String(on),
        "data-key": key,
        onclick: () => this.#set(row.id, choice),
      },
      bad ? icon("alert-triangle") : null,
      has(key) ? t(key) : choice,
    );
  }

  /** What the choice in force brings about, or what is seen of the receiver. */
  #noteOf(row) {
    const key = `break.${row.id}.${row.now}.note`;
    if (has(key)) return t(key);
    if (row.id !== "webhook") return null;
    const hook = known.state.apps[0]?.webhook;
    if (!hook) return t("break.webhook.none");
    if (!hook.failing_since) return null;
    return t("break.webhook.failing", {
      at: exactly(new Date(hook.failing_since * 1000)),
      n: known.state.webhooks.retrying,
    });
  }

  /** The row is looked up again: what it would withdraw may have changed since it was drawn. */
  #set(id, choice) {
    const words = `${t(`break.${id}`)}: ${t(`break.${id}.${choice}`)}`;
    return this.#do(
      () =>
        this.#list()
          .find((row) => row.id === id)
          ?.set(choice),
      words,
    );
  }

  #heal() {
    return this.#do(async () => {
      for (const row of this.#list().filter(isBroken)) await row.set(row.choices[0]);
    }, t("break.well"));
  }

  async #do(act, words) {
    if (this.#busy) return;
    this.#busy = true;
    this.#trouble.textContent = "";
    try {
      await act();
      say(words);
    } catch (trouble) {
      this.#trouble.textContent = [trouble.message, trouble.detail].filter(Boolean).join(" ");
    } finally {
      this.#busy = false;
      await refreshState().catch(() => null);
    }
  }
}

const isBroken = (row) => row.now !== row.choices[0];

/** A state that the panel cannot bring about is shown beside those that it can. */
const chipsOf = (row) => (row.choices.includes(row.now) ? row.choices : [...row.choices, row.now]);
