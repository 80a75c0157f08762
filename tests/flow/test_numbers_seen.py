"""What Meta tells of a number, its limit and its profile, and that it comes here."""

from pathlib import Path
from typing import Any

import pytest

from sportello.store import connections
from sportello.workers import fold
from sportello.workers.fold import fold_batch
from sportello.workers.tend_numbers import (
    look_at,
    look_at_numbers,
    look_at_unpaid,
    look_at_unseen,
    payment_of,
)
from tests.flow.house import SETTINGS, House, Run, house
from tests.loop import in_loop
from tests.workers.desk import PHONE_ID, WABA_ID

FOLD: dict[str, Run] = {"fold": fold.run}
_RESTRICTED = {"restriction": {"days": 1, "messages": "all"}}
_LIFTED = {"restriction": None}


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
async def test_a_restriction_outlives_a_look_at_the_number(database: str, tmp_path: Path) -> None:
    """Meta's node says CONNECTED of a number whose account may not write first."""
    async with house(database, tmp_path, workers=FOLD) as meta:
        body = {"restriction": {"days": 1, "messages": "initiated"}}
        await meta.sim("PATCH", f"wabas/{WABA_ID}", body)
        await meta.advance(5)
        await meta.until(lambda: _number(meta)["status"] == "restricted")

        await look_at_numbers(meta.context)
        held = _number(meta)["status"]
        await meta.advance(86_400)
        await look_at_numbers(meta.context)

        assert (held, _number(meta)["status"]) == ("restricted", "connected")


@in_loop
async def test_a_restriction_that_nobody_told_is_seen(database: str, tmp_path: Path) -> None:
    async with house(database, tmp_path, workers={}) as meta:
        body = {"restriction": {"days": 1, "messages": "initiated"}}
        await meta.sim("PATCH", f"wabas/{WABA_ID}", body)

        await look_at_numbers(meta.context)

        assert _number(meta)["status"] == "restricted"


@in_loop
async def test_what_was_asked_before_a_webhook_does_not_undo_it(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers=FOLD) as meta:
        number = _number(meta)
        asked = meta.context.now()
        seen = await look_at(meta.context, number["id"], PHONE_ID, WABA_ID, SETTINGS.access_token)
        await meta.sim("PATCH", f"wabas/{WABA_ID}", _RESTRICTED)
        await meta.advance(0)
        await meta.until(lambda: _number(meta)["status"] == "restricted")

        async with meta.context.pool.connection() as connection:
            await seen.write(connection, asked)

        assert _number(meta)["status"] == "restricted"


@in_loop
async def test_a_number_disconnected_while_meta_was_asked_stays_so(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers={}) as meta:
        number, asked = _number(meta)["id"], meta.context.now()
        seen = await look_at(meta.context, number, PHONE_ID, WABA_ID, SETTINGS.access_token)
        async with meta.context.pool.connection() as connection:
            await connections.stop(connection, number)

            await seen.write(connection, asked)

        assert _number(meta)["status"] == "disconnected"


@in_loop
async def test_what_a_look_could_not_say_for_a_webhook_is_asked_again(
    database: str, tmp_path: Path
) -> None:
    """Restricted and freed again within one second, while the answer was on its way."""
    async with house(database, tmp_path, workers=FOLD) as meta:
        number = _number(meta)
        asked = meta.context.now()
        seen = await look_at(meta.context, number["id"], PHONE_ID, WABA_ID, SETTINGS.access_token)
        await meta.sim("PATCH", f"wabas/{WABA_ID}", _RESTRICTED)
        await meta.advance(0)
        await meta.until(lambda: _number(meta)["status"] == "restricted")
        await meta.sim("PATCH", f"wabas/{WABA_ID}", _LIFTED)
        async with meta.context.pool.connection() as connection:
            await seen.write(connection, asked)

        await look_at_unseen(meta.context)

        assert (_number(meta)["status"], _number(meta)["seen_at"]) == ("connected", asked)


@in_loop
async def test_a_look_in_the_second_of_a_webhook_but_after_it_counts(
    database: str, tmp_path: Path
) -> None:
    """Meta tells seconds: the end of a restriction, which it does not tell, may share one."""
    async with house(database, tmp_path, workers=FOLD) as meta:
        await meta.sim("PATCH", f"wabas/{WABA_ID}", _RESTRICTED)
        await meta.advance(0)
        await meta.until(lambda: _number(meta)["status"] == "restricted")
        await meta.sim("PATCH", f"wabas/{WABA_ID}", _LIFTED)

        await look_at_numbers(meta.context)

        assert _number(meta)["status"] == "connected"


@in_loop
async def test_a_webhook_that_comes_after_a_look_of_its_second_is_asked_about(
    database: str, tmp_path: Path
) -> None:
    async with house(database, tmp_path, workers={}) as meta:
        await meta.sim("PATCH", f"wabas/{WABA_ID}", _RESTRICTED)
        await meta.advance(0)
        await meta.sim("PATCH", f"wabas/{WABA_ID}", _LIFTED)
        await look_at_numbers(meta.context)
        before = _number(meta)["status"]
        while await fold_batch(meta.context):
            pass
        told = _number(meta)["status"]

        await look_at_unseen(meta.context)

        assert (before, told, _number(meta)["status"]) == ("connected", "restricted", "connected")


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
