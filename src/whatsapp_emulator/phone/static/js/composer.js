// Where the customer writes: text, what it answers or changes, files; the draft is never lost.
import { api } from "./api.js";
import { attachSheet } from "./attach.js";
import { inShort } from "./bubble.js";
import { h, icon, iconButton } from "./dom.js";
import { t } from "./i18n.js";
import { session } from "./memory.js";
import { sheet, toast } from "./sheet.js";

const LONGEST = 4096;
const EMOJI =
  "😀 😅 😂 🙂 😉 😍 😘 🤔 😐 🙄 😴 😢 😭 😡 🥳 👍 👎 👏 🙏 💪 👋 ✌️ 👌 🤝 ❤️ 💛 💚 💙 🎉 🔥 ⭐ ✅ ❌ ❓ ⏰ 📦 🚚 🏠 🍕 ☕".split(
    " ",
  );

export class Composer {
  #desk;
  #key;
  #quoted = null;
  #edited = null;
  #field;
  #send;
  #above = h("div", { class: "above", hidden: true });
  #row;
  #blocked;

  constructor(desk) {
    this.#desk = desk;
    this.#key = `draft.${desk.person.wa_id}.${desk.number.id}`;
    this.#field = h("textarea", {
      rows: 1,
      maxlength: LONGEST,
      class: "write",
      placeholder: t("composer.placeholder"),
      "aria-label": t("composer.field", { name: desk.businessName() }),
      value: session.get(this.#key, ""),
      oninput: () => this.#changed(),
      onkeydown: (event) => this.#pressed(event),
    });
    this.#send = iconButton("send", t("send"), () => this.#go(), { class: "send" });
    this.#row = h(
      "div",
      { class: "compose-row" },
      iconButton("mood-smile", t("composer.emoji"), () => this.#emoji()),
      this.#field,
      iconButton("paperclip", t("composer.attach"), () => attachSheet(desk)),
      this.#send,
    );
    this.#blocked = h(
      "div",
      { class: "blocked", hidden: true },
      h("p", {}, icon("ban"), t("composer.blocked", { name: desk.businessName() })),
      h("button", { type: "button", class: "link", onclick: () => this.#unblock() }, t("info.unblock")),
    );
    this.element = h("footer", { class: "composer" }, this.#above, this.#row, this.#blocked);
    this.#changed();
  }

  focus() {
    if (!this.#row.hidden) this.#field.focus({ preventScroll: true });
  }

  setBlocked(blocked) {
    this.#row.hidden = blocked;
    this.#above.hidden = blocked || (!this.#quoted && !this.#edited);
    this.#blocked.hidden = !blocked;
  }

  /** The next message answers this one. */
  quote(message) {
    this.#clear();
    this.#quoted = message;
    this.#showAbove(
      "arrow-back-up",
      this.#desk.isOwn(message) ? t("chat.you") : this.#desk.businessName(),
      inShort(message),
    );
  }

  /** The text of a sent message is being changed. */
  edit(message) {
    this.#clear();
    this.#edited = message;
    this.#field.value = message.text;
    this.#showAbove("pencil", t("composer.editing"), inShort(message));
    this.#changed();
  }

  #showAbove(name, title, words) {
    this.#above.replaceChildren(
      icon(name),
      h("span", {}, h("strong", {}, title), h("span", {}, words)),
      iconButton("x", t("composer.drop"), () => this.#drop()),
    );
    this.#above.hidden = false;
    this.focus();
  }

  #drop() {
    if (this.#edited) this.#field.value = session.get(this.#key, "");
    this.#clear();
    this.#changed();
    this.focus();
  }

  #clear() {
    this.#quoted = null;
    this.#edited = null;
    this.#above.hidden = true;
    this.#above.replaceChildren();
  }

  #changed() {
    const text = this.#field.value;
    this.#send.disabled = text.trim() === "";
    if (!this.#edited) {
      if (text) session.set(this.#key, text);
      else session.drop(this.#key);
    }
  }

  #pressed(event) {
    if (event.key === "Escape" && (this.#quoted || this.#edited)) {
      event.stopPropagation();
      this.#drop();
    }
    const fine = matchMedia("(pointer: fine)").matches;
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || !fine) return;
    event.preventDefault();
    this.#go();
  }

  #go() {
    const body = this.#field.value.trim();
    if (!body) return;
    if (this.#edited) this.#change(body);
    else this.#say(body);
  }

  #say(body) {
    const context = this.#quoted ? { context: { message_id: this.#quoted.id } } : {};
    if (!this.#desk.answer({ type: "text", text: { body }, ...context })) return;
    this.#field.value = "";
    this.#clear();
    this.#changed();
    this.focus();
  }

  async #change(body) {
    const edited = this.#edited;
    const said = {
      type: "edit",
      edit: { original_message_id: edited.id, message: { type: "text", text: { body } } },
    };
    if (body !== edited.text && !(await this.#desk.tell(said))) return;
    this.#drop();
  }

  #emoji() {
    const grid = h(
      "div",
      { class: "emoji-grid" },
      EMOJI.map((one) => h("button", { type: "button", "aria-label": one, onclick: () => insert(one) }, one)),
    );
    const close = sheet(this.#desk.screen, t("composer.emoji"), grid);
    const insert = (one) => {
      close();
      this.#field.setRangeText(one, this.#field.selectionStart, this.#field.selectionEnd, "end");
      this.#changed();
      this.focus();
    };
  }

  async #unblock() {
    try {
      await api.unblock(this.#desk.person.wa_id, this.#desk.number.id);
    } catch (trouble) {
      toast(this.#desk.screen, trouble.message, { bad: true });
    }
  }
}
