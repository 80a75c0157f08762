"""The lint of a template: all that Meta, its reviewers or a reader would mind, before they see it.

`parse` reads Meta's creation body, `lint` finds, `mended` applies one fix, `mend` all of them.
Pure, bounded in time and size for any JSON, and the same for the same template.
"""

from collections.abc import Callable, Iterator
from typing import Final

from sportello.rules.pricing import Category
from sportello.rules.template_checks_account import category, content, language, name
from sportello.rules.template_checks_buttons import buttons, links
from sportello.rules.template_checks_kinds import authentication, carousel, offer
from sportello.rules.template_checks_style import loudness, markup, purpose
from sportello.rules.template_checks_text import lengths, presence, signs
from sportello.rules.template_checks_variables import variables_and_examples
from sportello.rules.template_codes import Severity
from sportello.rules.template_mend import Json, mended
from sportello.rules.template_parse import parse
from sportello.rules.template_scene import Scene, scene_of
from sportello.rules.template_values import Account, Finding, Part, Template

__all__ = ["Account", "Finding", "Template", "lint", "mend", "mended", "parse"]

FINDINGS_MAX: Final = 200
ROUNDS_MAX: Final = 200
_NOTHING_KNOWN: Final = Account()

OfAccount = Callable[[Template, Account], Iterator[Finding]]
OfBubble = Callable[[Scene], Iterator[Finding]]
_ACCOUNT: Final[tuple[OfAccount, ...]] = (name, language, category, content)
_BUBBLE: Final[tuple[OfBubble, ...]] = (
    presence,
    lengths,
    signs,
    variables_and_examples,
    buttons,
    links,
    purpose,
    loudness,
    markup,
)
_AUTHENTICATION: Final[tuple[OfBubble, ...]] = (authentication, lengths, signs)
_GRAVITY: Final = {Severity.ERROR: 0, Severity.WARNING: 1, Severity.HINT: 2}
_PLACE: Final = {part: place for place, part in enumerate(Part)}


def lint(template: Template, account: Account = _NOTHING_KNOWN) -> tuple[Finding, ...]:
    """All findings, the gravest first, then in the order of the parts; at most `FINDINGS_MAX`."""
    return tuple(sorted(_findings(template, account), key=_rank)[:FINDINGS_MAX])


def mend(
    body: Json, account: Account = _NOTHING_KNOWN, *, gravest: Severity = Severity.WARNING
) -> Json:
    """A copy of the creation body with every fix applied, from errors down to `gravest`.

    Fixes are applied one by one, since each may bring or settle others; at most `ROUNDS_MAX`.
    """
    for _ in range(ROUNDS_MAX):
        findings = lint(parse(body), account)
        fix = next(
            (
                finding.fix
                for finding in findings
                if finding.fix and _GRAVITY[finding.severity] <= _GRAVITY[gravest]
            ),
            None,
        )
        if fix is None:
            break
        body = mended(body, fix)
    return body


def _findings(template: Template, account: Account) -> Iterator[Finding]:
    yield from template.flaws
    for check in _ACCOUNT:
        yield from check(template, account)
    whole = scene_of(template, template.parts)
    is_code = template.category is Category.AUTHENTICATION
    for each in _AUTHENTICATION if is_code else (*_BUBBLE, offer):
        yield from each(whole)
    if not is_code:
        yield from carousel(template)
        for at, card in enumerate(template.cards):
            scene = scene_of(template, card, at)
            for each in _BUBBLE:
                yield from each(scene)


def _rank(finding: Finding) -> tuple[int, int, int, int, tuple[int, int], str]:
    where = finding.where
    return (
        _GRAVITY[finding.severity],
        _PLACE[where.part],
        -1 if where.card is None else where.card,
        -1 if where.index is None else where.index,
        where.span or (-1, -1),
        finding.code,
    )
