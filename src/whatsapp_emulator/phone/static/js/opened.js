// The sheets that open when a button of the business is tapped: lists, links, codes, forms.
import { h, icon } from "./dom.js";
import { spaced, t } from "./i18n.js";
import { choices, sheet, toast } from "./sheet.js";

/** An answer to a message with parts, in the shape of the webhook. */
export function replyTo(message, type, reply) {
  return { type: "interactive", interactive: { type, [type]: reply }, context: { message_id: message.id } };
}

export function showList(message, view, desk) {
  const sections = Array.isArray(view.sections) ? view.sections : [];
  const groups = sections.map((section) =>
    h(
      "section",
      { class: "list-section" },
      section.title ? h("h3", {}, section.title) : null,
      (section.rows ?? []).map((row) => listRow(row, pick)),
    ),
  );
  const close = sheet(desk.screen, view.button, groups, { wide: true });

  function pick(row) {
    close();
    const reply = {
      id: row.id,
      title: row.title,
      ...(row.description ? { description: row.description } : {}),
    };
    desk.answer(replyTo(message, "list_reply", reply));
  }
}

function listRow(row, pick) {
  return h(
    "button",
    { type: "button", class: "choice", onclick: () => pick(row) },
    h("span", {}, row.title, row.description ? h("span", { class: "hint" }, row.description) : null),
    icon("chevron-right"),
  );
}

/** Where a button leads is shown first; only a web address can be followed. */
export function showLink(screen, words, url) {
  const safe = /^https?:\/\//i.test(String(url ?? ""));
  sheet(
    screen,
    words || t("parts.link"),
    [
      h("p", { class: "address" }, String(url ?? "")),
      safe
        ? h(
            "a",
            { class: "button main", href: url, target: "_blank", rel: "noopener noreferrer" },
            icon("external-link"),
            t("parts.open"),
          )
        : null,
    ].filter(Boolean),
  );
}

export function showNumber(screen, number) {
  sheet(screen, t("parts.call"), [
    h("p", { class: "address" }, spaced(number ?? "")),
    h("p", { class: "hint" }, t("parts.noCalls")),
  ]);
}

export async function copy(screen, code) {
  try {
    await navigator.clipboard.writeText(code);
    toast(screen, t("parts.copied", { code }));
  } catch {
    toast(screen, t("parts.code", { code }));
  }
}

/** A one-time code stands in the body as well: its first run of letters and digits. */
export function codeIn(message) {
  return /\b[A-Z0-9]{4,15}\b/.exec(message.text)?.[0] ?? "";
}

/** A form of the business is not drawn; its answer is written as Meta would hand it over. */
export function fillForm(message, title, parameters, desk) {
  const start = JSON.stringify({ flow_token: parameters.flow_token ?? "unused" }, null, 2);
  const wrong = h("p", { class: "error", role: "alert" });
  const field = h("textarea", {
    rows: 6,
    spellcheck: "false",
    class: "field mono",
    "data-focus": true,
    value: start,
    "aria-label": t("parts.formAnswer"),
  });
  const close = sheet(desk.screen, title, [
    h("p", { class: "hint" }, t("parts.formHint")),
    field,
    wrong,
    h("button", { type: "button", class: "button main", onclick: send }, t("send")),
  ]);

  function send() {
    try {
      const answer = JSON.stringify(JSON.parse(field.value));
      close();
      desk.answer(replyTo(message, "nfm_reply", { name: "flow", body: "Sent", response_json: answer }));
    } catch {
      wrong.textContent = t("parts.formWrong");
    }
  }
}

export function askCalls(message, desk) {
  const give = (response) => () =>
    desk.answer(replyTo(message, "call_permission_reply", { response, response_source: "user_action" }));
  choices(desk.screen, t("parts.calls"), [
    { words: t("parts.callsYes"), act: give("accept") },
    { words: t("parts.callsNo"), act: give("reject") },
  ]);
}
