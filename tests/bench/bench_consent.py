"""How well STOP is heard in customers' sentences: set by set, on the held-out half; how fast.

Recall: how many of the stops are heard. False stops: how many of the other sentences are taken for
one. What was missed is printed by its id, never by its words.
"""

from collections.abc import Sequence
from time import process_time

from sportello.rules.consent import intent
from tests.rules.stop_labels import SETS, Heard, Sentence, heard, sentences

Figure = tuple[str, float, str, None]


def run() -> list[Figure]:
    everything = sentences()
    held_out = [one for one in everything if one.is_held_out]
    figures = [*_of("all", everything), *_of("held-out half", held_out)]
    for name in SETS:
        figures += _of(name, sentences(name))
    return [*figures, *_speed(everything)]


def _of(name: str, given: Sequence[Sentence]) -> list[Figure]:
    found = heard(given)
    _tell(name, found)
    return [
        (f"{name}: recall", found.recall, f"of {found.stops}", None),
        (f"{name}: precision", found.precision, "of 1", None),
        (f"{name}: false stops", found.false_share * 100, f"% of {found.others}", None),
    ]


def _tell(name: str, found: Heard) -> None:
    for what, ids in (("missed", found.missed), ("false", found.false)):
        if ids and name != "held-out half":
            print(f"{name}, {what}: {' '.join(one.id for one in ids)}")


def _speed(given: Sequence[Sentence]) -> list[Figure]:
    """CPU time of one sentence, by the slowest of all."""
    times = []
    for one in given:
        began = process_time()
        intent(one.text)
        times.append((process_time() - began) * 1000)
    return [("one sentence, the slowest", max(times), "ms CPU", None)]
