"""Checks of a template against its account: name, language, category, time to live, duplicates."""

from collections.abc import Iterator
from typing import Final

from sportello.rules.pricing import Category
from sportello.rules.template_codes import Code
from sportello.rules.template_likeness import likeness, same
from sportello.rules.template_scene import CHECKED_MAX
from sportello.rules.template_text import NAME, language_of, listed, plain_name
from sportello.rules.template_values import (
    Account,
    Edit,
    Finding,
    Known,
    Part,
    Standing,
    Template,
    Where,
    Write,
)

NAME_MAX: Final = 512
ALIKE: Final = 0.7
_TRIES: Final = 100
_FOREVER: Final = -1  # 30 days
SAMPLES: Final = listed(
    "hello_world sample_flight_confirmation sample_happy_hour_announcement "
    "sample_issue_resolution sample_movie_ticket_confirmation sample_purchase_feedback "
    "sample_shipping_confirmation"
)
LANGUAGES: Final = listed(
    "af sq ar ar_EG ar_AE ar_LB ar_MA ar_QA az be_BY bn bn_IN bg ca zh_CN zh_HK zh_TW hr cs da "
    "prs_AF nl nl_BE en en_GB en_US en_AE en_AU en_CA en_GH en_IE en_IN en_JM en_MY en_NZ en_QA "
    "en_SG en_UG en_ZA et fil fi fr fr_BE fr_CA fr_CH fr_CI fr_MA ka de de_AT de_CH el gu ha he "
    "hi hu id ga it ja kn kk rw_RW ko ky_KG lo lv lt mk ms ml mr nb ps_AF fa pl pt_BR pt_PT pa "
    "ro ru sr si_LK sk sl es es_AR es_CL es_CO es_CR es_DO es_EC es_HN es_MX es_PA es_PE es_ES "
    "es_UY sw sv ta te th tr uk ur uz vi zu"
)
"""Source: reference templates 4.3. A language that is missing there Meta may know all the same."""
_TTL_S: Final = {
    Category.AUTHENTICATION: (30, 900),
    Category.UTILITY: (30, 43_200),
    Category.MARKETING: (43_200, 2_592_000),
}


def name(template: Template, account: Account) -> Iterator[Finding]:
    """The name's form, and whether it is free."""
    given = template.name
    if not given.strip():
        yield Finding(Code.NAME_MISSING, Where(Part.NAME))
        return
    if not NAME.fullmatch(given):
        fix = _new_name(template, account)
        yield Finding(Code.NAME_CHARACTERS, Where(Part.NAME, span=_odd(given)), (), fix)
    if len(given) > NAME_MAX:
        values = (("length", len(given)), ("limit", NAME_MAX))
        yield Finding(Code.NAME_TOO_LONG, Where(Part.NAME), values, _new_name(template, account))
        return
    if given in SAMPLES:
        yield _taken(Code.NAME_OF_SAMPLE, template, account)
    yield from _taken_by(template, account)


def _odd(given: str) -> tuple[int, int]:
    at = next(at for at, sign in enumerate(given) if not NAME.fullmatch(sign))
    return at, at + 1


def _taken_by(template: Template, account: Account) -> Iterator[Finding]:
    """A name that was rejected counts in any spelling: capitals do not make it new."""
    bare = plain_name(template.name)
    for known in account.templates:
        if known.language != template.language:
            continue
        if known.standing is Standing.REJECTED:
            if plain_name(known.name) == bare:
                yield _taken(Code.NAME_WAS_REJECTED, template, account)
                return
        elif known.name == template.name:
            is_live = known.standing is Standing.LIVE
            code = Code.NAME_TAKEN if is_live else Code.NAME_BEING_DELETED
            yield _taken(code, template, account)
            return


def _taken(code: Code, template: Template, account: Account) -> Finding:
    fix = _new_name(template, account)
    return Finding(code, Where(Part.NAME), (("name", template.name),), fix)


def _new_name(template: Template, account: Account) -> tuple[Edit, ...]:
    """The nearest name in Meta's spelling that nothing else has, or had."""
    bare = plain_name(template.name[:CHECKED_MAX])[: NAME_MAX - 4]
    used = SAMPLES | {
        plain_name(known.name) for known in account.templates if known.language == template.language
    }
    names = (bare if number == 1 else f"{bare}_{number}" for number in range(1, _TRIES))
    new = next((candidate for candidate in names if candidate not in used), None)
    return (Write(("name",), new),) if bare and new and new != template.name else ()


