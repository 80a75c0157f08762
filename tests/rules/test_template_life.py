"""What may be done with a template as it stands, and how far its way back is."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules import template_life as life
from sportello.rules.template_life import Life, Objection, Obstacle, Profile, Step, Wording

NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
STATUSES = sorted(
    {"draft", "submitting", "failed", "PENDING", "APPROVED", "REJECTED", "PAUSED", "DISABLED"}
    | {"IN_APPEAL", "PENDING_DELETION", "DELETED", "LIMIT_EXCEEDED", "ARCHIVED", "FLAGGED", "new"}
)
statuses = st.sampled_from(STATUSES)
ages = st.timedeltas(timedelta(0), timedelta(days=60))
edits = st.lists(ages.map(lambda age: NOW - age), max_size=15)


def _approved(*ages: timedelta) -> Life:
    return Life("APPROVED", "UTILITY", edits=[NOW - age for age in ages])


@pytest.mark.parametrize(
    ("status", "obstacle"),
    [
        ("draft", Obstacle.NOT_SUBMITTED),
        ("failed", Obstacle.NOT_SUBMITTED),
        ("submitting", Obstacle.BUSY),
        ("PENDING", Obstacle.IN_REVIEW),
        ("IN_APPEAL", Obstacle.IN_REVIEW),
        ("DISABLED", Obstacle.DISABLED),
        ("ARCHIVED", Obstacle.ARCHIVED),
        ("PENDING_DELETION", Obstacle.BEING_DELETED),
        ("DELETED", Obstacle.BEING_DELETED),
        ("LIMIT_EXCEEDED", Obstacle.NOT_EDITABLE),
        ("something new", Obstacle.NOT_EDITABLE),
    ],
)
def test_only_what_was_decided_can_be_edited(status: str, obstacle: Obstacle) -> None:
    assert life.against_editing(Life(status), NOW) == Objection(obstacle)


@pytest.mark.parametrize("status", ["APPROVED", "REJECTED", "PAUSED"])
def test_what_was_decided_can_be_edited(status: str) -> None:
    assert life.against_editing(Life(status), NOW) is None


@pytest.mark.parametrize("status", ["REJECTED", "PAUSED"])
def test_rejected_and_paused_ones_are_edited_at_will(status: str) -> None:
    often = Life(status, "UTILITY", edits=[NOW] * 20)

    assert life.against_editing(often, NOW, category="MARKETING") is None


def test_the_category_of_an_approved_one_is_fixed() -> None:
    assert life.against_editing(_approved(), NOW, category="MARKETING") == Objection(
        Obstacle.CATEGORY_FIXED
    )
    assert life.against_editing(_approved(), NOW, category="UTILITY") is None


def test_an_approved_one_is_edited_once_in_24_hours() -> None:
    hour = timedelta(hours=1)

    early = life.against_editing(_approved(24 * hour - timedelta(microseconds=1)), NOW)

    assert early == Objection(Obstacle.EDITED_TODAY, NOW + timedelta(microseconds=1))
    assert life.against_editing(_approved(24 * hour), NOW) is None


def test_an_approved_one_is_edited_ten_times_in_30_days() -> None:
    days = [timedelta(days=day) for day in range(2, 12)]

    tenth = life.against_editing(_approved(*days), NOW)

    assert tenth == Objection(Obstacle.EDITED_OFTEN, NOW + timedelta(days=30 - 11))
    assert life.against_editing(_approved(*days[:-1]), NOW) is None
    assert life.against_editing(_approved(*days[:-1], timedelta(days=30)), NOW) is None


@given(edits)
def test_an_objection_to_the_pace_ends_exactly_when_it_says(ages: list[datetime]) -> None:
    row = Life("APPROVED", edits=ages)

    objection = life.against_editing(row, NOW)

    if objection is None:
        return
    assert objection.until is not None
    assert objection.until > NOW
    tick = timedelta(microseconds=1)
    assert life.against_editing(row, objection.until - tick) is not None
    assert life.against_editing(row, objection.until) is None


@given(edits)
def test_meta_never_sees_more_edits_than_it_allows(ages: list[datetime]) -> None:
    if life.against_editing(Life("APPROVED", edits=ages), NOW) is None:
        assert len([at for at in ages if at > NOW - timedelta(hours=24)]) == 0
        assert len([at for at in ages if at > NOW - timedelta(days=30)]) < 10


@given(statuses)
def test_nothing_is_done_while_a_wish_is_under_way(status: str) -> None:
    busy = Objection(Obstacle.BUSY)
    row = Life(status, has_wish=True)

    assert life.against_editing(row, NOW) == busy
    assert life.against_submitting(row) == busy
    assert life.against_deleting(row) == busy


@given(statuses)
def test_what_is_submitted_is_not_at_meta_and_what_is_edited_is(status: str) -> None:
    row = Life(status)

    if life.against_submitting(row) is None:
        assert status in {"draft", "failed"}
        assert life.against_editing(row, NOW) is not None


@pytest.mark.parametrize(
    ("status", "obstacle"),
    [
        ("submitting", Obstacle.BUSY),
        ("DISABLED", Obstacle.DISABLED),
        ("PENDING_DELETION", Obstacle.BEING_DELETED),
        ("DELETED", Obstacle.BEING_DELETED),
    ],
)
def test_some_cannot_be_deleted(status: str, obstacle: Obstacle) -> None:
    assert life.against_deleting(Life(status)) == Objection(obstacle)


@pytest.mark.parametrize("status", ["draft", "failed", "PENDING", "APPROVED", "REJECTED", "PAUSED"])
def test_the_others_can_be_deleted(status: str) -> None:
    assert life.against_deleting(Life(status)) is None


@pytest.mark.parametrize("status", ["PENDING", "APPROVED", "REJECTED", "PAUSED", "DISABLED"])
def test_what_is_at_meta_is_not_submitted_again(status: str) -> None:
    assert life.against_submitting(Life(status)) == Objection(Obstacle.ALREADY_SUBMITTED)


def test_only_a_name_that_was_approved_is_lost_for_30_days() -> None:
    assert life.name_free_at(NOW, was_approved=True) == NOW + timedelta(days=30)
    assert life.name_free_at(NOW, was_approved=False) is None
    assert life.name_free_at(None, was_approved=True) is None


@pytest.mark.parametrize(
    ("status", "was_approved", "locks"),
    [
        ("draft", False, False),
        ("failed", True, False),
        ("PENDING", False, False),
        ("PENDING", True, True),
        ("REJECTED", False, False),
        ("REJECTED", True, True),
        ("APPROVED", False, True),
        ("PAUSED", False, True),
        ("ARCHIVED", False, True),
    ],
)
def test_the_warning_before_a_deletion(status: str, was_approved: bool, locks: bool) -> None:
    assert life.locks_its_name(status, was_approved=was_approved) is locks


REJECTED = Wording("promo_natale", "Il suo ordine è pronto, lo ritiri quando vuole.", "Bottega")
OTHER = Wording("avviso_ritiro", "Domani il corriere porta il pacco a casa sua entro sera.", "")
WHOLE = {"profile_picture_url": "u", "description": "d", "email": "e", "websites": ["w"]}


@pytest.mark.parametrize("name", ["promo_natale", "Promo_Natale", "PROMO NATALE", "promo-natale"])
def test_capitals_and_signs_do_not_make_a_name_new(name: str) -> None:
    way = life.way_back(REJECTED, Wording(name, OTHER.body), WHOLE)

    assert way.same_name
    assert way.open_steps == (Step.NEW_NAME, Step.WAIT)
    assert not way.may_submit


def test_the_same_words_do_not_make_a_text_new() -> None:
    way = life.way_back(REJECTED, Wording("altro", REJECTED.body, REJECTED.footer), WHOLE)

    assert (way.alike, way.too_alike, way.may_submit) == (1, True, False)
    assert way.open_steps == (Step.NEW_CONTENT, Step.WAIT)


def test_another_name_and_another_text_are_the_way_back() -> None:
    way = life.way_back(REJECTED, OTHER, WHOLE)

    assert way.may_submit
    assert way.alike < life.ALIKE
    assert way.open_steps == (Step.WAIT,)


def test_an_empty_profile_delays_and_forbids_nothing() -> None:
    way = life.way_back(REJECTED, OTHER)

    assert way.missing == tuple(Profile)
    assert way.open_steps == (Step.COMPLETE_PROFILE, Step.WAIT)
    assert way.may_submit


@pytest.mark.parametrize(
    ("key", "part"),
    [
        ("profile_picture_url", Profile.PHOTO),
        ("description", Profile.DESCRIPTION),
        ("email", Profile.EMAIL),
        ("websites", Profile.WEBSITE),
    ],
)
def test_each_part_of_the_profile_is_looked_for(key: str, part: Profile) -> None:
    assert life.missing_of(WHOLE) == ()
    assert life.missing_of({**WHOLE, key: ""}) == (part,)
    assert life.missing_of({**WHOLE, key: []}) == (part,)


texts = st.text(max_size=80)


@given(texts, texts, texts, texts)
def test_the_measure_is_between_0_and_1_and_symmetrical(
    name: str, body: str, other: str, footer: str
) -> None:
    one, two = Wording(name, body, footer), Wording(name, other, footer)

    forth, back = life.way_back(one, two), life.way_back(two, one)

    assert 0 <= forth.alike <= 1
    assert forth.alike == back.alike
    assert forth.same_name
    assert forth.too_alike is (forth.alike >= life.ALIKE)
