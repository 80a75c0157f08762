"""What leaves for other systems: signed as the specification says, tried for three days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.outgoing import (
    ATTEMPTS_MAX,
    Next,
    Try,
    after,
    body,
    headers,
    secret_of,
)

_NOW = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def test_the_signature_is_that_of_a_known_example() -> None:
    """The example that the specification's libraries are tested with."""
    made = headers(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        1614265330,
        b'{"test": 2432232314}',
        ["whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"],
    )

    assert made == {
        "content-type": "application/json",
        "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "webhook-timestamp": "1614265330",
        "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }


def test_while_one_secret_replaces_another_both_sign() -> None:
    new, old = secret_of(b"n" * 32), secret_of(b"o" * 32)

    both = headers("evt_1", 1, b"{}", [new, old])["webhook-signature"].split(" ")

    assert both == [headers("evt_1", 1, b"{}", [one])["webhook-signature"] for one in (new, old)]


def test_what_is_no_secret_signs_nothing() -> None:
    with pytest.raises(ValueError, match="not a secret"):
        headers("evt_1", 1, b"{}", ["whsec_°"])


def test_a_body_is_the_same_bytes_each_time_and_keeps_its_letters() -> None:
    matter = {"message": {"text": "perché «no»?"}}

    assert body("message.received", _NOW, matter) == body("message.received", _NOW, matter)
    assert (
        body("message.received", _NOW, matter)
        == (
            '{"type":"message.received","timestamp":"2026-11-22T10:00:00Z",'
            '"data":{"message":{"text":"perché «no»?"}}}'
        ).encode()
    )


@given(st.integers(100, 599), st.floats(0, 1), st.floats(0, 1e9))
def test_tries_come_to_an_end_after_three_days_with_pauses_that_grow(
    status: int, chance: float, asked_s: float
) -> None:
    pauses = []
    for attempts in range(1, ATTEMPTS_MAX + 1):
        verdict = after(Try(status, arrived=False, attempts=attempts), chance)
        if status == 410:
            assert verdict.what is Next.SWITCH_OFF
            return
        pauses.append(verdict.pause_s)
        assert verdict.what is (Next.AGAIN if attempts < ATTEMPTS_MAX else Next.GIVE_UP)

    assert pauses[:-1] == sorted(pauses[:-1])
    assert 75 * 3600 < sum(pauses) < 1.2 * 76 * 3600
    patient = after(Try(429, arrived=False, attempts=1, retry_after_s=asked_s), chance)
    assert 5 <= patient.pause_s <= 3600


def test_a_success_ends_it_and_a_trial_is_not_repeated() -> None:
    assert after(Try(204, arrived=True, attempts=3), 0).what is Next.DONE
    assert after(Try(500, arrived=False, attempts=1, trial=True), 0).what is Next.GIVE_UP


def test_where_nothing_arrives_for_three_days_nobody_knocks_any_more() -> None:
    def silent(days: float) -> Next:
        return after(Try(0, arrived=False, attempts=2, failing_for=timedelta(days=days)), 0).what

    assert (silent(2.9), silent(3)) == (Next.AGAIN, Next.SWITCH_OFF)
