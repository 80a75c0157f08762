"""What Meta's reviewers make of a template's content: rules over its words alone.

Source: reference templates 4.3 to 4.5; Meta publishes reasons, not rules.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from whatsapp_emulator.render import component
from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.wire import Json
from whatsapp_emulator.world import Template

admit_approximation(
    "template review",
    "word lists in Italian and English decide on promotion, abuse, scams and codes; five "
    "languages are told apart; Meta's reviewers see more",
)

PROMOTIONAL = re.compile(
    r"\b(sconto|sconti|offert[ae]|promo\w*|saldi|gratis|omaggio|regalo|risparmi\w*|"
    r"acquista|compra|discount|sale|offer|free|deal|coupon|% off|buy now|shop now)\b|\d+ ?%",
    re.IGNORECASE,
)
ABUSIVE = re.compile(
    r"\b(idiot[ai]?|stupid[oai]?|ti ammazz\w*|la pagherai|we will hurt you|kill you)\b",
    re.IGNORECASE,
)
SCAM = re.compile(
    r"\b(numero (completo )?della (sua |tua )?carta di credito|password|pin bancario|"
    r"hai vinto|ha vinto|you have won|credit card number|guaranteed returns?|"
    r"guadagn\w+ garantit\w+)\b",
    re.IGNORECASE,
)
CODES = re.compile(
    r"\b(codice (di verifica|otp|di accesso)|verification code|one[- ]time (code|password)|otp)\b",
    re.IGNORECASE,
)
SHORTENED = re.compile(r"https?://(bit\.ly|tinyurl\.com|t\.co|goo\.gl|wa\.me)/", re.IGNORECASE)
ADJACENT = re.compile(r"\}\}\s?\{\{")
WORDS = {
    "it": "il lo la gli le che per con una del della sono suo sua nostro questo grazie alle",
    "en": "the is are your you for with this and our has been will please thank from of",
    "es": "el los las que para con una del su está muy gracias nuestro usted por",
    "fr": "le les des que pour avec une votre vous est nous merci cette dans",
    "de": "der die das und ist für mit ihr ihre sie wir bitte danke nicht ein",
}
STOPWORDS = {language: frozenset(words.split()) for language, words in WORDS.items()}
SURE_AT = 5
"""So many words of one language, and none of the declared one, are another language."""


@dataclass(frozen=True)
class Verdict:
    """`info` is the `rejection_info` of an INVALID_FORMAT."""

    decision: str
    reason: str
    category: str
    info: Json | None = None


def verdict(template: Template, others: Iterable[Template]) -> Verdict:
    """The decision that the content earns beside the account's other templates."""
    said = text_of(template.components)
    if template.category == "AUTHENTICATION":
        return Verdict("APPROVED", "NONE", template.category)
    fault = _format_fault(said, template, others)
    if fault is not None:
        return Verdict("REJECTED", "INVALID_FORMAT", template.category, fault)
    reason = _content_fault(said, template)
    if reason is not None:
        return Verdict("REJECTED", reason, template.category)
    return Verdict("APPROVED", "NONE", fitting_category(template))


def fitting_category(template: Template) -> str:
    """MARKETING for a utility template that advertises; else what it has."""
    if template.category == "UTILITY" and PROMOTIONAL.search(text_of(template.components)):
        return "MARKETING"
    return template.category


def text_of(components: list[Json]) -> str:
    """Every text that a reader or a button carries, one after the other."""
    parts: list[str] = []
    for item in components:
        parts.append(str(item.get("text", "")))
        for button in item.get("buttons", []):
            parts += [str(button.get("text", "")), str(button.get("url", ""))]
        for card in item.get("cards", []):
            parts.append(text_of(card.get("components", [])))
    return "\n".join(part for part in parts if part)


def wording(template: Template) -> tuple[str, str]:
    """Body and footer, by which Meta knows a duplicate."""
    body = component(template.components, "BODY") or {}
    footer = component(template.components, "FOOTER") or {}
    return str(body.get("text", "")).strip(), str(footer.get("text", "")).strip()


def _format_fault(said: str, template: Template, others: Iterable[Template]) -> Json | None:
    if ADJACENT.search(said):
        return _info(
            "Variables stand side by side.",
            "Put words between the variables and submit again.",
        )
    if SHORTENED.search(said):
        return _info(
            "A link is shortened or leads to WhatsApp itself.",
            "Use the full address of your own site.",
        )
    for other in others:
        same = other is not template and other.language == template.language
        if same and other.status in ("APPROVED", "PAUSED") and wording(other) == wording(template):
            return _info(
                "Another template has the same body and footer.",
                f"Use the template {other.name}, or change the text.",
            )
    return None


def _content_fault(said: str, template: Template) -> str | None:
    if ABUSIVE.search(said):
        return "ABUSIVE_CONTENT"
    if SCAM.search(said):
        return "SCAM"
    if CODES.search(said):
        return "INCORRECT_CATEGORY"
    return "TAG_CONTENT_MISMATCH" if _other_language(said, template.language) else None


def _other_language(said: str, declared: str) -> bool:
    own = STOPWORDS.get(declared.split("_", 1)[0])
    if own is None:
        return False
    words = re.findall(r"[^\W\d_]+", said.lower())
    if any(word in own for word in words):
        return False
    return any(sum(w in stops for w in words) >= SURE_AT for stops in STOPWORDS.values())


def _info(reason: str, recommendation: str) -> Json:
    return {"reason": reason, "recommendation": recommendation}
