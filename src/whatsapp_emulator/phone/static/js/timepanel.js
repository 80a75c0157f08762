// Travelling in time: the virtual clock, leaps, speed, and what becomes of the window.
import { api } from "./api.js";
import { now, speed } from "./clock.js";
import { h, icon, say } from "./dom.js";
import { lasting, t, wholeDay, withSeconds } from "./i18n.js";
import { chatOf, personOf, refreshState } from "./store.js";

const HOUR_S = 3600;
const DAY_S = 86400;
const WINDOW_MS = 86400000;
const LEAP_MAX_S = 366 * DAY_S;
const SPEEDS = [0, 1, 60, 3600];
const UNITS = { minutes: 60, hours: HOUR_S, days: DAY_S };

export class TimePanel {
  #shown;
  #time = h("span", { class: "big-time" });
  #day = h("span", { class: "hint" });
  #window = h("p", { class: "window" });
  #trouble = h("p", { class: "error", role: "alert" });
  #speeds = h("div", { class: "chips", role: "group", "aria-label": t("time.speed") });
  #busy = false;

  /** `shown()` answers the chat in front: { waId, numberId }. */
  constructor(shown) {
    this.#shown = shown;
    this.element = h(
      "div",
      { class: "panel-body time" },
      h("div", { class: "clock", role: "timer", "aria-label": t("time.clock") }, this.#time, this.#day),
      this.#window,
      h("div", { class: "leaps" }, this.#leap("time.hour", HOUR_S), this.#leap("time.day", DAY_S)),
      this.#custom(),
      h("p", { class: "row-title" }, icon("gauge"), t("time.speed")),
      this.#speeds,
      this.#trouble,
    );
    this.refresh();
  }

  refresh() {
    this.#speeds.replaceChildren(
      ...SPEEDS.map((one) =>
        h(
          "button",
          {
            type: "button",
            class: "chip",
            "aria-pressed": String(speed() === one),
            onclick: () => this.#run(one),
          },
          one === 0 ? t("time.held") : `×${one}`,
        ),
      ),
    );
    this.tick();
  }

  tick() {
    const at = new Date(now());
    this.#time.textContent = withSeconds(at);
    this.#day.textContent = wholeDay(at);
    this.#showWindow();
  }

  #showWindow() {
    const { waId, numberId } = this.#shown();
    const person = waId && personOf(waId);
    this.#window.hidden = !person || !numberId;
    if (this.#window.hidden) return;
    const last = chatOf(person, numberId).last_inbound_at;
    const left = last ? Date.parse(last) + WINDOW_MS - now() : 0;
    const words =
      left > 0
        ? t("time.windowOpen", { name: person.name, left: lasting(left) })
        : t(last ? "time.windowShut" : "time.windowNever", { name: person.name, left: lasting(-left) });
    const degree =
      left <= 0 ? "shut" : left < HOUR_S * 1000 ? "red" : left < 4 * HOUR_S * 1000 ? "amber" : "open";
    if (this.#window.dataset.words === words) return;
    this.#window.dataset.words = words;
    this.#window.dataset.degree = degree;
    this.#window.replaceChildren(icon(left > 0 ? "clock" : "lock"), h("span", {}, words));
  }

  #leap(key, seconds) {
    return h(
      "button",
      { type: "button", class: "button leap", onclick: () => this.#advance(seconds) },
      icon("clock-plus"),
      h("span", {}, t(key)),
    );
  }

  #custom() {
    const amount = h("input", {
      type: "number",
      class: "field",
      min: 1,
      max: 9999,
      step: 1,
      value: "23",
      "aria-label": t("time.amount"),
    });
    const unit = h(
      "select",
      { class: "field", "aria-label": t("time.unit") },
      Object.keys(UNITS).map((one) => h("option", { value: one }, t(`time.${one}`))),
    );
    unit.value = "hours";
    const submit = (event) => {
      event.preventDefault();
      const seconds = Number(amount.value) * UNITS[unit.value];
      if (seconds > 0 && seconds <= LEAP_MAX_S) this.#advance(seconds);
      else this.#trouble.textContent = t("time.tooFar");
    };
    return h(
      "form",
      { class: "custom", novalidate: true, onsubmit: submit },
      amount,
      unit,
      h("button", { type: "submit", class: "button" }, t("time.go")),
    );
  }

  #advance(seconds) {
    return this.#do(
      () => api.advance(seconds),
      () => t("time.nowIs", { at: withSeconds(new Date(now())), day: wholeDay(new Date(now())) }),
    );
  }

  #run(one) {
    return this.#do(
      () => api.speed(one),
      () => (one === 0 ? t("time.isHeld") : t("time.runs", { n: one })),
    );
  }

  async #do(act, words) {
    if (this.#busy) return;
    this.#busy = true;
    this.element.classList.add("busy");
    this.#trouble.textContent = "";
    try {
      await act();
      await refreshState();
      say(words());
    } catch (trouble) {
      this.#trouble.textContent = trouble.message;
    } finally {
      this.#busy = false;
      this.element.classList.remove("busy");
    }
  }
}
