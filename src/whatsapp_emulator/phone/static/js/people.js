// Whose phone to look at: the list of people, and a new one.
import { api } from "./api.js";
import { field } from "./attach.js";
import { inShort } from "./bubble.js";
import { now } from "./clock.js";
import { arrange, disc, h, icon, iconButton, say } from "./dom.js";
import { dayKey, shortWhen, spaced, t } from "./i18n.js";
import { Kept } from "./kept.js";
import { dialog } from "./sheet.js";
import { known, personOf, refreshPeople, unlisted, watch } from "./store.js";

const FILTER_FROM = 8;
const SHOWN_MAX = 300;
const ASK_AFTER_MS = 200;

export class People {
  #ways;
  #list = h("ul", { class: "people-list" });
  #rows = new Kept();
  #foot = h("p", { class: "hint centred" });
  #filter;
  /** What the emulator found beyond the list, for the words that were asked. */
  #far = { wish: "", people: [], found: 0 };
  #asking = null;

  /** `ways`: { open(waId, beside), shown() } where shown() lists whose phones are on screen. */
  constructor(ways) {
    this.#ways = ways;
    this.#filter = h("input", {
      type: "search",
      class: "field",
      placeholder: t("people.filter"),
      "aria-label": t("people.filter"),
      oninput: () => this.refresh(),
    });
    this.element = h(
      "div",
      { class: "people" },
      h("div", { class: "people-top" }, this.#filter),
      h("div", { class: "people-scroll" }, this.#list, this.#foot),
      h(
        "button",
        { type: "button", class: "button main add", onclick: () => this.#add() },
        icon("user-plus"),
        h("span", {}, t("people.add")),
      ),
    );
    this.refresh();
  }

  refresh() {
    const wish = this.#filter.value.trim().toLowerCase();
    const digits = wish.replace(/\D/g, "");
    const listed = known.people.filter(
      (one) => one.name.toLowerCase().includes(wish) || (digits && one.wa_id.includes(digits)),
    );
    const found = [...listed, ...this.#beyond(wish, new Set(listed.map((one) => one.wa_id)))];
    this.#filter.hidden = known.people.length < FILTER_FROM;
    const rows = found.slice(0, SHOWN_MAX).map((one) => this.#kept(one));
    this.#rows.only(rows);
    arrange(this.#list, rows);
    this.#foot.textContent = this.#footWords(found.length);
  }

  /** Whom the list leaves out: asked for once the words have stood for a moment. */
  #beyond(wish, listed) {
    if (!wish || known.people.length >= known.total) return [];
    if (this.#far.wish !== wish) {
      clearTimeout(this.#asking);
      this.#asking = setTimeout(() => this.#ask(wish), ASK_AFTER_MS);
      return [];
    }
    return this.#far.people.filter((one) => !listed.has(one.wa_id));
  }

  async #ask(wish) {
    try {
      const { people, found } = await api.search(wish);
      this.#far = { wish, people, found };
      this.refresh();
    } catch {
      this.#far = { wish: "", people: [], found: 0 };
    }
  }

  #footWords(found) {
    if (known.people.length === 0) return t("people.none");
    const searching = this.#filter.value.trim().toLowerCase();
    const far = searching && this.#far.wish === searching ? this.#far.found : 0;
    const total = searching ? Math.max(found, far) : known.total;
    if (found === 0 && total === 0) return t("people.noneFound");
    const shown = Math.min(found, SHOWN_MAX);
    return total > shown ? t("people.more", { shown, total }) : "";
  }

  /** Somebody far down the list becomes known as soon as their phone is open. */
  #open(waId, beside) {
    this.#ways.open(waId, beside);
    if (!personOf(waId)) refreshPeople().catch(() => null);
  }

  #kept(person) {
    const current = this.#ways.shown().includes(person.wa_id);
    const held = document.activeElement?.closest?.(".people-list li")?.dataset.waId === person.wa_id;
    const mark = JSON.stringify([person, current, dayKey(new Date(now()))]);
    const row = this.#rows.get(person.wa_id, mark, () => this.#row(person, current));
    // A row that is drawn anew under the keyboard keeps the focus.
    if (held && !row.isConnected) queueMicrotask(() => row.querySelector("button").focus());
    return row;
  }

  #row(person, current) {
    const last = person.last;
    const blocked = person.chats.some((chat) => chat.blocked);
    return h(
      "li",
      { "data-wa-id": person.wa_id, class: current ? "current" : "" },
      h(
        "button",
        {
          type: "button",
          class: "person",
          "aria-current": current ? "true" : null,
          onclick: () => this.#open(person.wa_id, false),
        },
        disc(person.name, person.wa_id),
        h(
          "span",
          { class: "person-words" },
          h("strong", {}, person.name),
          h("span", { class: "hint" }, last ? this.#lastWords(person, last) : spaced(person.wa_id)),
        ),
        h(
          "span",
          { class: "person-side" },
          last ? h("time", { datetime: last.at }, shortWhen(new Date(last.at), new Date(now()))) : null,
          h(
            "span",
            { class: "marks" },
            person.online ? null : icon("plane", t("people.offline")),
            blocked ? icon("ban", t("people.blocked")) : null,
            person.unread > 0
              ? h(
                  "span",
                  { class: "badge" },
                  h("span", { class: "unseen" }, t("people.unread", { n: person.unread })),
                  h("span", { "aria-hidden": "true" }, String(person.unread)),
                )
              : null,
          ),
        ),
      ),
      current
        ? null
        : iconButton(
            "columns-2",
            t("people.beside", { name: person.name }),
            () => this.#open(person.wa_id, true),
            { class: "beside" },
          ),
    );
  }

  #lastWords(person, last) {
    const words = inShort(last);
    return last.from === person.wa_id ? t("people.you", { words }) : words;
  }

  #add() {
    const name = field("people.name", "", { "data-focus": true, maxlength: 60 });
    const number = field("people.number", "", {
      inputmode: "tel",
      maxlength: 30,
      placeholder: "+39 347 111 2233",
    });
    const wrong = h("p", { class: "error", role: "alert" });
    const submit = async (event) => {
      event.preventDefault();
      wrong.textContent = wordsAgainst(name.input.value, number.input.value) ?? "";
      if (wrong.textContent) return;
      const waId = digitsOf(number.input.value);
      try {
        // One who exists but is far down the list keeps their name.
        const made = (await unlisted(waId)) ?? (await api.create(waId, name.input.value.trim()));
        watch([waId]);
        await refreshPeople();
        box.close();
        say(t("people.added", { name: made.name }));
        this.#ways.open(made.wa_id, false);
      } catch (trouble) {
        wrong.textContent = trouble.message;
      }
    };
    const box = dialog(
      t("people.add"),
      h(
        "form",
        { class: "form", novalidate: true, onsubmit: submit },
        name.element,
        number.element,
        h("p", { class: "hint" }, t("people.numberHint")),
        wrong,
        h("button", { type: "submit", class: "button main" }, t("people.create")),
      ),
    );
  }
}

const digitsOf = (text) => text.replace(/\D/g, "").replace(/^00/, "");

/** What is wrong with a new person, in words; null if nothing is. */
function wordsAgainst(name, number) {
  const digits = digitsOf(number);
  if (!name.trim()) return t("people.noName");
  if (/[^\d\s()+./-]/.test(number) || digits.length < 7 || digits.length > 15 || digits.startsWith("0"))
    return t("people.badNumber");
  if (/^3\d{8,9}$/.test(digits) && !number.trim().startsWith("+"))
    return t("people.noPrefix", { number: spaced(`39${digits}`) });
  const twin = known.people.find((one) => one.wa_id === digits);
  return twin ? t("people.exists", { name: twin.name }) : null;
}
