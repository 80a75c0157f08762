"""Customers' sentences with what they want of our marketing, and how well the rules hear it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sportello.rules.consent import Intent, doubtful, intent

_FOLDER: Final = Path(__file__).parent / "data"
# In the order in which they were written, the fresh ones before anybody looked at what the rules do
# with them. The rules were tuned on each after its first run, whose figures docs/consent.md keeps.
PLAIN: Final = ("stop_corpus", "stop_fresh", "stop_fresh2", "stop_fresh3", "stop_fresh4")
# In these many wishes are hinted at: to ask is right. The last is everyday talk without any.
TUNED: Final = (*PLAIN, "stop_fresh5", "stop_fresh6", "stop_fresh7", "stop_fresh8", "stop_fresh9")
# The rules are never tuned on these: what they say holds for customers whom nobody has heard yet.
# The first is every other sentence of what was written at one time, the rest is `stop_fresh8`; the
# second, everyday talk as in `stop_fresh9`, was written after the last tuning.
UNSEEN: Final = ("stop_unseen3", "stop_unseen4")


@dataclass(frozen=True, slots=True)
class Sentence:
    """`id`: the set and the line in its file; `label`: stop, resume or other."""

    id: str
    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Heard:
    """Of some sentences: which stops were asked about or missed, what was taken for one, or for a
    doubt.
    """

    stops: int
    others: int
    asked: Sequence[Sentence]
    missed: Sequence[Sentence]
    false: Sequence[Sentence]
    false_questions: Sequence[Sentence]

    @property
    def recall(self) -> float:
        """Of what is heard at once."""
        return 1 - (len(self.missed) + len(self.asked)) / self.stops

    @property
    def recall_with_questions(self) -> float:
        return 1 - len(self.missed) / self.stops

    @property
    def precision(self) -> float:
        found = self.stops - len(self.missed) - len(self.asked)
        return found / max(1, found + len(self.false))

    @property
    def false_share(self) -> float:
        return len(self.false) / self.others

    @property
    def false_question_share(self) -> float:
        return len(self.false_questions) / self.others


def sentences(*names: str) -> list[Sentence]:
    """Of these sets, else of all that are tuned on; one that stands in two counts once."""
    found: dict[str, Sentence] = {}
    for name in names or TUNED:
        path = _FOLDER / f"{name}.tsv"
        for line, row in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            label, _, text = row.partition("\t")
            if line > 1:
                found.setdefault(text.casefold(), Sentence(f"{name}:{line}", label, text))
    return list(found.values())


def heard(given: Iterable[Sentence]) -> Heard:
    known = list(given)
    stops = [one for one in known if one.label == "stop"]
    others = [one for one in known if one.label != "stop"]
    unheard = [one for one in stops if intent(one.text) is not Intent.STOP]
    return Heard(
        stops=len(stops),
        others=len(others),
        asked=[one for one in unheard if doubtful(one.text)],
        missed=[one for one in unheard if not doubtful(one.text)],
        false=[one for one in others if intent(one.text) is Intent.STOP],
        false_questions=[one for one in others if doubtful(one.text)],
    )
