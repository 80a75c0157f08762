// The parts of a business's message: header, body, footer, cards, and the buttons to tap.
import { api } from "./api.js";
import { h, icon } from "./dom.js";
import { spaced, t } from "./i18n.js";
import { marked } from "./markup.js";
import { mediaOf } from "./media.js";
import { askCalls, codeIn, copy, fillForm, replyTo, showLink, showList, showNumber } from "./opened.js";
import { toast } from "./sheet.js";

const SHOWN_MAX = 10;

/**
 * Nodes for the view of a template or an interactive message, and the buttons beneath.
 * `desk` is the chat that takes what is tapped: answer(said), screen, person, takePlace().
 */
export function partsOf(message, desk, tapped) {
  const view = message.view ?? {};
  const inside = [
    headerOf(view.header),
    view.body ? h("p", { class: "words" }, marked(view.body)) : null,
    view.footer ? h("p", { class: "footer-words" }, view.footer) : null,
  ];
  if (Array.isArray(view.cards)) inside.push(carousel(message, view.cards, desk, tapped));
  const buttons = actionsOf(message, view, desk).slice(0, SHOWN_MAX);
  return { inside: inside.filter(Boolean), buttons: buttons.map((one) => draw(one, tapped)) };
}

function headerOf(header) {
  if (!header) return null;
  if (header.type === "text") return h("p", { class: "header-words" }, header.text ?? "");
  const kind = header.type === "gif" ? "video" : header.type;
  return mediaOf(kind, header[header.type] ?? {});
}

function draw(one, tapped) {
  const used = tapped && one.answers;
  return h(
    "button",
    { type: "button", class: "tap", disabled: used, onclick: one.act },
    icon(one.icon),
    h("span", {}, one.words),
  );
}

/** [{icon, words, act, answers}]: `answers` tells that tapping sends something. */
function actionsOf(message, view, desk) {
  const kind = view.kind;
  const buttons = Array.isArray(view.buttons) ? view.buttons : [];
  const found = buttons.map((button) => buttonAction(message, button, desk));
  const special = kind ? SPECIAL[kind] : null;
  if (special) found.push(special(message, view, desk));
  return found.filter(Boolean);
}

function buttonAction(message, button, desk) {
  switch (button.type) {
    case "reply":
      return replying(button.title, () =>
        desk.answer(replyTo(message, "button_reply", { id: button.id, title: button.title })),
      );
    case "quick_reply":
      return replying(button.text, () => desk.answer(quickReply(message, button)));
    case "url":
      return {
        icon: "external-link",
        words: button.text,
        act: () => openLink(message, button, desk),
      };
    case "phone_number":
      return { icon: "phone", words: button.text, act: () => showNumber(desk.screen, button.phone_number) };
    case "copy_code":
    case "otp":
      return {
        icon: "copy",
        words: button.text || t("parts.copy"),
        act: () => copy(desk.screen, button.code ?? codeIn(message)),
      };
    case "flow":
      return flowAction(message, button.text, {}, desk);
    default:
      return {
        icon: "info-circle",
        words: button.text || button.type,
        act: () => toast(desk.screen, t("parts.unsupported")),
      };
  }
}

const replying = (words, act) => ({ icon: "arrow-back-up", words, act, answers: true });

function quickReply(message, button) {
  return {
    type: "button",
    button: { payload: String(button.payload ?? button.text), text: button.text },
    context: { message_id: message.id },
  };
}

/** Meta counts who opens a template's link; the link is shown whether or not it can be counted. */
function openLink(message, button, desk) {
  if (message.type === "template")
    api.tap(desk.person.wa_id, message.id, button.text).catch((trouble) => console.warn(trouble.message));
  showLink(desk.screen, button.text, button.url);
}

/** What this phone cannot open is named all the same. */
const closed = (_message, _view, desk) => ({
  icon: "info-circle",
  words: t("parts.catalogue"),
  act: () => toast(desk.screen, t("parts.unsupported")),
});

/** The button that an interactive message of a kind has besides its reply buttons. */
const SPECIAL = {
  product: closed,
  product_list: closed,
  catalog_message: closed,
  list: (message, view, desk) => ({
    icon: "list-details",
    words: view.button,
    act: () => showList(message, view, desk),
  }),
  cta_url: (_message, view, desk) => ({
    icon: "external-link",
    words: view.parameters?.display_text ?? t("parts.open"),
    act: () => showLink(desk.screen, view.parameters?.display_text ?? "", view.parameters?.url),
  }),
  location_request_message: (message, _view, desk) => ({
    icon: "map-pin",
    words: t("parts.sendPlace"),
    act: () => desk.takePlace(message.id),
  }),
  request_contact_info: (message, _view, desk) => ({
    icon: "address-book",
    words: t("parts.shareContact"),
    act: () => desk.answer(ownCard(message, desk.person)),
    answers: true,
  }),
  flow: (message, view, desk) => flowAction(message, view.parameters?.flow_cta, view.parameters ?? {}, desk),
  call_permission_request: (message, _view, desk) => ({
    icon: "phone",
    words: t("parts.calls"),
    act: () => askCalls(message, desk),
  }),
};

function ownCard(message, person) {
  const phone = { phone: spaced(person.wa_id), wa_id: person.wa_id, type: "CELL" };
  return {
    type: "contacts",
    contacts: [{ name: { formatted_name: person.name }, phones: [phone], origin: "contact_request" }],
    context: { message_id: message.id },
  };
}

function flowAction(message, words, parameters, desk) {
  return {
    icon: "forms",
    words: words || t("parts.form"),
    act: () => fillForm(message, words || t("parts.form"), parameters, desk),
  };
}

function carousel(message, given, desk, tapped) {
  const drawn = given.slice(0, SHOWN_MAX).map((card) => {
    const view = card.action ? interactiveCard(card) : card;
    return h(
      "li",
      { class: "carousel-card" },
      headerOf(view.header),
      view.body ? h("p", { class: "words" }, marked(view.body)) : null,
      (view.buttons ?? []).map((button) => draw(buttonAction(message, button, desk), tapped)),
    );
  });
  return h(
    "ul",
    { class: "carousel", tabindex: 0, "aria-label": t("parts.cards", { n: drawn.length }) },
    drawn,
  );
}

/** A card of an interactive carousel in the words of a template's card. */
function interactiveCard(card) {
  const action = card.action;
  const buttons =
    action.name === "cta_url"
      ? [{ type: "url", text: action.parameters?.display_text, url: action.parameters?.url }]
      : (action.buttons ?? []).map((one) => ({ type: "reply", ...(one.quick_reply ?? one.reply) }));
  return { header: card.header, body: card.body?.text, buttons };
}
