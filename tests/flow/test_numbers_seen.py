"""What Meta tells of a number, its limit and its profile, and that it comes here."""

from pathlib import Path
from typing import Any

import pytest

from sportello.workers import fold
from sportello.workers.tend_numbers import look_at_numbers, look_at_unpaid, payment_of
from tests.flow.house import House, Run, house
from tests.loop import in_loop
from tests.workers.desk import PHONE_ID, WABA_ID

FOLD: dict[str, Run] = {"fold": fold.run}


def _number(meta: House) -> dict[str, Any]:
    return meta.desk.row("SELECT * FROM sportello_number")


@in_loop
async def test_limit_portfolio_currency_and_profile_are_read(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        meta.emulator.world.numbers[PHONE_ID].profile["email"] = "ciao@bottega.example"
        await meta.sim("PATCH", f"wabas/{WABA_ID}", {"messaging_limit": "TIER_2K"})

        await look_at_numbers(meta.context)

        seen = _number(meta)
        waba = meta.emulator.world.wabas[WABA_ID]
        assert (seen["messaging_limit"], seen["account_currency"]) == (2000, waba.currency)
        assert seen["portfolio_id"] == waba.portfolio_id
        assert seen["profile"]["email"] == "ciao@bottega.example"


@in_loop
async def test_a_missing_payment_is_seen_and_looked_at_again_soon(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        await meta.sim("PATCH", f"wabas/{WABA_ID}", {"payment": "missing"})
        await look_at_unpaid(meta.context)
        overlooked = _number(meta)["payment"]
        await look_at_numbers(meta.context)
        missing = _number(meta)["payment"]
        await meta.sim("PATCH", f"wabas/{WABA_ID}", {"payment": "ok"})
        await look_at_unpaid(meta.context)

        assert (overlooked, missing, _number(meta)["payment"]) == ("", "missing", "")


@pytest.mark.parametrize(
    ("health", "payment"),
    [
        (None, None),
        ({}, None),
        ({"entities": "x"}, None),
        ({"entities": [{}, 7, {"errors": [7, {}]}, {"errors": {}}]}, ""),
        ({"entities": [{"errors": [{"error_code": 141002}]}]}, ""),
        ({"entities": [{}, {"errors": [{"error_code": 141006}]}]}, "missing"),
    ],
)
def test_what_metas_health_says_of_the_payment(health: Any, payment: str | None) -> None:
    assert payment_of(health) == payment


@pytest.mark.parametrize(("tier", "limit"), [("TIER_10K", 10_000), ("TIER_UNLIMITED", 0)])
@in_loop
async def test_a_new_limit_is_told_by_webhook(
    database: str, tmp_path: Path, tier: str, limit: int
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        await meta.sim("PATCH", f"wabas/{WABA_ID}", {"messaging_limit": tier})

        await meta.until(lambda: _number(meta)["messaging_limit"] == limit)


@in_loop
async def test_a_number_that_may_not_be_seen_keeps_what_was_known(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        await look_at_numbers(meta.context)
        before = _number(meta)
        await meta.sim("PATCH", "apps/default", {"token": "revoked"})

        await look_at_numbers(meta.context)

        # Of the token itself it is told that it is not valid any more.
        untold = {"told": None}
        assert _number(meta) | untold == before | untold
