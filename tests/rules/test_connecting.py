"""What makes a token fit, how whole a profile is, and when silence is suspicious."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules import connecting, profile, silence
from sportello.rules.connecting import PERMISSIONS, Flaw, Kind, Step, TokenFacts
from sportello.rules.profile import Part
from sportello.rules.silence import Heard

_NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)
_FINE = TokenFacts(True, "7", scopes=frozenset(PERMISSIONS), accounts=frozenset({"1"}))
_WHOLE: dict[str, Any] = {
    "profile_picture_url": "https://x.example/p",
    "description": "Biciclette",
    "email": "ciao@x.example",
    "websites": ["https://x.example"],
    "address": "Via Roma 1",
    "vertical": "RETAIL",
    "about": "Aperti",
}


@pytest.mark.parametrize(
    ("token", "waba_id", "apps", "flaw"),
    [
        (_FINE, "1", ["7"], None),
        (_FINE, "", ["7"], None),
        (_FINE, "2", ["7"], Flaw.ACCOUNT),
        (_FINE, "1", ["8"], Flaw.APP),
        (TokenFacts(False), "1", ["7"], Flaw.INVALID),
        (TokenFacts(True, "7", scopes=frozenset(PERMISSIONS)), "2", ["7"], None),
        (TokenFacts(True, "7", scopes=frozenset(PERMISSIONS[:1])), "1", ["7"], Flaw.PERMISSION),
    ],
)
def test_the_first_flaw_of_a_token_is_told(
    token: TokenFacts, waba_id: str, apps: list[str], flaw: Flaw | None
) -> None:
    assert connecting.token_flaw(token, waba_id, apps) is flaw


def test_each_undertaking_has_its_steps_in_order() -> None:
    by_window, by_hand = (
        connecting.steps(Kind.CONNECT),
        connecting.steps(Kind.CONNECT, by_hand=True),
    )

    assert by_window == (Step.EXCHANGE, *by_hand)
    assert connecting.steps(Kind.DISCONNECT)[0] is Step.STOP
    assert Step.PHOTO not in connecting.steps(Kind.PROFILE)
    assert connecting.steps(Kind.PROFILE, photo=True)[0] is Step.PHOTO


@pytest.mark.parametrize(
    ("code", "subcode", "meant"),
    [
        (100, 36007, "code_expired"),
        (100, 33, "not_seen"),
        (190, 463, "token_invalid"),
        (133005, 0, "pin_wrong"),
        (2200, 0, "webhook_unreachable"),
        (100, 0, "meta"),
        (987654, 0, "meta"),
    ],
)
def test_errors_of_metas_have_a_meaning(code: int, subcode: int, meant: str) -> None:
    assert connecting.meaning(code, subcode) == meant


def test_a_whole_profile_is_a_hundred_and_an_empty_one_nothing() -> None:
    assert profile.completeness(_WHOLE) == profile.Completeness(100, ())
    empty = profile.completeness({})
    assert (empty.percent, set(empty.missing)) == (0, set(Part))


@given(st.sets(st.sampled_from(sorted(_WHOLE))))
def test_each_part_that_is_missing_costs_its_weight(gone: set[str]) -> None:
    known = {name: value for name, value in _WHOLE.items() if name not in gone}

    found = profile.completeness(known)

    assert found.percent == 100 - sum(profile.WEIGHTS[part] for part in found.missing)
    assert len(found.missing) == len(gone)


def test_only_what_differs_is_changed_and_about_is_never_emptied() -> None:
    wished = {"about": "", "email": "ciao@x.example", "websites": [], "vertical": ""}

    assert profile.changes(wished, _WHOLE) == {"websites": []}


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("https://x.example/a", True),
        ("http://x.example", True),
        ("ftp://x.example", False),
        ("https://local", False),
        ("https://x.example/a b", False),
        ("https://[", False),
        ("javascript:alert(1)", False),
        ("https://x.example/" + "a" * 250, False),
    ],
)
def test_a_site_is_an_address_of_the_web(text: str, fits: bool) -> None:
    assert profile.is_site(text) is fits


@pytest.mark.parametrize(
    ("heard", "since_s"),
    [
        (Heard(None), None),
        (Heard(_NOW - timedelta(days=3)), None),
        (Heard(_NOW - timedelta(hours=1), usual=5.9), None),
        (Heard(_NOW - timedelta(hours=1), usual=6.0), 3600),
        (Heard(_NOW - timedelta(minutes=9), usual=60.0), None),
        (Heard(None, _NOW - timedelta(minutes=4)), None),
        (Heard(_NOW - timedelta(hours=1), _NOW - timedelta(minutes=5)), 300),
    ],
)
def test_silence_is_suspicious_where_something_should_have_come(
    heard: Heard, since_s: int | None
) -> None:
    since = silence.silent_since(heard, _NOW)

    assert since == (None if since_s is None else _NOW - timedelta(seconds=since_s))
