// What a phone's owner may set: about this business, and about the phone itself.
import { api } from "./api.js";
import { disc, h, icon, iconButton, say, toggle } from "./dom.js";
import { spaced, t } from "./i18n.js";
import { ask, toast } from "./sheet.js";
import { chatOf, personOf, refreshPeople } from "./store.js";

/** The screen about the business (if `number` is given) and the phone. */
export class Info {
  #screen;
  #waId;
  #number;
  #mark = null;
  #body = h("div", { class: "info-body" });

  constructor(screen, person, number, back) {
    this.#screen = screen;
    this.#waId = person.wa_id;
    this.#number = number;
    const title = number ? t("info.title") : t("info.phone");
    this.element = h(
      "div",
      { class: "chat info" },
      h(
        "header",
        { class: "screen-head" },
        iconButton("arrow-left", t("chat.back"), back),
        h("h2", { class: "head-title" }, title),
      ),
      this.#body,
    );
    this.refresh();
  }

  refresh() {
    const person = personOf(this.#waId);
    const mark = JSON.stringify(person);
    if (!person || this.#mark === mark) return;
    this.#mark = mark;
    const held = this.#body.contains(document.activeElement)
      ? document.activeElement.getAttribute("aria-label")
      : null;
    this.#body.replaceChildren(
      ...(this.#number ? this.#business(person) : []),
      this.#phone(person),
      ...(this.#number ? [this.#danger(person)] : []),
    );
    if (held) this.#body.querySelector(`[aria-label="${CSS.escape(held)}"]`)?.focus();
  }

  async load() {
    this.refresh();
  }

  #business(person) {
    const chat = chatOf(person, this.#number.id);
    return [
      h(
        "div",
        { class: "profile" },
        disc(this.#number.verified_name, this.#number.id, "large"),
        h("strong", {}, this.#number.verified_name),
        h("span", { class: "hint" }, spaced(this.#number.display_phone_number)),
      ),
      h(
        "div",
        { class: "group" },
        toggle(
          t("info.offers"),
          t(chat.marketing_stopped ? "info.offersOff" : "info.offersOn"),
          !chat.marketing_stopped,
          (on) =>
            this.#do(
              () => (on ? api.resumeMarketing : api.stopMarketing)(this.#waId, this.#number.id),
              on ? "info.offersAgain" : "info.offersStopped",
            ),
        ),
      ),
    ];
  }

  #phone(person) {
    const habit = (key, name) =>
      toggle(t(`info.${name}`), t(`info.${name}Hint`), person[key], (on) =>
        this.#do(() => api.habits(this.#waId, { [key]: on }), null),
      );
    return h(
      "div",
      { class: "group" },
      h("h3", {}, t("info.phoneOf", { name: person.name })),
      habit("online", "online"),
      habit("reads", "reads"),
      habit("read_receipts", "receipts"),
      habit("reachable", "reachable"),
    );
  }

  #danger(person) {
    const chat = chatOf(person, this.#number.id);
    const name = this.#number.verified_name;
    const block = chat.blocked
      ? row("ban", t("info.unblockName", { name }), () =>
          this.#do(() => api.unblock(this.#waId, this.#number.id), "info.unblocked"),
        )
      : row(
          "ban",
          t("info.blockName", { name }),
          () => this.#sure("block", () => api.block(this.#waId, this.#number.id)),
          true,
        );
    const report = row(
      "flag",
      t("info.reportName", { name }),
      () => this.#sure("report", (also) => this.#report(also), t("info.reportAlso")),
      true,
    );
    return h(
      "div",
      { class: "group" },
      block,
      report,
      chat.reported ? h("p", { class: "hint" }, t("info.wasReported")) : null,
    );
  }

  async #report(blockToo) {
    await api.report(this.#waId, this.#number.id);
    if (blockToo) await api.block(this.#waId, this.#number.id);
  }

  async #sure(what, act, also = null) {
    const name = this.#number.verified_name;
    const yes = await ask(this.#screen, {
      title: t(`info.${what}Title`, { name }),
      words: t(`info.${what}Words`, { name }),
      yes: t(`info.${what}`),
      also,
      danger: true,
    });
    if (yes) await this.#do(() => act(yes === "also"), `info.${what}Done`);
  }

  async #do(act, done) {
    try {
      await act();
      await refreshPeople();
      if (done) toast(this.#screen, t(done, { name: this.#number?.verified_name ?? "" }));
      else say(t("info.saved"));
    } catch (trouble) {
      toast(this.#screen, trouble.message, { bad: true });
    }
  }
}

function row(name, words, act, danger = false) {
  return h(
    "button",
    { type: "button", class: `choice${danger ? " danger" : ""}`, "aria-label": words, onclick: act },
    icon(name),
    h("span", {}, words),
  );
}
