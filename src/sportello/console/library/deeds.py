"""Question-answer pairs: added, changed, taken away. The worker `index` keeps the index true."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sportello.schema.library import Pair

QUESTION_LENGTH_MAX: Final = 1000
# What the assistant sends must fit into one WhatsApp text with its signature.
ANSWER_LENGTH_MAX: Final = 3500
VARIANTS_MAX: Final = 30
_LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,4})?")


class UnfitPair(ValueError):  # noqa: N818  # the pair is unfit, nothing broke
    """`part` names the field: question, answer, variants or language; `code` says what is wrong."""

    def __init__(self, part: str, code: str) -> None:
        super().__init__(f"{part}: {code}")
        self.part = part
        self.code = code


@dataclass(frozen=True, slots=True)
class Draft:
    """A pair as a person wrote it."""

    question: str
    answer: str
    variants: list[str] = field(default_factory=list)
    language: str = "it"
    enabled: bool = True


def add(workspace_id: int, draft: Draft) -> Pair:
    """Raises UnfitPair."""
    fit = checked(draft)
    return Pair.objects.create(
        workspace_id=workspace_id,
        question=fit.question,
        answer=fit.answer,
        variants=fit.variants,
        language=fit.language,
        enabled=fit.enabled,
    )


def change(pair_id: int, draft: Draft, now: datetime) -> Pair:
    """Raises UnfitPair, or Pair.DoesNotExist (also for one that was taken away)."""
    fit = checked(draft)
    pair = Pair.objects.select_for_update().get(pk=pair_id, deleted_at=None)
    pair.question, pair.answer = fit.question, fit.answer
    pair.variants, pair.language, pair.enabled = fit.variants, fit.language, fit.enabled
    pair.updated_at, pair.indexed_at = now, None
    pair.save()
    return pair


def as_it_is(pair: Pair) -> Draft:
    return Draft(pair.question, pair.answer, list(pair.variants), pair.language, pair.enabled)


def remove(pair_id: int, now: datetime) -> None:
    """It no longer shows; `index` removes what is left. Raises Pair.DoesNotExist."""
    taken = Pair.objects.filter(pk=pair_id, deleted_at=None)
    if not taken.update(deleted_at=now, updated_at=now, indexed_at=None):
        raise Pair.DoesNotExist


def checked(draft: Draft) -> Draft:
    """Without blanks around the texts. Raises UnfitPair."""
    if len(draft.variants) > VARIANTS_MAX:
        raise UnfitPair("variants", "too_many")
    if not _LANGUAGE.fullmatch(draft.language):
        raise UnfitPair("language", "unknown")
    return Draft(
        question=_text("question", draft.question, QUESTION_LENGTH_MAX),
        answer=_text("answer", draft.answer, ANSWER_LENGTH_MAX),
        variants=[_text("variants", one, QUESTION_LENGTH_MAX) for one in draft.variants],
        language=draft.language,
        enabled=draft.enabled,
    )


def _text(part: str, text: str, length_max: int) -> str:
    """Without blanks around it. PostgreSQL keeps no NUL, UTF-8 no lone surrogate."""
    stripped = text.strip()
    if not stripped:
        raise UnfitPair(part, "empty")
    if len(stripped) > length_max:
        raise UnfitPair(part, "too_long")
    if "\0" in stripped or any("\ud800" <= sign <= "\udfff" for sign in stripped):
        raise UnfitPair(part, "not_text")
    return stripped
