"""What a company's own app signed tells of that company's numbers alone."""

import pytest

from tests.loop import in_loop
from tests.workers.desk import Desk, fold, message, open_desk, value_of, webhook


@pytest.mark.parametrize("own", [True, False])
@in_loop
async def test_a_company_s_app_speaks_for_its_numbers_alone(database: str, own: bool) -> None:
    desk = open_desk(database)
    other = desk.row(
        "INSERT INTO sportello_workspace (name, slug) VALUES ('Altra', 'altra') RETURNING id"
    )["id"]
    _journal(desk, desk.workspace_id if own else other)

    await fold(desk)

    assert len(desk.messages()) == (1 if own else 0)
    aside = desk.rows("SELECT workspace_id, reason FROM sportello_quarantined")
    assert aside == (
        [] if own else [{"workspace_id": other, "reason": "signed by another company's app"}]
    )


def _journal(desk: Desk, signed_for: int) -> None:
    desk.rows(
        "INSERT INTO sportello_journalentry (body, signed_for) VALUES (%s, %s)",
        webhook(value_of(messages=[message("wamid.1")])),
        signed_for,
    )
