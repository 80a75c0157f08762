// One open chat: what it holds, what its parts may ask of it, and how it hears of news.
import { api } from "./api.js";
import { inShort } from "./bubble.js";
import { withFetched } from "./fetched.js";
import { now, speed } from "./clock.js";
import { Composer } from "./composer.js";
import { disc, h, iconButton, say } from "./dom.js";
import { t } from "./i18n.js";
import { messageMenu } from "./menu.js";
import { outboxOf } from "./outbox.js";
import { placeSheet } from "./attach.js";
import { toast } from "./sheet.js";
import { chatOf, coalesced, digitsOf, numberOf, personOf } from "./store.js";
import { Thread } from "./thread.js";

export class Chat {
  messages = [];
  typing = false;
  #byId = new Map();
  #answered = new Set();
  #loaded = false;
  #subtitle = h("span", { class: "subtitle" });
  #notice = h("div", { class: "notice", hidden: true });

  /** `screen` is the phone's; `ways` are { back, info }. */
  constructor(screen, person, number, ways) {
    this.screen = screen;
    this.person = person;
    this.number = number;
    this.outbox = outboxOf(person.wa_id, number.id, {
      changed: () => this.#draw(),
      arrived: (message) => this.#take(message),
    });
    this.thread = new Thread(this);
    this.composer = new Composer(this);
    this.load = coalesced(() => this.#load());
    this.element = h(
      "div",
      { class: "chat" },
      this.#header(ways),
      this.thread.element,
      this.#notice,
      this.composer.element,
    );
    this.outbox.setOffline(!person.online);
    this.#draw();
    this.refresh();
  }

  /** The list of people is fresh: this person's switches may stand otherwise. */
  refresh() {
    this.person = personOf(this.person.wa_id) ?? this.person;
    this.number = numberOf(this.number.id) ?? this.number;
    this.outbox.setOffline(!this.person.online);
    this.composer.setBlocked(this.isBlocked());
    this.#subtitle.textContent = this.typing ? t("chat.typing") : t("chat.business");
    this.#subtitle.classList.toggle("is-typing", this.typing);
    this.#showNotice();
  }

  businessName = () => this.number.verified_name;
  isOwn = (message) => message.from === this.person.wa_id;
  isAnswered = (id) => this.#answered.has(id);
  isBlocked = () => this.state().blocked;
  find = (id) => this.#byId.get(id) ?? null;
  state = () => chatOf(this.person, this.number.id);
  openMenu = (message) => messageMenu(message, this);
  takePlace = (contextId) => placeSheet(this, contextId);

  jumpTo(id) {
    if (!this.thread.jumpTo(id)) toast(this.screen, t("chat.quoteGone"));
  }

  /** A tapped button, a place, a file: into the queue, shown at once. */
  answer(said) {
    const content = said[said.type];
    const shown = {
      type: said.type,
      text: wordsOf(said),
      payload: { type: said.type, [said.type]: withoutBytes(content) },
      context: said.context?.message_id ?? null,
      at: new Date(now()).toISOString(),
    };
    const taken = this.outbox.put(said, shown);
    if (!taken) toast(this.screen, t("outbox.full"), { bad: true });
    else this.thread.toEnd();
    // On glass the keyboard comes only to whoever asks for it.
    if (matchMedia("(pointer: fine)").matches) this.composer.focus();
    return taken;
  }

  react(message, emoji) {
    return this.tell({ type: "reaction", reaction: { message_id: message.id, emoji } });
  }

  /** What changes a message that exists: done or not done, never queued. */
  async tell(said) {
    try {
      await api.write(this.person.wa_id, { ...said, to: this.number.id });
      await this.load();
      return true;
    } catch (trouble) {
      toast(this.screen, trouble.message, { bad: true });
      return false;
    }
  }

  #header({ back, info }) {
    const name = this.businessName();
    return h(
      "header",
      { class: "screen-head" },
      iconButton("arrow-left", t("chat.back"), back),
      h(
        "button",
        { type: "button", class: "who", onclick: info, "aria-label": t("chat.infoOf", { name }) },
        disc(name, this.number.id),
        h("span", { class: "who-words" }, h("strong", {}, name), this.#subtitle),
      ),
      iconButton("dots-vertical", t("chat.more"), info),
    );
  }

  async #load() {
    const digits = digitsOf(this.number);
    const answer = await api.chat(this.person.wa_id);
    const before = this.#byId;
    const mine = answer.messages.filter((one) => one.from === digits || one.to === digits);
    this.messages = mine.map(withFetched);
    this.#byId = new Map(this.messages.map((one) => [one.id, one]));
    this.#answered = new Set(
      this.messages.filter((one) => this.isOwn(one) && ANSWERS.includes(one.type)).map((one) => one.context),
    );
    this.typing = answer.numbers.some((one) => one.phone_number_id === this.number.id && one.typing);
    this.person = { ...this.person, ...answer.person };
    if (this.#loaded) this.#announce(this.messages.filter((one) => !before.has(one.id) && !this.isOwn(one)));
    this.#loaded = true;
    this.#draw();
    this.refresh();
  }

  /** A message of ours that was accepted: it stands there before the list is fetched again. */
  #take(message) {
    if (!this.#byId.has(message.id) && message.type !== "reaction") {
      this.messages = [...this.messages, message];
      this.#byId.set(message.id, message);
    }
    this.load().catch(() => null);
  }

  #announce(fresh) {
    if (fresh.length === 0) return;
    this.thread.noteNew(fresh.length);
    const words = fresh.length === 1 ? inShort(fresh[0]) : t("chat.heardMany", { n: fresh.length });
    say(t("chat.heard", { name: this.businessName(), words }));
  }

  #draw() {
    this.thread.draw();
  }

  #showNotice() {
    const { unread } = this.state();
    const rows = [];
    if (!this.person.online) rows.push(h("p", {}, t("chat.offline")));
    if (speed() === 0) rows.push(h("p", {}, t("chat.held")));
    if (unread > 0 && !this.person.reads) {
      rows.push(
        h("p", {}, t("chat.unread", { n: unread })),
        h("button", { type: "button", class: "link", onclick: () => this.#read() }, t("chat.markRead")),
      );
    }
    const mark = rows.map((row) => row.textContent).join();
    if (this.#notice.dataset.mark === mark) return;
    this.#notice.dataset.mark = mark;
    this.#notice.hidden = rows.length === 0;
    this.#notice.replaceChildren(...rows);
  }

  async #read() {
    try {
      await api.read(this.person.wa_id, this.number.id);
    } catch (trouble) {
      toast(this.screen, trouble.message, { bad: true });
    }
  }
}

const ANSWERS = ["interactive", "button", "contacts"];
const REPLIES = { button_reply: "title", list_reply: "title", nfm_reply: "body" };

function wordsOf(said) {
  const content = said[said.type];
  if (said.type === "interactive") return content[content.type]?.[REPLIES[content.type]] ?? "";
  return content.body ?? content.text ?? content.caption ?? "";
}

function withoutBytes(content) {
  if (!content || Array.isArray(content)) return content;
  const { data, ...rest } = content;
  return rest;
}
