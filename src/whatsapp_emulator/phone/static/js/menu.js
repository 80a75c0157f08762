// The menu of a message: react, reply, copy, change, take back.
import { h, icon } from "./dom.js";
import { now } from "./clock.js";
import { t } from "./i18n.js";
import { ask, choices, toast } from "./sheet.js";
import { inShort } from "./bubble.js";

const REACTIONS = ["👍", "❤️", "😂", "😮", "😢", "🙏"];
const EDIT_FOR_MS = 15 * 60000;
const REVOKE_FOR_MS = 2 * 86400000;
/** Source: reference webhooks 5.3: edits within 15 minutes, revocations within 2 days. */

export function messageMenu(message, desk) {
  const own = desk.isOwn(message);
  const age = now() - Date.parse(message.at);
  const close = choices(
    desk.screen,
    t("menu.title"),
    [
      { picture: icon("arrow-back-up"), words: t("menu.reply"), act: () => desk.composer.quote(message) },
      message.text ? { picture: icon("copy"), words: t("menu.copy"), act: () => copy(message, desk) } : null,
      own && message.type === "text" && age < EDIT_FOR_MS
        ? { picture: icon("pencil"), words: t("menu.edit"), act: () => desk.composer.edit(message) }
        : null,
      own && age < REVOKE_FOR_MS
        ? { picture: icon("trash"), words: t("menu.revoke"), danger: true, act: () => revoke(message, desk) }
        : null,
    ],
    desk.isBlocked() ? null : reactionRow(message, desk, () => close()),
  );
}

function reactionRow(message, desk, close) {
  const mine = (message.reactions ?? {})[desk.person.wa_id];
  return h(
    "div",
    { class: "reaction-row", role: "group", "aria-label": t("menu.react") },
    REACTIONS.map((emoji) =>
      h(
        "button",
        {
          type: "button",
          "aria-pressed": String(emoji === mine),
          "aria-label": t(emoji === mine ? "menu.unreactWith" : "menu.reactWith", { emoji }),
          onclick: () => {
            close();
            desk.react(message, emoji === mine ? "" : emoji);
          },
        },
        emoji,
      ),
    ),
  );
}

async function revoke(message, desk) {
  const sure = await ask(desk.screen, {
    title: t("menu.revokeTitle"),
    words: t("menu.revokeWords", { words: inShort(message).slice(0, 60) }),
    yes: t("menu.revoke"),
    danger: true,
  });
  if (sure) desk.tell({ type: "revoke", revoke: { original_message_id: message.id } });
}

async function copy(message, desk) {
  try {
    await navigator.clipboard.writeText(message.text);
    toast(desk.screen, t("menu.copied"));
  } catch {
    toast(desk.screen, t("menu.notCopied"), { bad: true });
  }
}
