"""What the lint of a template can find: stable codes, how grave, what Meta answers, the words."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from sportello.rules.pricing import Category


class Severity(StrEnum):
    """`error`: Meta refuses it, at creation or by rule in its review. `warning`: a reviewer may
    refuse it, or file it under another category. `hint`: accepted, but read unwillingly.
    """

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Reason(StrEnum):
    """Why Meta's review rejects. Source: reference templates 4.5."""

    ABUSIVE_CONTENT = "ABUSIVE_CONTENT"
    INCORRECT_CATEGORY = "INCORRECT_CATEGORY"
    INVALID_FORMAT = "INVALID_FORMAT"
    PROMOTIONAL = "PROMOTIONAL"
    SCAM = "SCAM"
    TAG_CONTENT_MISMATCH = "TAG_CONTENT_MISMATCH"


@dataclass(frozen=True, slots=True)
class Refused:
    """Meta's immediate answer to the request that creates: HTTP 400 with these numbers."""

    subcode: int | None = None
    code: int = 100


@dataclass(frozen=True, slots=True)
class Rejected:
    """The review's answer, minutes to a day later; None where Meta names no reason."""

    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Recategorised:
    """Approved, but as another category: another price, another consent."""

    category: Category


Answer = Refused | Rejected | Recategorised


class Code(StrEnum):
    """What was found. Stable: scripts and pages rely on these words."""

    BAD_SHAPE = "bad_shape"
    UNKNOWN_COMPONENT = "unknown_component"
    REPEATED_COMPONENT = "repeated_component"
    NAME_MISSING = "name_missing"
    NAME_CHARACTERS = "name_characters"
    NAME_TOO_LONG = "name_too_long"
    NAME_TAKEN = "name_taken"
    NAME_BEING_DELETED = "name_being_deleted"
    NAME_WAS_REJECTED = "name_was_rejected"
    NAME_OF_SAMPLE = "name_of_sample"
    LANGUAGE_MISSING = "language_missing"
    LANGUAGE_UNKNOWN = "language_unknown"
    LANGUAGE_MISMATCH = "language_mismatch"
    CATEGORY_UNKNOWN = "category_unknown"
    CATEGORY_DIFFERS = "category_differs"
    TTL_OUT_OF_RANGE = "ttl_out_of_range"
    TEMPLATE_LIMIT = "template_limit"
    DUPLICATE_CONTENT = "duplicate_content"
    LIKE_REJECTED = "like_rejected"
    PROMOTIONAL = "promotional"
    LOOKS_LIKE_AUTHENTICATION = "looks_like_authentication"
    ASKS_SECRETS = "asks_secrets"
    BODY_MISSING = "body_missing"
    BODY_WITHOUT_WORDS = "body_without_words"
    TEXT_MISSING = "text_missing"
    TOO_LONG = "too_long"
    VARIABLE_MALFORMED = "variable_malformed"
    VARIABLE_CHARACTERS = "variable_characters"
    VARIABLE_STYLE = "variable_style"
    VARIABLES_MIXED = "variables_mixed"
    VARIABLES_NOT_CONSECUTIVE = "variables_not_consecutive"
    VARIABLES_OUT_OF_ORDER = "variables_out_of_order"
    VARIABLE_AT_START = "variable_at_start"
    VARIABLE_AT_END = "variable_at_end"
    VARIABLES_ADJACENT = "variables_adjacent"
    VARIABLES_TOO_MANY = "variables_too_many"
    VARIABLE_ALONE = "variable_alone"
    HEADER_VARIABLES = "header_variables"
    FOOTER_VARIABLES = "footer_variables"
    EXAMPLE_MISSING = "example_missing"
    EXAMPLE_UNNEEDED = "example_unneeded"
    EXAMPLE_UNUSABLE = "example_unusable"
    SAMPLE_MISSING = "sample_missing"
    SAMPLE_IS_A_LINK = "sample_is_a_link"
    NEWLINES = "newlines"
    BLANK_LINES = "blank_lines"
    TABS_OR_SPACES = "tabs_or_spaces"
    CONTROL_CHARACTERS = "control_characters"
    EDGE_SPACES = "edge_spaces"
    EMOJIS_NOT_HERE = "emojis_not_here"
    EMOJIS_TOO_MANY = "emojis_too_many"
    EMOJIS_MANY = "emojis_many"
    MARKUP_NOT_HERE = "markup_not_here"
    MARKUP_FOREIGN = "markup_foreign"
    MARKUP_UNPAIRED = "markup_unpaired"
    BUTTON_UNKNOWN = "button_unknown"
    BUTTONS_TOO_MANY = "buttons_too_many"
    BUTTONS_APART = "buttons_apart"
    BUTTONS_SAME_TEXT = "buttons_same_text"
    BUTTONS_AS_LIST = "buttons_as_list"
    BUTTON_VARIABLES = "button_variables"
    URL_INVALID = "url_invalid"
    URL_VARIABLE = "url_variable"
    URL_SHORTENER = "url_shortener"
    URL_WHATSAPP = "url_whatsapp"
    URL_INSECURE = "url_insecure"
    LINK_WHATSAPP = "link_whatsapp"
    PHONE_INVALID = "phone_invalid"
    COUPON_INVALID = "coupon_invalid"
    FLOW_INCOMPLETE = "flow_incomplete"
    OTP_ELSEWHERE = "otp_elsewhere"
    AUTH_BODY = "auth_body"
    AUTH_EXTRA = "auth_extra"
    AUTH_BUTTON = "auth_button"
    AUTH_EXPIRATION = "auth_expiration"
    AUTH_APP = "auth_app"
    CARDS_COUNT = "cards_count"
    CARDS_UNEVEN = "cards_uneven"
    CARD_HEADER = "card_header"
    OFFER_FOOTER = "offer_footer"
    SHOUTING = "shouting"
    EXCLAMATIONS = "exclamations"
    LONG_FOR_A_PERSON = "long_for_a_person"


