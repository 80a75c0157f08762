"""Where one thing ends and the next begins: the edges of the rules, each named."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sportello.rules import brake, calendar, campaign, files, ownership, phone, provenance, retry
from sportello.rules import template_life as life
from sportello.rules.campaign import Campaign, Pause, State
from sportello.rules.consent import spoken
from sportello.rules.hours import quiet_until
from sportello.rules.ids import OperatorId, UserId, WorkspaceId
from sportello.rules.ownership import CustomerWrote, Holder, Ownership, Reason, Release
from sportello.rules.template_change import content_of
from sportello.rules.template_mend import mended
from sportello.rules.template_samples import file_id, replaced
from sportello.rules.template_values import Arrange, Remove, Write
from sportello.rules.ticket import Ticket, issue, read

NOW = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
ROME = ZoneInfo("Europe/Rome")


def test_a_chat_that_the_assistant_may_not_have_waits_with_the_reason():
    expected = Ownership(Holder.QUEUE, reason=Reason.ASSISTANT_OFF, control_epoch=1)
    wrote = CustomerWrote(assistant_on=False)

    assert ownership.advance(Ownership(Holder.CLOSED), wrote) == expected
    held = Ownership(Holder.OPERATOR, operator=OperatorId(1))
    assert ownership.advance(held, Release(assistant_on=False)) == expected


def test_the_brake_looks_as_soon_as_the_sample_is_whole():
    thresholds = brake.Thresholds()
    few = brake.Counts(sent=thresholds.sample_min - 1, failed=thresholds.sample_min - 1)
    enough = brake.Counts(sent=thresholds.sample_min, failed=thresholds.sample_min)

    assert brake.judge(few, thresholds) is None
    assert brake.judge(enough, thresholds).alarm is brake.Alarm.FAILURES


def test_a_canary_of_nobody_waits_for_its_patience():
    ramp, nobody = brake.Ramp(first=0), brake.Counts()

    assert brake.released(ramp, nobody, 0, timedelta(0)) == (0, 0)
    assert brake.released(ramp, nobody, 0, ramp.patience) == (0, 1)


def test_a_ramp_that_has_reached_everybody_stays_where_it_is():
    everybody, _ = brake.released(None, brake.Counts(), 0, timedelta(0))
    ramp, done = brake.Ramp(first=everybody), brake.Counts(sent=everybody, settled=everybody)

    assert brake.released(ramp, done, 0, timedelta(0)) == (everybody, 0)


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (100, 33, retry.Kind.NUMBER),
        (100, 0, retry.kind_of(100)),
        (131056, 33, retry.Kind.THROTTLED),
    ],
)
def test_an_unknown_number_is_told_by_its_subcode(code, subcode, kind):
    assert retry.kind_of(code, subcode) is kind
    assert retry.kind_of(100) is not retry.Kind.NUMBER
    after = retry.after(100, 1, NOW, jitter=0, subcode=33)
    assert after == retry.RetryAt(NOW + retry.PROBE_EVERY)
    assert retry.after(100, 1, NOW, jitter=0) == retry.GiveUp(retry.kind_of(100))


def test_a_pair_s_limit_waits_longer_than_any_other():
    assert retry.after(131056, 2, NOW, jitter=0.5) == retry.RetryAt(NOW + timedelta(seconds=16))
    assert retry.not_sent(2, NOW, jitter=0) == retry.RetryAt(NOW + timedelta(seconds=2))


@pytest.mark.parametrize("mime_type", ["image/jpeg", "audio/aac", "video/mp4", "image/webp"])
def test_a_file_may_be_as_large_as_meta_takes(mime_type):
    most = files.BYTES_MAX[files.kind_of(mime_type)]

    assert files.flaw_of(mime_type, most) is None
    assert files.flaw_of(mime_type, most + 1) is files.Flaw.TOO_LARGE
    assert files.flaw_of(mime_type, 1) is None
    assert files.flaw_of(mime_type, 0) is files.Flaw.EMPTY


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("'=+39 333 123 4567\"", "393331234567"),
        (" 333 123 4567" + " " * 40, "393331234567"),
        ("+39 333 123 4567".ljust(39, "0"), phone.Flaw.WRONG),
        ("3" + " " * 30 + "331234567", "393331234567"),
        ("3" + " " * 31 + "331234567", phone.Flaw.WRONG),
    ],
)
def test_a_number_is_read_with_what_spreadsheets_put_around_it(text, found):
    assert phone.wa_id(text, "IT") == found


def test_a_declaration_of_just_enough_letters_says_something():
    assert provenance.flaw("è" * provenance.LENGTH_MIN) is None
    assert provenance.flaw("è" * (provenance.LENGTH_MIN - 1)) is provenance.Flaw.MISSING


NINE, SIX = time(9), time(18)


@pytest.mark.parametrize(
    ("hour", "begins", "ends", "until"),
    [
        (9, NINE, SIX, 18),
        (8, NINE, SIX, None),
        (18, NINE, SIX, None),
        (18, SIX, NINE, 24 + 9),
        (9, SIX, NINE, None),
        (8, SIX, NINE, 9),
    ],
)
def test_quiet_hours_begin_with_their_first_minute_and_end_with_their_last(
    hour, begins, ends, until
):
    day = datetime(2026, 11, 21, tzinfo=UTC)
    found = quiet_until(begins, ends, UTC, day + hour * HOUR)
    assert found == (None if until is None else day + until * HOUR)


def test_the_end_of_quiet_hours_is_told_in_utc():
    found = quiet_until(NINE, SIX, ROME, NOW)
    assert found == datetime(2026, 11, 21, 17, tzinfo=UTC)
    assert found.tzinfo is UTC


def test_an_hour_that_comes_twice_ends_quiet_hours_when_it_is_still_to_come():
    """25 October 2026 in Rome: 02:30 at 00:30 and at 01:30 UTC."""
    first = datetime(2026, 10, 25, 0, 0, tzinfo=UTC)
    between = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    ends = time(2, 30)

    assert quiet_until(time(22), ends, ROME, first) == between
    assert quiet_until(time(2, 15), ends, ROME, datetime(2026, 10, 25, 1, 20, tzinfo=UTC)) == (
        datetime(2026, 10, 25, 1, 30, tzinfo=UTC)
    )


def test_a_span_ends_after_it_starts():
    for end in (NINE, time(8)):
        with pytest.raises(
            ValueError, match=r"^a span ends after it starts; split one that goes past midnight$"
        ):
            calendar.Span(NINE, end)
    assert calendar.Span(NINE, time.min)


def test_a_span_is_open_from_its_first_instant_up_to_its_last():
    hours = calendar.Calendar({day: (calendar.Span(NINE, SIX),) for day in range(7)})
    opens = datetime(2026, 11, 21, 8, tzinfo=UTC)
    tick = timedelta(microseconds=1)

    assert [
        calendar.is_open(hours, at, ROME)
        for at in (opens - tick, opens, opens + 9 * HOUR - tick, opens + 9 * HOUR)
    ] == [False, True, True, False]


def test_a_holiday_is_shut():
    hours = calendar.Calendar(calendar.ALWAYS.days, holidays=frozenset({date(2026, 11, 21)}))
    assert not calendar.is_open(hours, NOW, ROME)
    assert calendar.is_open(hours, NOW + 24 * HOUR, ROME)


RUNNING = Campaign(State.RUNNING, planned=True)
PAUSED = Campaign(State.PAUSED, planned=True, paused=Pause.PERSON)
SOON = Campaign(State.SCHEDULED, planned=True, starts_at=NOW + HOUR)


@pytest.mark.parametrize(
    ("current", "event", "expected"),
    [
        (RUNNING, campaign.Tick(), RUNNING),
        (RUNNING, campaign.Resumed(), RUNNING),
        (Campaign(), campaign.Tick(), Campaign()),
        (Campaign(), campaign.Resumed(), Campaign()),
        (PAUSED, campaign.Tick(), PAUSED),
        (SOON, campaign.Resumed(), SOON),
        (RUNNING, campaign.Paused(Pause.BRAKE), Campaign(State.PAUSED, True, None, Pause.BRAKE)),
        (PAUSED, campaign.Paused(Pause.BRAKE), PAUSED),
        (PAUSED, campaign.Resumed(), RUNNING),
        (PAUSED, campaign.Cancelled(), Campaign(State.CANCELLED, planned=True)),
        (RUNNING, campaign.Exhausted(), Campaign(State.COMPLETED, planned=True)),
    ],
)
def test_a_campaign_moves_with_all_that_it_carries(current, event, expected):
    assert campaign.advance(current, event, NOW) == expected


@pytest.mark.parametrize("current", [RUNNING, SOON])
def test_a_campaign_that_does_not_move_is_the_very_same(current):
    assert campaign.advance(current, campaign.Tick(), NOW) is current


def test_a_scheduled_campaign_that_is_not_whole_is_still_planned():
    whole = Campaign(State.PAUSED, planned=False, paused=Pause.PERSON)
    assert campaign.advance(whole, campaign.Resumed(), NOW) == Campaign(State.PLANNING)


@pytest.mark.parametrize(("text", "language"), [("basta no", "it"), ("il the", ""), ("stop", "")])
def test_a_language_is_told_by_more_words_of_its_own(text, language):
    assert spoken(text) == language


KEY, USER, HOME = b"k" * 32, UserId(7), WorkspaceId(3)


def test_a_ticket_reads_as_it_was_issued_until_it_expires():
    ticket = issue(KEY, USER, HOME, NOW)

    assert read(KEY, ticket, NOW - timedelta(seconds=1)) == Ticket(USER, HOME, NOW)
    assert read(KEY, ticket, NOW) is None
    assert read(b"other", ticket, NOW - HOUR) is None
    assert issue(KEY, USER, HOME, NOW) != issue(b"other", USER, HOME, NOW)
    assert "=" not in ticket


def test_a_ticket_without_a_key_is_nobody_s():
    with pytest.raises(ValueError, match=r"^a ticket needs a key$"):
        issue(b"", USER, HOME, NOW)
    with pytest.raises(ValueError, match=r"^a ticket needs a key$"):
        read(b"", "YQ.YQ", NOW)


@pytest.mark.parametrize(
    ("path", "edit", "expected"),
    [
        (("a", 0), Write, {"a": ["new", 2]}),
        (("a", 1), Remove, {"a": [1]}),
        (("a", 2), Write, {"a": [1, 2]}),
        (("a", -1), Write, {"a": [1, 2]}),
        (("a", "0"), Write, {"a": [1, 2]}),
        ((0,), Write, {"a": [1, 2]}),
        (("b",), Write, {"a": [1, 2], "b": "new"}),
        (("b",), Remove, {"a": [1, 2]}),
        (("b", "c"), Write, {"a": [1, 2]}),
        (("a",), Remove, {}),
        ((), Write, {"a": [1, 2]}),
    ],
)
def test_an_edit_changes_the_one_place_that_it_names(path, edit, expected):
    made = edit(path, "new") if edit is Write else edit(path)
    assert mended({"a": [1, 2]}, (made,)) == expected


@pytest.mark.parametrize(
    ("order", "expected"), [((1, 0), [2, 1]), ((0, 2, 1), [1, 2]), ((-1, 0), [1]), ((), [])]
)
def test_an_arrangement_keeps_what_is_there(order, expected):
    assert mended({"a": [1, 2]}, (Arrange(("a",), order),)) == {"a": expected}
    assert mended({"a": 1}, (Arrange(("a",), order),)) == {"a": 1}
    assert mended([[1, 2]], (Arrange((0,), order),)) == [expected]
    assert mended({}, (Arrange(("a",), order),)) == {}


@pytest.mark.parametrize(
    ("handle", "found"),
    [
        ("file:12", 12),
        ("file:" + "9" * 18, 10**18 - 1),
        ("file:" + "9" * 19, None),
        ("file:", None),
        ("file:-1", None),
        ("file:²", None),
        ("12", None),
        ("4::aW", None),
    ],
)
def test_a_file_of_ours_is_told_by_its_mark(handle, found):
    assert file_id(handle) == found


def test_only_the_named_samples_are_put_in_place_those_of_cards_included():
    def header(handle):
        return {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": [handle]}}

    given = [
        header("file:1"),
        header("4::kept"),
        {"type": "CAROUSEL", "cards": [{"components": [header("file:2")]}, "no card"]},
        "no component",
    ]

    assert replaced(given, {"file:1": "4::one", "file:2": "4::two"}) == [
        header("4::one"),
        header("4::kept"),
        {"type": "CAROUSEL", "cards": [{"components": [header("4::two")]}, "no card"]},
        "no component",
    ]


def test_the_content_of_a_template_is_all_that_a_reader_sees():
    components = [
        {"type": "HEADER", "format": "TEXT", "text": " Titolo "},
        {"type": "BODY", "text": " Testo "},
        {"type": "FOOTER", "text": " Piede "},
        {
            "type": "BUTTONS",
            "buttons": [{"type": "URL", "text": " Vedi ", "url": " https://e.it "}],
        },
        {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": " Solo oggi "}},
        {"type": "CAROUSEL", "cards": [{"components": [{"type": "BODY", "text": "Carta"}]}]},
    ]

    assert content_of(components) == (
        *("header", "TEXT", "Titolo"),
        *("body", "Testo", "footer", "Piede"),
        *("URL", "Vedi", "https://e.it"),
        *("card", "body", "Carta", "footer", ""),
        *("offer", "Solo oggi"),
    )
    assert content_of([]) == ("body", "", "footer", "")


@pytest.mark.parametrize(
    ("status", "obstacle"),
    [
        ("draft", None),
        ("failed", None),
        ("submitting", life.Obstacle.BUSY),
        ("APPROVED", life.Obstacle.ALREADY_SUBMITTED),
    ],
)
def test_what_is_ours_may_be_submitted_and_what_meta_has_may_not_again(status, obstacle):
    found = life.against_submitting(life.Life(status=status))
    assert (None if found is None else found.obstacle) is obstacle


@pytest.mark.parametrize(
    ("oldest", "obstacle", "until"),
    [
        (timedelta(days=25), life.Obstacle.EDITED_OFTEN, timedelta(days=5)),
        (timedelta(days=30) - HOUR, life.Obstacle.EDITED_TODAY, 23 * HOUR),
        (timedelta(days=30), life.Obstacle.EDITED_TODAY, 23 * HOUR),
    ],
)
def test_of_two_limits_of_editing_the_one_that_ends_later_counts(oldest, obstacle, until):
    edits = [NOW - oldest, *[NOW - timedelta(days=2)] * 8, NOW - HOUR]
    found = life.against_editing(life.Life("APPROVED", edits=edits), NOW)
    assert found == life.Objection(obstacle, NOW + until)
