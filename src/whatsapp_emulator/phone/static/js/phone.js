// One phone in its frame: the status bar, and the screens that its owner moves between.
import { inShort } from "./bubble.js";
import { Chat } from "./chat.js";
import { now } from "./clock.js";
import { api } from "./api.js";
import { arrange, disc, h, icon, iconButton } from "./dom.js";
import { hourAndMinute, shortWhen, spaced, t } from "./i18n.js";
import { Info } from "./info.js";
import { Kept } from "./kept.js";
import { chatOf, digitsOf, known, numberOf, numbers, personOf } from "./store.js";

export class Phone {
  #ways;
  #face = null;
  #screen = h("div", { class: "screen" });
  #hour = h("span", { class: "hour" });
  #signs = h("span", { class: "signs" });
  waId = null;
  numberId = null;

  /** `ways`: { close } or null for the phone that stays, { people } to choose somebody. */
  constructor(ways) {
    this.#ways = ways;
    this.element = h(
      "section",
      { class: "phone", "aria-label": t("phone.none") },
      h("div", { class: "status-bar", "aria-hidden": "true" }, this.#hour, this.#signs),
      this.#screen,
    );
    this.show(null, null);
  }

  /** Whose phone it is, and which chat is open: with `numberId` null, the list of chats. */
  show(waId, numberId) {
    this.waId = waId;
    this.numberId = numberId;
    const person = waId && personOf(waId);
    const number = numberId && numberOf(numberId);
    this.element.setAttribute("aria-label", person ? t("phone.of", { name: person.name }) : t("phone.none"));
    if (!person) this.#put(nobody(this.#ways));
    else if (number) this.#open(person, number);
    else
      this.#put(
        new ChatList(
          person,
          (id) => this.#go(id),
          () => this.#settings(person, null),
        ),
      );
    this.tick();
  }

  /** People or the world are fresh. */
  refresh() {
    const person = this.waId && personOf(this.waId);
    const gone = this.waId && !person && known.people.length > 0;
    const come = person && this.numberId && !(this.#face instanceof Chat || this.#face instanceof Info);
    if (gone || come) this.show(person ? this.waId : null, this.numberId);
    else this.#face?.refresh?.();
    this.tick();
  }

  /** That person's chat changed. */
  reload(waId) {
    if (waId === null || waId === this.waId) this.#face?.load?.()?.catch?.(() => null);
  }

  tick() {
    this.#hour.textContent = hourAndMinute(new Date(now()));
    const person = this.waId && personOf(this.waId);
    const offline = person ? !person.online : false;
    if (this.#signs.dataset.offline === String(offline)) return;
    this.#signs.dataset.offline = String(offline);
    this.#signs.replaceChildren(icon(offline ? "plane" : "wifi"), icon("battery-3"));
  }

  focus() {
    if (this.#face instanceof Chat) this.#face.composer.focus();
  }

  #go(numberId) {
    this.show(this.waId, numberId);
    this.#ways.moved();
  }

  #open(person, number) {
    const chat = new Chat(this.#screen, person, number, {
      back: () => this.#go(null),
      info: () => this.#settings(person, number),
    });
    this.#put(chat);
    this.reload(null);
  }

  #settings(person, number) {
    const back = () => {
      this.show(person.wa_id, number?.id ?? null);
      this.#screen.querySelector("button")?.focus();
    };
    this.#put(new Info(this.#screen, person, number, back));
    this.#screen.querySelector("button")?.focus();
  }

  #put(face) {
    this.#face = face;
    this.#screen.replaceChildren(face.element);
    face.thread?.toEnd();
  }
}

/** The chats of one person: the business numbers there are. */
class ChatList {
  #person;
  #open;
  #list = h("ul", { class: "chat-list" });
  #messages = [];
  #rows = new Kept();

  constructor(person, open, settings) {
    this.#person = person;
    this.#open = open;
    this.element = h(
      "div",
      { class: "chat" },
      h(
        "header",
        { class: "screen-head" },
        disc(person.name, person.wa_id),
        h(
          "span",
          { class: "who-words" },
          h("h2", { class: "head-title" }, t("phone.chats")),
          h("span", { class: "subtitle" }, person.name),
        ),
        iconButton("settings", t("info.phone"), settings),
      ),
      h(
        "div",
        { class: "chat-list-body" },
        this.#list,
        h("p", { class: "hint centred" }, t("phone.listHint")),
      ),
    );
    this.load().catch(() => null);
    this.refresh();
  }

  async load() {
    this.#messages = (await api.chat(this.#person.wa_id)).messages;
    this.refresh();
  }

  refresh() {
    this.#person = personOf(this.#person.wa_id) ?? this.#person;
    arrange(
      this.#list,
      numbers().map((number) => {
        const digits = digitsOf(number);
        const chat = chatOf(this.#person, number.id);
        const last = this.#messages.filter((one) => one.from === digits || one.to === digits).at(-1);
        const mark = JSON.stringify([number, chat, last]);
        return this.#rows.get(number.id, mark, () => h("li", {}, this.#row(number, chat, last)));
      }),
    );
  }

  #row(number, chat, last) {
    return h(
      "button",
      { type: "button", class: "chat-row", onclick: () => this.#open(number.id) },
      disc(number.verified_name, number.id),
      h(
        "span",
        { class: "chat-row-words" },
        h("strong", {}, number.verified_name),
        h(
          "span",
          { class: "hint" },
          last ? inShort(last) : t("phone.noMessages", { number: spaced(digitsOf(number)) }),
        ),
      ),
      h(
        "span",
        { class: "chat-row-side" },
        last ? h("time", { datetime: last.at }, shortWhen(new Date(last.at), new Date(now()))) : null,
        chat.unread > 0
          ? h(
              "span",
              { class: "badge" },
              h("span", { class: "unseen" }, t("people.unread", { n: chat.unread })),
              h("span", { "aria-hidden": "true" }, String(chat.unread)),
            )
          : null,
      ),
    );
  }
}

function nobody(ways) {
  return {
    element: h(
      "div",
      { class: "nobody" },
      icon("device-mobile", null, "huge"),
      h("h2", {}, t("phone.emptyTitle")),
      h("p", {}, t("phone.emptyHint")),
      h(
        "button",
        { type: "button", class: "button main only-compact", onclick: ways.people },
        icon("users"),
        t("people.choose"),
      ),
    ),
  };
}
