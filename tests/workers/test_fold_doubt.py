"""A wish to stop that is not certain: asked about with two buttons, held until settled."""

from datetime import datetime, timedelta

import pytest

from sportello.rules.consent import intent
from sportello.workers.consent_words import asking_words
from tests.loop import in_loop
from tests.workers.desk import (
    NOW,
    Desk,
    ago,
    fold,
    inbound,
    message,
    open_desk,
    text,
)
from tests.workers.test_fold_consent import _actions, _state, _waiting

_DOUBTFUL = "siete peggio dei call center"
_OURS = "SELECT * FROM sportello_message WHERE origin = 'automation' ORDER BY id"
_SOURCES = "SELECT action, source FROM sportello_consentevent ORDER BY at"


async def _subscriber(database: str) -> Desk:
    """Somebody who agreed an hour ago, and writes what may be a wish to stop."""
    desk = open_desk(database)
    await fold(desk, text("wamid.1", "iscrivimi", ago(hours=1)))
    return desk


def _tap(button: str, title: str, when: datetime = NOW) -> bytes:
    reply = {"type": "button_reply", "button_reply": {"id": button, "title": title}}
    return inbound(message("wamid.tap", type="interactive", interactive=reply, when=when))


def _lines(desk: Desk) -> list[tuple[str, str]]:
    return [(line["action"], line["source"]) for line in desk.rows(_SOURCES)]


@in_loop
async def test_who_may_want_no_more_is_asked_with_two_buttons(database: str) -> None:
    desk = await _subscriber(database)

    await fold(desk, text("wamid.2", _DOUBTFUL, ago(minutes=1)))

    asked = desk.rows(_OURS)[-1]
    send = desk.row("SELECT * FROM sportello_send WHERE message_id = %s", asked["id"])
    buttons = send["body"]["interactive"]["action"]["buttons"]
    assert asked["type"] == "interactive"
    assert [one["reply"]["title"] for one in buttons] == ["Sì, basta promozioni", "No"]


@in_loop
async def test_nothing_promotes_until_they_have_answered(database: str) -> None:
    desk = await _subscriber(database)
    promotion = _waiting(desk, "MARKETING")

    await fold(desk, text("wamid.2", _DOUBTFUL, ago(minutes=1)))

    assert _lines(desk)[-1] == ("withdraw", "doubt")
    assert _state(desk, promotion)[0] == "cancelled"


@in_loop
async def test_the_conversation_goes_on_as_normal(database: str) -> None:
    desk = await _subscriber(database)

    await fold(desk, text("wamid.2", _DOUBTFUL, ago(minutes=1)))

    said = desk.row("SELECT * FROM sportello_message WHERE wamid = 'wamid.2'")
    assert "consent" not in said["payload"]
    assert desk.conversation()["reply_due_at"] is not None


@in_loop
async def test_yes_stops_as_words_do(database: str) -> None:
    desk = await _subscriber(database)
    await fold(desk, text("wamid.2", _DOUBTFUL, ago(minutes=2)))

    await fold(desk, _tap("consent:stop", "Sì, basta promozioni", ago(minutes=1)))

    assert _lines(desk)[-1] == ("withdraw", "keyword")
    assert desk.rows(_OURS)[-1]["text"].startswith("Fatto: non riceverà più")


@in_loop
async def test_no_gives_back_what_was_held(database: str) -> None:
    desk = await _subscriber(database)
    await fold(desk, text("wamid.2", _DOUBTFUL, ago(minutes=2)))

    await fold(desk, _tap("consent:keep", "No", ago(minutes=1)))

    assert _lines(desk)[-1] == ("grant", "doubt")
    assert desk.rows(_OURS)[-1]["text"].startswith("Va bene: continuerà")


@in_loop
async def test_an_old_no_does_not_undo_a_stop_said_since(database: str) -> None:
    desk = await _subscriber(database)
    await fold(desk, text("wamid.2", _DOUBTFUL, ago(minutes=3)), text("wamid.3", "STOP"))

    await fold(desk, _tap("consent:keep", "No"))

    assert _lines(desk)[-1] == ("withdraw", "keyword")


@pytest.mark.parametrize(
    ("word", "line"), [("no", ("grant", "doubt")), ("Sì grazie", ("withdraw", "keyword"))]
)
@in_loop
async def test_a_bare_word_right_after_the_question_answers_it(
    database: str, word: str, line: tuple[str, str]
) -> None:
    desk = await _subscriber(database)
    await fold(desk, text("wamid.2", _DOUBTFUL, ago(minutes=2)))

    await fold(desk, text("wamid.3", word, ago(minutes=1)))

    assert _lines(desk)[-1] == line


@in_loop
async def test_a_bare_word_later_answers_something_else(database: str) -> None:
    desk = await _subscriber(database)
    await fold(desk, text("wamid.2", _DOUBTFUL, ago(minutes=3)))
    await fold(desk, text("wamid.3", "avete la taglia 42?", ago(minutes=2)))

    await fold(desk, text("wamid.4", "no", ago(minutes=1)))

    assert _lines(desk)[-1] == ("withdraw", "doubt")


@pytest.mark.parametrize("before", ["Ciao", "STOP"])
@in_loop
async def test_who_gets_no_promotions_is_not_asked(database: str, before: str) -> None:
    desk = open_desk(database)
    await fold(desk, text("wamid.1", before, ago(minutes=9)))
    lines, ours = _actions(desk), len(desk.rows(_OURS))

    await fold(desk, text("wamid.2", _DOUBTFUL, ago(minutes=1)))

    assert (_actions(desk), len(desk.rows(_OURS))) == (lines, ours)


@pytest.mark.parametrize(("days", "asked"), [(6, False), (8, True)])
@in_loop
async def test_who_has_said_no_is_left_alone_for_a_week(
    database: str, days: int, asked: bool
) -> None:
    desk = await _subscriber(database)
    await fold(desk, text("wamid.2", _DOUBTFUL, ago(minutes=2)))
    await fold(desk, _tap("consent:keep", "No", ago(minutes=1)))
    later = NOW + timedelta(days=days)

    await fold(desk, text("wamid.3", _DOUBTFUL, later), now=later)

    assert (_lines(desk)[-1] == ("withdraw", "doubt")) is asked


@pytest.mark.parametrize("language", ["it", "en", "de"])
def test_the_words_fit_into_meta_s_buttons(language: str) -> None:
    words = asking_words(language)
    assert 0 < len(words.stop) <= 20
    assert 0 < len(words.keep) <= 20
    assert intent(words.stop) is not None
