"""What becomes of a send in doubt."""

from datetime import UTC, datetime, timedelta

import pytest

from sportello.rules.doubt import Doubt, Settlement, settle

AT = datetime(2026, 11, 21, 10, 0, tzinfo=UTC)
ALIVE = AT + timedelta(seconds=6)


@pytest.mark.parametrize(
    ("seconds", "heard_at", "is_reply", "resends", "settlement"),
    [
        (119, ALIVE, True, 0, Settlement.WAIT),
        (120, ALIVE, True, 0, Settlement.RESEND),
        (120, ALIVE, True, 1, Settlement.UNKNOWN),
        (120, ALIVE, False, 0, Settlement.UNKNOWN),
        (120, AT + timedelta(seconds=5), True, 0, Settlement.WAIT),
        (9000, None, True, 0, Settlement.WAIT),
        (9000, None, False, 0, Settlement.WAIT),
        (7 * 86400 - 1, None, False, 0, Settlement.WAIT),
        (7 * 86400, None, True, 0, Settlement.UNKNOWN),
        (7 * 86400, ALIVE, True, 0, Settlement.UNKNOWN),
    ],
)
def test_settles_by_time_proof_and_kind(seconds, heard_at, is_reply, resends, settlement):
    doubt = Doubt(AT, heard_at, is_reply=is_reply, resends=resends)
    assert settle(doubt, AT + timedelta(seconds=seconds)) is settlement


def test_what_was_overtaken_is_not_repeated_by_itself():
    doubt = Doubt(AT, ALIVE, is_reply=True, resends=0, overtaken=True)
    assert settle(doubt, AT + timedelta(seconds=119)) is Settlement.WAIT
    assert settle(doubt, AT + timedelta(seconds=120)) is Settlement.UNKNOWN