@dataclass(frozen=True, slots=True)
class Rule:
    """How grave a code is, and Meta's answer; `by_part`: the answer's subcode is the part's own."""

    severity: Severity
    answer: Answer | None
    message: str
    by_part: bool = False


def _refused(subcode: int | None, message: str) -> Rule:
    return Rule(Severity.ERROR, Refused(subcode), message)


def _part(message: str) -> Rule:
    return Rule(Severity.ERROR, Refused(), message, by_part=True)


def _format(message: str, severity: Severity = Severity.WARNING) -> Rule:
    return Rule(severity, Rejected(Reason.INVALID_FORMAT), message)


def _hint(message: str) -> Rule:
    return Rule(Severity.HINT, None, message)


# Subcodes: reference errors.csv (2388xxx); 2388046 (name's form), 2388060 (button's form), 2388081
# (WhatsApp link as a button) and 2388155 (name of a sample) were seen in public reports of Meta's
# answers, read 2026-11-22.
_SHAPE: Final = {
    Code.BAD_SHAPE: _refused(None, "%(field)s: Meta expects %(expected)s."),
    Code.UNKNOWN_COMPONENT: _refused(None, "Meta knows no part of type %(value)s."),
    Code.REPEATED_COMPONENT: _refused(None, "The part %(value)s may come only once."),
}
_NAMES: Final = {
    Code.NAME_MISSING: _refused(None, "The template needs a name."),
    Code.NAME_CHARACTERS: _refused(
        2388046, "The name may have only small letters a to z, digits and underscores."
    ),
    Code.NAME_TOO_LONG: _refused(2388040, "The name has %(length)d characters, %(limit)d at most."),
    Code.NAME_TAKEN: _refused(2388024, "A template %(name)s in this language exists already."),
    Code.NAME_BEING_DELETED: _refused(
        2388023, "%(name)s was deleted not long ago: Meta frees the name after four weeks."
    ),
    Code.NAME_WAS_REJECTED: Rule(
        Severity.WARNING, Rejected(), "A template named %(name)s was rejected: take a new name."
    ),
    Code.NAME_OF_SAMPLE: _refused(2388155, "%(name)s is the name of a sample template of Meta's."),
    Code.LANGUAGE_MISSING: _refused(None, "The template needs a language."),
    Code.LANGUAGE_UNKNOWN: _refused(None, "Meta has no templates in the language %(value)s."),
    Code.LANGUAGE_MISMATCH: Rule(
        Severity.WARNING,
        Rejected(Reason.TAG_CONTENT_MISMATCH),
        "The language is %(declared)s, but the text reads as %(found)s.",
    ),
    Code.CATEGORY_UNKNOWN: _refused(
        None, "The category must be marketing, utility or authentication."
    ),
    Code.CATEGORY_DIFFERS: _refused(
        None, "The template of this name in another language is of category %(category)s."
    ),
    Code.TTL_OUT_OF_RANGE: _refused(
        None, "Meta keeps such a message for %(least)d to %(most)d seconds, not %(value)d."
    ),
    Code.TEMPLATE_LIMIT: _refused(2388019, "The account has no room for another template."),
}
_CONTENT: Final = {
    Code.DUPLICATE_CONTENT: Rule(
        Severity.ERROR, Rejected(), "Body and footer are those of the template %(name)s."
    ),
    Code.LIKE_REJECTED: Rule(
        Severity.WARNING,
        Rejected(),
        "The text is %(percent)d%% like that of the rejected template %(name)s.",
    ),
    Code.PROMOTIONAL: Rule(
        Severity.WARNING,
        Recategorised(Category.MARKETING),
        "“%(words)s” reads as promotion: Meta would file the template under marketing.",
    ),
    Code.LOOKS_LIKE_AUTHENTICATION: Rule(
        Severity.WARNING,
        Rejected(Reason.INCORRECT_CATEGORY),
        "“%(words)s” announces an access code, which only an authentication template may carry.",
    ),
    Code.ASKS_SECRETS: Rule(
        Severity.WARNING,
        Rejected(Reason.SCAM),
        "“%(words)s”: a template must not ask for passwords, card or identity numbers.",
    ),
    Code.BODY_MISSING: _refused(None, "The template needs a body."),
    Code.BODY_WITHOUT_WORDS: _refused(2388072, "The body has no words of its own."),
    Code.TEXT_MISSING: _refused(None, "The text is missing."),
    Code.TOO_LONG: _refused(2388040, "%(length)d characters, %(limit)d at most."),
}
_VARIABLES: Final = {
    Code.VARIABLE_MALFORMED: _part(
        "%(value)s is no variable: two braces on each side, nothing else between but its name."
    ),
    Code.VARIABLE_CHARACTERS: _format(
        "%(value)s: a variable's name has only small letters, digits and underscores.",
        Severity.ERROR,
    ),
    Code.VARIABLE_STYLE: _part(
        "The variables are %(found)s, the template is declared %(declared)s."
    ),
    Code.VARIABLES_MIXED: _part("Numbered and named variables cannot stand together."),
    Code.VARIABLES_NOT_CONSECUTIVE: _part("Variables count up from {{1}} without a gap."),
    Code.VARIABLES_OUT_OF_ORDER: _format("Variables should count up in the order of the text."),
    Code.VARIABLE_AT_START: _refused(2388299, "The body must not begin with a variable."),
    Code.VARIABLE_AT_END: _refused(2388299, "The body must not end with a variable."),
    Code.VARIABLES_ADJACENT: _format("Words must stand between two variables.", Severity.ERROR),
    Code.VARIABLES_TOO_MANY: _refused(
        2388293, "%(variables)d variables need at least %(needed)d words; there are %(words)d."
    ),
    Code.VARIABLE_ALONE: _format(
        "%(value)s stands alone on its line: say in words what will stand there."
    ),
    Code.HEADER_VARIABLES: _refused(2388047, "A header has one variable at most."),
    Code.FOOTER_VARIABLES: _refused(2388073, "A footer has no variables."),
    Code.EXAMPLE_MISSING: _refused(2388043, "Meta wants an example for %(value)s."),
    Code.EXAMPLE_UNNEEDED: Rule(
        Severity.WARNING, Refused(2388043), "There are more examples than variables."
    ),
    Code.EXAMPLE_UNUSABLE: _format(
        "The example for %(value)s has line breaks, tabs, runs of spaces or braces."
    ),
    Code.SAMPLE_MISSING: _refused(2388043, "A header with a file needs a sample file."),
    Code.SAMPLE_IS_A_LINK: _refused(
        None, "The sample must be uploaded first: Meta takes its handle, not a link."
    ),
}
_SIGNS: Final = {
    Code.NEWLINES: _part("No line breaks here."),
    Code.BLANK_LINES: _refused(2388072, "More than two line breaks in a row."),
    Code.TABS_OR_SPACES: _format("Tabs, or more than four spaces in a row."),
    Code.CONTROL_CHARACTERS: _format("There are invisible control characters."),
    Code.EDGE_SPACES: _hint("The text begins or ends with spaces or line breaks."),
    Code.EMOJIS_NOT_HERE: _part("No emoji here."),
    Code.EMOJIS_TOO_MANY: _refused(2388072, "%(count)d emoji, %(limit)d at most."),
    Code.EMOJIS_MANY: _hint("%(count)d emoji: people write with fewer."),
    Code.MARKUP_NOT_HERE: _part("No bold, italic or other formatting signs here."),
    Code.MARKUP_FOREIGN: _hint("WhatsApp shows %(value)s as it stands: its bold is *one star*."),
    Code.MARKUP_UNPAIRED: _hint("The sign %(value)s has no partner and will be shown."),
}
_BUTTONS: Final = {
    Code.BUTTON_UNKNOWN: _refused(None, "Meta knows no button of type %(value)s."),
    Code.BUTTONS_TOO_MANY: _refused(None, "%(count)d buttons %(kind)s, %(limit)d at most."),
    Code.BUTTONS_APART: _refused(None, "Quick replies must stand together, before or after."),
    Code.BUTTONS_SAME_TEXT: _refused(None, "Two buttons say %(value)s."),
    Code.BUTTONS_AS_LIST: _hint(
        "More than three buttons: phones show them as a list, computers not at all."
    ),
    Code.BUTTON_VARIABLES: _refused(2388060, "A button's text has no variables."),
    Code.URL_INVALID: _refused(None, "%(value)s is not a complete web address."),
    Code.URL_VARIABLE: _refused(None, "An address has one variable, at its very end."),
    Code.URL_SHORTENER: _format("%(value)s hides where the link leads: use your own address."),
    Code.URL_WHATSAPP: _refused(2388081, "A button cannot lead to WhatsApp itself."),
    Code.URL_INSECURE: _hint("The address begins with http, not https."),
    Code.LINK_WHATSAPP: _hint(
        "A link to WhatsApp inside WhatsApp: a quick reply serves the reader better."
    ),
    Code.PHONE_INVALID: _refused(None, "%(value)s: a number begins with + and its country."),
    Code.COUPON_INVALID: _refused(
        2388043, "The example code needs 1 to %(limit)d letters or digits."
    ),
    Code.FLOW_INCOMPLETE: _refused(None, "The button does not say which flow it opens."),
    Code.OTP_ELSEWHERE: _refused(None, "A code button belongs to authentication templates alone."),
}
_KINDS: Final = {
    Code.AUTH_BODY: _refused(None, "Meta writes the body of an authentication template."),
    Code.AUTH_EXTRA: _refused(None, "An authentication template has no %(value)s."),
    Code.AUTH_BUTTON: _refused(None, "An authentication template has one button: the code's."),
    Code.AUTH_EXPIRATION: _refused(None, "The code expires after 1 to 90 minutes."),
    Code.AUTH_APP: _refused(
        None, "One-tap and zero-tap need 1 to 5 apps with package name and signature hash."
    ),
    Code.CARDS_COUNT: _refused(None, "%(count)d cards: a carousel has 2 to 10."),
    Code.CARDS_UNEVEN: _refused(None, "All cards have the same parts and the same buttons."),
    Code.CARD_HEADER: _refused(None, "Each card begins with an image or a video."),
    Code.OFFER_FOOTER: _refused(None, "A limited-time offer has no footer."),
}
_STYLE: Final = {
    Code.SHOUTING: _hint("“%(words)s”: capitals read as shouting."),
    Code.EXCLAMATIONS: _hint("So many exclamation or question marks read as shouting."),
    Code.LONG_FOR_A_PERSON: _hint("%(length)d characters: a person would write fewer."),
}

RULES: Final[Mapping[Code, Rule]] = MappingProxyType(
    _SHAPE | _NAMES | _CONTENT | _VARIABLES | _SIGNS | _BUTTONS | _KINDS | _STYLE
)
MESSAGES: Final[Mapping[Code, str]] = MappingProxyType(
    {code: rule.message for code, rule in RULES.items()}
)
"""A sentence for each code, to be translated; its %(values)s are those of the finding."""
