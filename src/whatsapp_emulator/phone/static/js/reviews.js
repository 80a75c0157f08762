// Templates that wait for Meta's reviewers: here the person at the phone decides.
import { api } from "./api.js";
import { h, icon, say } from "./dom.js";
import { t } from "./i18n.js";
import { known, refreshState } from "./store.js";

const REASONS = [
  "INVALID_FORMAT",
  "TAG_CONTENT_MISMATCH",
  "INCORRECT_CATEGORY",
  "PROMOTIONAL",
  "ABUSIVE_CONTENT",
  "SCAM",
];

export class Reviews {
  element = h("section", { class: "reviews", "aria-label": t("review.title") });
  #trouble = h("p", { class: "error", role: "alert" });
  #shown = null;

  refresh() {
    const pending = known.facts?.pending ?? [];
    const mark = JSON.stringify(pending);
    // Drawn again only when it changed: a reason that was chosen stays chosen.
    if (this.#shown === mark) return;
    this.#shown = mark;
    const cards =
      pending.length > 0
        ? pending.map((one) => this.#card(one))
        : [h("p", { class: "hint" }, t("review.none"))];
    this.element.replaceChildren(
      h("p", { class: "row-title" }, icon("template"), t("review.title")),
      ...cards,
      this.#trouble,
    );
  }

  #card(template) {
    const reason = h(
      "select",
      { class: "field", "aria-label": t("review.reasonFor", { name: template.name }) },
      REASONS.map((one) => h("option", { value: one }, t(`review.${one}`))),
    );
    return h(
      "article",
      { class: "review" },
      h("strong", {}, template.name),
      h("span", { class: "hint" }, `${template.language} · ${t(`category.${template.category}`)}`),
      h("p", { class: "review-text" }, template.text),
      h(
        "div",
        { class: "row-buttons" },
        h(
          "button",
          {
            type: "button",
            class: "button main",
            onclick: () => this.#decide(template, { decision: "APPROVED" }),
          },
          t("review.approve"),
        ),
        h(
          "button",
          {
            type: "button",
            class: "button",
            onclick: () => this.#decide(template, { decision: "REJECTED", reason: reason.value }),
          },
          t("review.reject"),
        ),
      ),
      reason,
    );
  }

  async #decide(template, decision) {
    this.#trouble.textContent = "";
    try {
      await api.review(template.id, decision);
      await refreshState();
      say(t(`review.${decision.decision}`, { name: template.name }));
    } catch (trouble) {
      this.#trouble.textContent = [trouble.message, trouble.detail].filter(Boolean).join(" ");
    }
  }
}
