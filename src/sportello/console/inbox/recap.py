"""The line that a chat shows where the assistant got it back: what was said before, in short."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sportello.console.inbox.piece import Piece

TYPE: Final = "recap"
_WHO: Final = {"customer": gettext_lazy("customer"), "operator": gettext_lazy("person")}


def piece(payload: Mapping[str, Any]) -> Piece:
    """Says whether a machine summed it up or these are the last words as they were."""
    told = payload.get(TYPE)
    told = told if isinstance(told, Mapping) else {}
    if told.get("text"):
        words = _("The assistant goes on knowing what was said, summed up by a machine: %(text)s")
        return Piece("event", words % {"text": told["text"]}, says_all=True)
    lines = told.get("lines")
    said = [_line(*line) for line in lines] if isinstance(lines, list) else []
    if not said:
        return Piece(
            "event", _("The assistant goes on; what was said is no longer kept"), says_all=True
        )
    words = _("The assistant goes on knowing the last words, which are no summary: %(text)s")
    return Piece("event", words % {"text": " · ".join(said)}, says_all=True)


def _line(origin: str, text: str) -> str:
    who = _WHO.get(origin, origin)
    return f"{who}: {text}"
