// One message as a bubble: quote, content, time, ticks, reactions, and its menu.
import { h, icon, iconButton } from "./dom.js";
import { exactly, has, hourAndMinute, t } from "./i18n.js";
import { marked, plain } from "./markup.js";
import { mediaOf } from "./media.js";
import { partsOf } from "./parts.js";

const TICKS = {
  waiting: ["clock", "tick.waiting"],
  leaving: ["clock", "tick.waiting"],
  failed: ["alert-circle", "tick.failed"],
  sent: ["check", "tick.sent"],
  delivered: ["checks", "tick.delivered"],
  read: ["checks", "tick.read"],
};
const COMPOSED = ["template", "interactive"];
const PRESS_MS = 500;
const TREMBLE_PX = 8;

/** What a message carries under its type's key. */
export const contentOf = (message) => message.payload?.[message.type] ?? null;

/** A message in one line, for quotes and lists. */
export function inShort(message) {
  if (message.type === "revoked") return t("chat.revoked");
  const words = plain(message.text || "");
  const key = message.type === "audio" && contentOf(message)?.voice ? "kind.voice" : `kind.${message.type}`;
  if (["text", "template", "interactive", "button"].includes(message.type))
    return words || (has(key) ? t(key) : message.type);
  const kind = has(key) ? t(key) : message.type;
  return words ? `${kind} · ${words}` : kind;
}

/** The list item of a message. `desk` is the chat it stands in. */
export function bubbleOf(message, desk) {
  const own = desk.isOwn(message);
  const parts =
    !own && COMPOSED.includes(message.type) ? partsOf(message, desk, desk.isAnswered(message.id)) : null;
  const bubble = h(
    "article",
    { class: `bubble kind-${message.type}`, tabindex: -1 },
    insideOf(message, own, desk, parts),
  );
  const item = h("li", { class: `msg ${own ? "own" : "their"}`, "data-id": message.id }, bubble);
  if (parts?.buttons.length > 0) bubble.append(h("div", { class: "taps" }, parts.buttons));
  const given = reactionsOf(message, desk);
  if (given) item.append(given);
  if (message.type !== "revoked") {
    item.append(menuButton(message, desk));
    longPress(bubble, () => desk.openMenu(message));
  }
  return item;
}

/** The list item of a message that has not left yet, or could not. */
export function waitingBubble(entry, desk) {
  const message = { ...entry.shown, status: entry.state, reactions: {} };
  const bubble = h(
    "article",
    { class: `bubble kind-${message.type}` },
    ...insideOf(message, true, desk, null),
  );
  const item = h("li", { class: `msg own ${entry.state}` }, bubble);
  if (entry.state !== "failed") return item;
  item.append(
    h(
      "div",
      { class: "failure", role: "alert" },
      h("p", {}, entry.words, entry.detail ? h("span", { class: "hint" }, entry.detail) : null),
      h(
        "button",
        { type: "button", class: "link", onclick: () => desk.outbox.retry(entry.seq) },
        t("outbox.retry"),
      ),
      h(
        "button",
        { type: "button", class: "link", onclick: () => desk.outbox.discard(entry.seq) },
        t("outbox.discard"),
      ),
    ),
  );
  return item;
}

function insideOf(message, own, desk, parts) {
  const nodes = [
    h(
      "span",
      { class: "unseen" },
      own ? t("chat.youSaid") : t("chat.theySaid", { name: desk.businessName() }),
    ),
  ];
  if (message.context) nodes.push(quoteOf(message.context, desk));
  if (message.type === "revoked") {
    nodes.push(h("p", { class: "words revoked" }, icon("ban"), t(own ? "chat.youRevoked" : "chat.revoked")));
  } else {
    nodes.push(...(parts?.inside ?? contentNodes(message)));
  }
  nodes.push(metaOf(message, own));
  return nodes;
}

function contentNodes(message) {
  const content = contentOf(message);
  const media = mediaOf(message.type, content);
  const caption = media ? (content?.caption ?? "") : message.text;
  const nodes = media ? [media] : [];
  if (caption) nodes.push(h("p", { class: isBigEmoji(message) ? "words big" : "words" }, marked(caption)));
  if (nodes.length === 0) nodes.push(h("p", { class: "words unknown" }, inShort(message)));
  return nodes;
}

/** One to three emoji alone are shown large. */
function isBigEmoji(message) {
  if (message.type !== "text" || message.text.length > 40) return false;
  const signs = [...new Intl.Segmenter().segment(message.text.trim())];
  return (
    signs.length > 0 &&
    signs.length <= 3 &&
    signs.every(({ segment }) => /^[\p{Extended_Pictographic}\p{Regional_Indicator}]/u.test(segment))
  );
}

function quoteOf(id, desk) {
  const target = desk.find(id);
  const who = target ? (desk.isOwn(target) ? t("chat.you") : desk.businessName()) : t("chat.quoteWho");
  const words = target ? inShort(target) : t("chat.quoteGone");
  return h(
    "button",
    {
      type: "button",
      class: `quote${target && desk.isOwn(target) ? " of-own" : ""}`,
      onclick: () => desk.jumpTo(id),
    },
    h("strong", {}, who),
    h("span", {}, words),
  );
}

function metaOf(message, own) {
  const at = new Date(message.at);
  const nodes = [h("time", { datetime: message.at, title: exactly(at) }, hourAndMinute(at))];
  if (message.edited && message.type !== "revoked") nodes.unshift(h("span", {}, t("chat.edited")));
  if (own && message.type !== "revoked") {
    const [name, words] = TICKS[message.status] ?? TICKS.sent;
    nodes.push(icon(name, t(words), `tick ${message.status}`));
  }
  return h("span", { class: message.edited ? "meta edited" : "meta" }, nodes);
}

function menuButton(message, desk) {
  return iconButton(
    "dots",
    t("chat.menuOf", { words: inShort(message).slice(0, 40) }),
    () => desk.openMenu(message),
    { class: "bubble-menu" },
  );
}

function reactionsOf(message, desk) {
  const given = Object.entries(message.reactions ?? {});
  if (given.length === 0) return null;
  const mine = given.some(([sender]) => sender === desk.person.wa_id);
  const shown = [...new Set(given.map(([, emoji]) => emoji))].join(" ");
  return h(
    "button",
    {
      type: "button",
      class: "reactions",
      "aria-label": t(mine ? "chat.reactionsMine" : "chat.reactions", { emoji: shown }),
      onclick: () => (mine ? desk.react(message, "") : desk.openMenu(message)),
    },
    shown,
    given.length > 1 ? h("span", {}, String(given.length)) : null,
  );
}

/** A long press or the right button opens the menu, as on a phone. */
function longPress(bubble, act) {
  let timer = null;
  let from = null;
  const stop = () => clearTimeout(timer);
  bubble.addEventListener("pointerdown", (event) => {
    if (event.pointerType === "mouse" || event.target.closest("button, a, input, video")) return;
    from = event;
    timer = setTimeout(act, PRESS_MS);
  });
  bubble.addEventListener("pointermove", (event) => {
    if (from && Math.hypot(event.clientX - from.clientX, event.clientY - from.clientY) > TREMBLE_PX) stop();
  });
  bubble.addEventListener("pointerup", stop);
  bubble.addEventListener("pointercancel", stop);
  bubble.addEventListener("contextmenu", (event) => {
    if (event.target.closest("a, video")) return;
    event.preventDefault();
    stop();
    act();
  });
}
