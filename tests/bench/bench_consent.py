"""How well STOP is heard in customers' sentences, set by set, and how long one takes.

Heard at once, asked in doubt, missed: of the stops. False stops and false questions: of the other
sentences. What was missed is printed by its id, never by its words. Only the sets that the rules
are never tuned on say how well unknown customers are heard.
"""

import sys
from collections.abc import Sequence
from time import process_time

from sportello.rules.consent import intent
from tests.rules.stop_labels import TUNED, UNSEEN, Heard, Sentence, heard, sentences

Figure = tuple[str, float, str, None]


def run() -> list[Figure]:
    tuned = sentences()
    figures = [*_of("tuned on", heard(tuned)), *_of("never tuned on", heard(sentences(*UNSEEN)))]
    for name in (*TUNED, *UNSEEN):
        found = heard(sentences(name))
        _tell(found)
        figures += _of(name, found)
    return [*figures, *_speed(tuned)]


def _of(name: str, found: Heard) -> list[Figure]:
    return [*(_of_stops(name, found) if found.stops else []), *_of_others(name, found)]


def _of_stops(name: str, found: Heard) -> list[Figure]:
    """A set of everyday talk has none."""
    return [
        (f"{name}: heard at once", found.recall, f"of {found.stops}", None),
        (f"{name}: heard or asked", found.recall_with_questions, f"of {found.stops}", None),
        (f"{name}: asked", len(found.asked), "stops", None),
        (f"{name}: missed", len(found.missed), "stops", None),
        (f"{name}: precision", found.precision, "of 1", None),
    ]


def _of_others(name: str, found: Heard) -> list[Figure]:
    return [
        (f"{name}: false stops", found.false_share * 100, f"% of {found.others}", None),
        (
            f"{name}: false questions",
            found.false_question_share * 100,
            f"% of {found.others}",
            None,
        ),
    ]


def _tell(found: Heard) -> None:
    for what, which in (
        ("missed", found.missed),
        ("false", found.false),
        ("asked falsely", found.false_questions),
    ):
        if which:
            sys.stdout.write(f"{what}: {' '.join(one.id for one in which)}\n")


def _speed(given: Sequence[Sentence]) -> list[Figure]:
    """CPU time of one sentence, by the slowest of all."""
    times = []
    for one in given:
        began = process_time()
        intent(one.text)
        times.append((process_time() - began) * 1000)
    return [("one sentence, the slowest", max(times), "ms CPU", None)]
