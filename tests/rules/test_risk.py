"""The risk meter: each sign by its thresholds, the whole by its worst sign."""

import pytest

from sportello.rules.risk import Level, Sent, Sign, is_loud, measures, worst


def _level(sign: Sign, sent: Sent) -> Level:
    return next(one.level for one in measures(sent) if one.sign is sign)


@pytest.mark.parametrize(
    ("sign", "sent", "level"),
    [
        (Sign.QUALITY, Sent(quality="GREEN"), Level.FINE),
        (Sign.QUALITY, Sent(quality="YELLOW"), Level.WARN),
        (Sign.QUALITY, Sent(quality="RED"), Level.BAD),
        (Sign.QUALITY, Sent(), Level.UNKNOWN),
        (Sign.STOPS, Sent(marketed=19, stopped=19), Level.UNKNOWN),
        (Sign.STOPS, Sent(marketed=1000, stopped=9), Level.FINE),
        (Sign.STOPS, Sent(marketed=1000, stopped=10), Level.WARN),
        (Sign.STOPS, Sent(marketed=1000, stopped=20), Level.BAD),
        (Sign.READ, Sent(delivered=100, read=51), Level.FINE),
        (Sign.READ, Sent(delivered=100, read=50), Level.WARN),
        (Sign.READ, Sent(delivered=100, read=25), Level.BAD),
        (Sign.FAILED, Sent(sent=100, failed=10), Level.BAD),
        (Sign.BLOCKS, Sent(sent=100, stuck=5), Level.WARN),
        (Sign.BLOCKS, Sent(sent=100, stuck=15), Level.BAD),
        (Sign.REPORTS, Sent(warned=1), Level.WARN),
        (Sign.REPORTS, Sent(warned=2), Level.BAD),
        (Sign.REFUSALS, Sent(sent=100, refused=2), Level.WARN),
        (Sign.TEMPLATES, Sent(fallen=1), Level.WARN),
        (Sign.CONSENT, Sent(marketed=1, unproven=1), Level.BAD),
        (Sign.REPETITION, Sent(sent=100, repeated=10), Level.WARN),
        (Sign.LENGTH, Sent(texts=("x" * 800,)), Level.BAD),
        (Sign.LOUDNESS, Sent(texts=("SUPER OFFERTA OGGI!!!",) * 5), Level.BAD),
    ],
)
def test_each_sign_has_its_thresholds(sign: Sign, sent: Sent, level: Level) -> None:
    assert _level(sign, sent) is level


def test_the_number_is_as_near_to_a_block_as_its_worst_sign() -> None:
    assert worst(measures(Sent())) is Level.FINE
    assert worst(measures(Sent(quality="GREEN", fallen=1))) is Level.WARN
    assert worst(measures(Sent(quality="RED", fallen=1))) is Level.BAD
    assert worst(()) is Level.UNKNOWN


@pytest.mark.parametrize(
    ("text", "loud"),
    [
        ("Buongiorno Anna, il suo ordine è pronto.", False),
        ("L'ordine è pronto!", False),
        ("Pronto!! Corri", True),
        ("OFFERTA SPECIALE oggi", True),
        ("Ciao 🎉🎉🎉🎉", True),
    ],
)
def test_what_shouts_is_loud(text: str, loud: bool) -> None:
    assert is_loud(text) is loud
