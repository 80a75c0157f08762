// The whole page: the bar, the people, one phone or two, and the panels; sheets where it is narrow.
import { BreakPanel } from "./breakpanel.js";
import { h, icon, iconButton } from "./dom.js";
import { language, LANGUAGES, t } from "./i18n.js";
import { choices as kept } from "./memory.js";
import { People } from "./people.js";
import { Phone } from "./phone.js";
import { dialog } from "./sheet.js";
import { known, numbers, personOf, watch } from "./store.js";
import { applyTheme, theme, THEMES } from "./theme.js";
import { TimePanel } from "./timepanel.js";

const WIDE = matchMedia("(min-width: 1100px)");
const ROOM_FOR_TWO = matchMedia("(min-width: 1400px)");
const THEME_ICONS = { auto: "contrast", light: "sun", dark: "moon" };

export class Page {
  #phones = [];
  #front = 0;
  #stage = h("div", { class: "stage" });
  #link = h("span", { class: "link-state" });
  #badge = h("span", { class: "badge warn", hidden: true });
  #unread = h("span", { class: "badge", hidden: true });
  #themeButton;
  #sides;
  #sheet = null;

  /** `speakOther(language)` rebuilds the page in that language. */
  constructor(speakOther) {
    this.people = new People({
      open: (waId, beside) => this.#pick(waId, beside),
      shown: () => this.#phones.map((one) => one.waId),
    });
    this.time = new TimePanel(() => this.#frontChat());
    this.breaks = new BreakPanel(() => this.#frontChat());
    this.#themeButton = iconButton("contrast", "", () => this.#nextTheme());
    this.#sides = {
      people: this.#side("people", "users", this.people.element),
      time: this.#side("time", "clock", this.time.element),
      break: this.#side("break", "bolt", this.breaks.element),
    };
    this.element = h(
      "div",
      { class: "page" },
      this.#bar(speakOther),
      h(
        "main",
        { class: "layout" },
        h("div", { class: "column left" }, this.#sides.people.card),
        this.#stage,
        h("div", { class: "column right" }, this.#sides.time.card, this.#sides.break.card),
      ),
    );
    this.#addPhone();
    this.#showTheme();
    this.showLink();
    this.refreshState();
    WIDE.onchange = () => this.#sheet?.close();
    ROOM_FOR_TWO.onchange = () => ROOM_FOR_TWO.matches || this.#closeSecond();
  }

  /** Which phones are open, as `open` takes them. */
  shown() {
    return this.#phones.filter((one) => one.waId).map(({ waId, numberId }) => ({ waId, numberId }));
  }

  open(wanted) {
    const [first, second] = wanted;
    if (first) this.#phones[0].show(first.waId, first.numberId);
    if (second && ROOM_FOR_TWO.matches) {
      this.#addPhone().show(second.waId, second.numberId);
    }
    this.#moved();
  }

  refreshPeople() {
    this.people.refresh();
    for (const phone of this.#phones) phone.refresh();
    const unread = known.people.reduce((sum, one) => sum + one.unread, 0);
    this.#unread.hidden = unread === 0;
    this.#unread.textContent = String(unread);
    this.time.tick();
  }

  refreshState() {
    this.time.refresh();
    this.breaks.refresh();
    const broken = this.breaks.broken();
    this.#badge.hidden = broken === 0;
    this.#badge.textContent = String(broken);
    for (const phone of this.#phones) phone.refresh();
  }

  reload(waId) {
    for (const phone of this.#phones) phone.reload(waId);
  }

  tick() {
    this.time.tick();
    for (const phone of this.#phones) phone.tick();
  }

  showLink() {
    const lost = known.connected === false;
    this.#link.dataset.lost = String(lost);
    this.#link.replaceChildren(
      icon(lost ? "cloud-off" : "circle-check"),
      h("span", { role: "status" }, t(lost ? "app.lost" : "app.live")),
    );
  }

  #bar(speakOther) {
    const opener = (name, iconName, badge) =>
      h(
        "button",
        { type: "button", class: "opener", onclick: () => this.#openSheet(name) },
        icon(iconName),
        h("span", {}, t(`${name}.short`)),
        badge,
      );
    return h(
      "header",
      { class: "app-bar" },
      h(
        "div",
        { class: "brand" },
        icon("device-mobile"),
        h("h1", {}, t("app.name")),
        h("span", { class: "hint" }, t("app.motto")),
      ),
      h(
        "nav",
        { class: "openers", "aria-label": t("app.panels") },
        opener("people", "users", this.#unread),
        opener("time", "clock", null),
        opener("break", "bolt", this.#badge),
      ),
      this.#link,
      h(
        "div",
        { class: "languages", role: "group", "aria-label": t("app.language") },
        LANGUAGES.map((one) =>
          h(
            "button",
            {
              type: "button",
              lang: one,
              "aria-pressed": String(one === language()),
              "aria-label": t(`app.${one}`),
              onclick: () => choose(one),
            },
            one.toUpperCase(),
          ),
        ),
      ),
      this.#themeButton,
    );

    function choose(one) {
      kept.set("language", one);
      speakOther(one);
    }
  }

  /** A panel with its heading: a card at the side where it is wide, a sheet where it is not. */
  #side(name, iconName, content) {
    const heading = h("h2", {}, icon(iconName), t(`${name}.title`));
    const card = h(
      "section",
      { class: `side ${name}-side`, "aria-label": t(`${name}.title`) },
      heading,
      content,
    );
    return { name, card, content };
  }

  #openSheet(name) {
    const side = this.#sides[name];
    this.#sheet = dialog(t(`${name}.title`), side.content, { side: true });
    this.#sheet.addEventListener("close", () => {
      side.card.append(side.content);
      this.#sheet = null;
    });
  }

  #addPhone() {
    const index = this.#phones.length;
    const phone = new Phone({ moved: () => this.#moved(), people: () => this.#openSheet("people") });
    this.#phones.push(phone);
    const holder = h(
      "div",
      {
        class: "holder",
        onfocusin: () => this.#bringToFront(phone),
        onpointerdown: () => this.#bringToFront(phone),
      },
      phone.element,
    );
    if (index > 0) {
      holder.append(iconButton("x", t("phone.close"), () => this.#closeSecond(), { class: "close-phone" }));
      this.#front = index;
    }
    this.#stage.append(holder);
    return phone;
  }

  #closeSecond() {
    if (this.#phones.length < 2) return;
    this.#phones.pop();
    this.#stage.lastElementChild.remove();
    this.#front = 0;
    this.#moved();
  }

  /** Somebody was chosen from the list. */
  #pick(waId, beside) {
    const numberId = this.#frontChat().numberId;
    this.#sheet?.close();
    if (beside && ROOM_FOR_TWO.matches && this.#phones.length === 1 && this.#phones[0].waId) this.#addPhone();
    const index = beside && this.#phones.length > 1 ? 1 : Math.min(this.#front, this.#phones.length - 1);
    const already = this.#phones.findIndex((one) => one.waId === waId);
    this.#front = already >= 0 ? already : index;
    const phone = this.#phones[this.#front];
    if (already < 0 || !phone.numberId) phone.show(waId, numberId);
    phone.focus();
    this.#moved();
  }

  #bringToFront(phone) {
    const index = this.#phones.indexOf(phone);
    if (index < 0 || index === this.#front) return;
    this.#front = index;
    this.time.tick();
    this.breaks.refresh();
  }

  /** The chat in front; without one, the first number stands for the business. */
  #frontChat() {
    const phone = this.#phones[this.#front];
    return { waId: phone?.waId ?? null, numberId: phone?.numberId ?? numbers()[0]?.id ?? null };
  }

  /** Another phone or chat is open: the address says so, and may be kept or shared. */
  #moved() {
    const [first, second] = this.shown();
    watch(this.shown().map((one) => one.waId));
    const query = new URLSearchParams();
    if (first) query.set("person", first.waId);
    if (first?.numberId) query.set("to", first.numberId);
    if (second) query.set("with", second.waId);
    history.replaceState(null, "", first ? `?${query}` : location.pathname);
    const person = first && personOf(first.waId);
    document.title = person ? `${person.name} · ${t("app.name")}` : t("app.name");
    this.people.refresh();
    this.time.tick();
  }

  #nextTheme() {
    applyTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);
    this.#showTheme();
  }

  #showTheme() {
    const words = t("app.theme", { name: t(`app.theme.${theme()}`) });
    this.#themeButton.replaceChildren(icon(THEME_ICONS[theme()]));
    this.#themeButton.setAttribute("aria-label", words);
    this.#themeButton.title = words;
  }
}