def language(template: Template, account: Account) -> Iterator[Finding]:
    """One of Meta's languages, and the one that the text is in."""
    del account
    given = template.language
    if not given.strip():
        yield Finding(Code.LANGUAGE_MISSING, Where(Part.LANGUAGE))
        return
    if given not in LANGUAGES:
        near = _near(given)
        fix = (Write(("language",), near),) if near else ()
        yield Finding(Code.LANGUAGE_UNKNOWN, Where(Part.LANGUAGE), (("value", given[:20]),), fix)
    yield from _mismatch(template)


def _near(given: str) -> str | None:
    """`IT`, `it-IT` and `it_IT` are all meant as `it`."""
    base, _, country = given.strip().replace("-", "_").partition("_")
    tries = (f"{base.lower()}_{country.upper()}", base.lower())
    return next((language for language in tries if language in LANGUAGES), None)


def _mismatch(template: Template) -> Iterator[Finding]:
    """Only between Italian and English, which is what the little words can tell."""
    body = template.parts.body
    declared = template.language.partition("_")[0]
    if body is None or declared not in {"it", "en"}:
        return
    found = language_of(body.text[:CHECKED_MAX])
    if found is not None and found != declared:
        values = (("declared", declared), ("found", found))
        fix = (Write(("language",), found),)
        yield Finding(Code.LANGUAGE_MISMATCH, Where(Part.LANGUAGE), values, fix)


def category(template: Template, account: Account) -> Iterator[Finding]:
    """A category that Meta knows, the same in all languages, and its time to live."""
    given = template.category
    if given is None:
        yield Finding(Code.CATEGORY_UNKNOWN, Where(Part.CATEGORY))
        return
    siblings = {
        known.category
        for known in account.templates
        if known.name == template.name
        and known.language != template.language
        and known.standing is Standing.LIVE
    }
    if siblings and given not in siblings:
        theirs = min(siblings)
        fix = (Write(("category",), theirs.value.upper()),)
        values = (("category", theirs.value),)
        yield Finding(Code.CATEGORY_DIFFERS, Where(Part.CATEGORY), values, fix)
    yield from _time_to_live(template, given)


def _time_to_live(template: Template, given: Category) -> Iterator[Finding]:
    """Source: reference templates 4.8."""
    ttl = template.ttl_s
    if ttl is None or given not in _TTL_S or (ttl == _FOREVER and given is not Category.MARKETING):
        return
    least, most = _TTL_S[given]
    if not least <= ttl <= most:
        fix = (Write(("message_send_ttl_seconds",), min(max(ttl, least), most)),)
        values = (("least", least), ("most", most), ("value", ttl))
        yield Finding(Code.TTL_OUT_OF_RANGE, Where(Part.TEMPLATE), values, fix)


def content(template: Template, account: Account) -> Iterator[Finding]:
    """Room for one more, and nothing that exists or was rejected."""
    if account.room is not None and account.room <= 0:
        yield Finding(Code.TEMPLATE_LIMIT, Where(Part.TEMPLATE))
    body = template.parts.body
    if body is None or not body.text.strip() or len(body.text) > CHECKED_MAX:
        return
    footer = template.parts.footer.text if template.parts.footer else ""
    for known in account.templates:
        is_live = known.standing is Standing.LIVE
        if is_live and same(known.body, body.text) and same(known.footer, footer):
            yield Finding(Code.DUPLICATE_CONTENT, Where(Part.BODY), (("name", known.name),))
            break
    yield from _like_rejected(body.text, account)


def _like_rejected(text: str, account: Account) -> Iterator[Finding]:
    rejected = [known for known in account.templates if known.standing is Standing.REJECTED]
    ranked = [(likeness(text, known.body), known) for known in rejected if known.body]
    best: tuple[float, Known] | None = max(ranked, key=lambda pair: pair[0], default=None)
    if best is not None and best[0] >= ALIKE:
        values = (("percent", round(best[0] * 100)), ("name", best[1].name))
        yield Finding(Code.LIKE_REJECTED, Where(Part.BODY), values)
