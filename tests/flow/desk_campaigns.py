"""A campaign in a running house: a list of people with phones, started as its pages start it."""

import asyncio
from collections import Counter
from collections.abc import Callable
from typing import Any

from sportello.console.campaigns import deeds, queries  # Django must be set up first
from sportello.rules.audience import Listed  # as above
from tests.flow import desk_templates as desk  # as above
from tests.flow.desk_templates import on_pages  # as above
from tests.flow.house import House  # as above

TEXT = "Ciao {{1}}, da noi è arrivata la nuova stagione: passa a trovarci quando vuoi."


async def crowd(meta: House, count: int, **habits: Any) -> list[str]:
    """People with phones, on the company's list, who agreed to hear from it."""
    calm = dict.fromkeys(("unreachable", "answers", "stops", "opts_out", "blocks", "reports"), 0.0)
    wanted = {"count": count, "countries": {"39": 1.0}, "habits": calm | habits}
    crowd = await meta.sim("POST", "crowds", wanted)
    page = await meta.sim("GET", f"crowds/{crowd['id']}?start=0&limit={count}")
    numbers: list[str] = [person["wa_id"] for person in page["people"]]
    await meta.desk.change(
        "WITH given AS (SELECT %s::bigint AS w, %s::text[] AS people, %s::timestamptz AS now),"
        " list AS (INSERT INTO sportello_contactlist (workspace_id, name)"
        " SELECT w, 'Clienti' FROM given RETURNING id),"
        " made AS (INSERT INTO sportello_contact (workspace_id, wa_id, name)"
        " SELECT w, p.wa_id, 'Persona ' || p.place"
        " FROM given, unnest(given.people) WITH ORDINALITY AS p (wa_id, place) RETURNING id),"
        " agreed AS (INSERT INTO sportello_consentevent (workspace_id, contact_id, action, source,"
        " at) SELECT w, made.id, 'grant', 'import', now FROM made, given)"
        " INSERT INTO sportello_listmember (workspace_id, list_id, contact_id)"
        " SELECT w, list.id, made.id FROM made, list, given",
        meta.desk.workspace_id,
        numbers,
        meta.now(),
    )
    return numbers


async def started(meta: House, **wishes: Any) -> int:
    given = desk.body("novita_stagione", TEXT, category="MARKETING")
    await desk.approved(meta, given)
    list_id = meta.desk.row("SELECT id FROM sportello_contactlist")["id"]
    wanted = deeds.Wanted(
        name="Autunno",
        audience=Listed(list_id),
        template="novita_stagione",
        language="it",
        variables={"1": "name"},
        **({"canary": None} | wishes),
    )

    def deed() -> int:
        row = deeds.create(meta.desk.workspace_id, wanted, None, meta.now())
        return deeds.start(row.pk, meta.now()).pk

    return await on_pages(meta, deed)


async def totals(meta: House, campaign_id: int) -> dict[str, int]:
    told = await on_pages(meta, lambda: queries.totals(queries.campaign(campaign_id), meta.now()))
    return {name: count for name, count in told.items() if count}


def state(meta: House) -> str:
    found: str = meta.desk.row("SELECT state FROM sportello_campaign")["state"]
    return found


async def goes_on(meta: House, truth: Callable[[], bool], *, steps: int = 60) -> None:
    """While time passes, until something is so: statuses come, and people read and answer."""
    for _ in range(steps):
        if await asyncio.to_thread(truth):
            return
        await meta.advance(10)
        await asyncio.sleep(0.2)
    states = meta.desk.rows("SELECT state, hold_code, count(*) FROM sportello_send GROUP BY 1, 2")
    raise AssertionError(f"it never came about: {state(meta)} {states}")


async def received(meta: House, people: list[str]) -> Counter[str]:
    """How many messages each phone shows, once all have arrived."""
    await meta.advance(60)
    shown: Counter[str] = Counter()
    for wa_id in people:
        shown[wa_id] = len(await meta.phone(wa_id))
    return shown


def sent(meta: House) -> int:
    found: int = meta.desk.row(
        "SELECT count(*) FROM sportello_send WHERE origin = 'campaign' AND state = 'accepted'"
    )["count"]
    return found


async def after_claims(meta: House) -> None:
    """Waits for claims that began earlier: what a later one sees is known from here on."""
    await meta.desk.change("DO $$ BEGIN LOCK TABLE sportello_send IN EXCLUSIVE MODE; END $$")


def on_the_wire(meta: House) -> int:
    found: int = meta.desk.row("SELECT count(*) FROM sportello_send WHERE state = 'sending'")[
        "count"
    ]
    return found


def withdrawn(meta: House, wa_id: str) -> bool:
    return bool(
        meta.desk.rows(
            "SELECT e.id FROM sportello_consentevent AS e JOIN sportello_contact AS c"
            " ON c.id = e.contact_id WHERE c.wa_id = %s AND e.action = 'withdraw'",
            wa_id,
        )
    )
