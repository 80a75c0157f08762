"""The standing that the database folds is the one that the rules fold, for workers and console."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

from sportello.console.contacts import standing as console
from sportello.rules.consent import Change, Entry, Standing, Topic, standing
from sportello.schema.people import ConsentEvent
from sportello.store import consents, pool
from tests.console.conftest import NOW, Company, make_contact

_LATER = NOW + timedelta(hours=1)
_LEDGERS = {
    "none": [],
    "given": [Entry(Topic.MARKETING, Change.GRANT, NOW)],
    "taken back": [
        Entry(Topic.MARKETING, Change.WITHDRAW, _LATER),
        Entry(Topic.MARKETING, Change.GRANT, NOW),
    ],
    "both at once": [
        Entry(Topic.MARKETING, Change.WITHDRAW, NOW),
        Entry(Topic.MARKETING, Change.GRANT, NOW),
    ],
    "given again": [
        Entry(Topic.MARKETING, Change.GRANT, _LATER),
        Entry(Topic.MARKETING, Change.WITHDRAW, NOW),
    ],
    "something else": [Entry(Topic.UTILITY, Change.GRANT, NOW)],
}


def test_the_database_folds_ledgers_as_the_rules_do(acme: Company, worker_url: str) -> None:
    ledgers = {_contact(acme, n, ledger): ledger for n, ledger in enumerate(_LEDGERS.values())}
    expected = {one: standing(ledger, Topic.MARKETING) for one, ledger in ledgers.items()}
    assert set(expected.values()) == set(Standing)

    assert asyncio.run(_by_worker(worker_url, list(ledgers))) == expected
    with acme.inside():
        assert console.standings(ledgers, Topic.MARKETING) == expected


def test_nobody_asked_for_is_nobody_told(acme: Company, worker_url: str) -> None:
    assert asyncio.run(_by_worker(worker_url, [])) == {}
    with acme.inside():
        assert console.standings([], Topic.MARKETING) == {}


def test_a_strangers_ledger_is_not_read(acme: Company, rival: Company) -> None:
    contact_id = _contact(acme, 1, _LEDGERS["given"])

    with rival.inside():
        assert console.standing(contact_id) is Standing.NONE
    with acme.inside():
        assert console.standing(contact_id) is Standing.GRANTED


async def _by_worker(url: str, contact_ids: Sequence[int]) -> dict[int, Standing]:
    async with pool.open_pool(url, 1) as connections, connections.connection() as connection:
        return await consents.standings(connection, contact_ids, Topic.MARKETING)


def _contact(company: Company, n: int, ledger: Sequence[Entry]) -> int:
    contact = make_contact(company.workspace, wa_id=f"39333000000{n}")
    for entry in ledger:
        ConsentEvent.objects.using("owner").create(
            workspace=company.workspace,
            contact=contact,
            category=entry.topic.value,
            action=entry.change.value,
            source="form",
            at=entry.at,
        )
    return contact.pk
