// The messages of one chat as they are read: days, bubbles, what waits, who writes; kept in place.
import { arrange, h, icon, iconButton } from "./dom.js";
import { bubbleOf, waitingBubble } from "./bubble.js";
import { now } from "./clock.js";
import { dayKey, dayWords, t } from "./i18n.js";
import { Kept } from "./kept.js";

export const WINDOW = 200;
const NEAR_PX = 80;

/** Draws the messages that `desk` holds; `element` is the scrolling part of a chat. */
export class Thread {
  #desk;
  #drawn = new Kept();
  #shown = WINDOW;
  #stuck = true;
  #top = 0;
  #unseen = 0;
  #list;
  #older;
  #scroller;
  #jump;

  constructor(desk) {
    this.#desk = desk;
    this.#list = h("ol", { class: "messages" });
    this.#older = h(
      "button",
      { type: "button", class: "button older", onclick: () => this.#showOlder() },
      t("chat.older"),
    );
    this.#scroller = h(
      "div",
      {
        class: "scroller",
        tabindex: 0,
        role: "group",
        "aria-label": t("chat.messages"),
        onscroll: () => this.#scrolled(),
      },
      this.#older,
      this.#list,
    );
    this.#jump = iconButton("arrow-down", t("chat.toNewest"), () => this.toEnd(), { class: "jump" });
    this.element = h("div", { class: "thread" }, this.#scroller, this.#jump);
    // Pictures grow when they are there: who was at the end stays at the end.
    for (const event of ["load", "loadedmetadata"])
      this.#list.addEventListener(event, () => this.#stuck && this.toEnd(), true);
    new ResizeObserver(() => this.#stuck && this.toEnd()).observe(this.#scroller);
  }

  /** Draw again; bubbles whose message has not changed are kept as they are. */
  draw() {
    const { messages, outbox, typing } = this.#desk;
    const wanted = [];
    const recent = messages.slice(-this.#shown);
    this.#older.hidden = recent.length === messages.length;
    let day = null;
    for (const message of recent) {
      const key = dayKey(new Date(message.at));
      if (key !== day) wanted.push(this.#dayItem(key, message.at));
      day = key;
      wanted.push(this.#drawn.get(message.id, this.#mark(message), () => bubbleOf(message, this.#desk)));
    }
    for (const entry of outbox.entries) {
      wanted.push(
        this.#drawn.get(`out${entry.seq}`, JSON.stringify(entry), () => waitingBubble(entry, this.#desk)),
      );
    }
    if (typing) wanted.push(this.#drawn.get("typing", "", typingItem));
    if (wanted.length === 0)
      wanted.push(this.#drawn.get("empty", "", () => emptyItem(this.#desk.businessName())));
    this.#drawn.only(wanted);
    arrange(this.#list, wanted);
    if (this.#stuck) this.toEnd();
  }

  toEnd() {
    this.#stuck = true;
    this.#unseen = 0;
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#showJump();
  }

  /** Something new arrived while the reader was further up. */
  noteNew(count) {
    if (this.#stuck) return;
    this.#unseen += count;
    this.#showJump();
  }

  /** Show the message with that id, loading as much as is needed; false if it is not there. */
  jumpTo(id) {
    const index = this.#desk.messages.findIndex((one) => one.id === id);
    if (index < 0) return false;
    this.#shown = Math.max(this.#shown, this.#desk.messages.length - index + 10);
    this.#stuck = false;
    this.draw();
    const bubble = this.#drawn.at(id)?.querySelector(".bubble");
    bubble?.scrollIntoView({ block: "center" });
    bubble?.focus({ preventScroll: true });
    return true;
  }

  #showOlder() {
    const before = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    this.#shown += WINDOW;
    this.#stuck = false;
    this.draw();
    this.#scroller.scrollTop = this.#scroller.scrollHeight - before;
    this.#scroller.focus({ preventScroll: true });
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    // What grows below takes nobody from the end: only who goes up leaves it.
    if (scrollHeight - scrollTop - clientHeight < NEAR_PX) this.#stuck = true;
    else if (scrollTop < this.#top) this.#stuck = false;
    this.#top = scrollTop;
    if (this.#stuck) this.#unseen = 0;
    this.#showJump();
  }

  #showJump() {
    this.#jump.hidden = this.#stuck;
    this.#jump.dataset.count = this.#unseen > 0 ? String(this.#unseen) : "";
  }

  /** All that a bubble's look depends on. */
  #mark(message) {
    const quoted = message.context ? this.#desk.find(message.context) : null;
    return JSON.stringify([message, this.#desk.isAnswered(message.id), quoted?.text, quoted?.type]);
  }

  #dayItem(key, at) {
    const words = dayWords(new Date(at), new Date(now()));
    return this.#drawn.get(`day${key}`, words, () => h("li", { class: "day" }, h("span", {}, words)));
  }
}

function typingItem() {
  const dots = h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i"));
  return h(
    "li",
    { class: "msg their typing" },
    h("div", { class: "bubble" }, dots, h("span", { class: "unseen" }, t("chat.typing"))),
  );
}

function emptyItem(business) {
  return h(
    "li",
    { class: "empty-chat" },
    icon("message-circle"),
    h("strong", {}, t("chat.emptyTitle")),
    h("span", {}, t("chat.emptyHint", { name: business })),
  );
}
