"""The company's calendar: kept on one page, read by all."""

import pytest
from django.test import Client

from sportello.schema.models import Campaign, Membership, Workspace
from tests.pages.shop import Shop

# It is Sunday, a quarter to eleven in Rome.
_HOURS = {
    "time_zone": "Europe/Rome",
    "said": "on",
    "shut_on_holidays": "on",
    "holidays": "24/12/2026",
    "day_0": "on",
    "from_0": "09:30",
    "to_0": "13:00",
    "again_from_0": "15:30",
    "again_to_0": "19:30",
    "late_from_0": "21:00",
    "late_to_0": "00:00",
    "day_6": "on",
    "from_6": "10:00",
    "to_6": "12:00",
}


def _company(shop: Shop) -> Workspace:
    return Workspace.objects.using("owner").get(pk=shop.workspace.pk)


def test_hours_holidays_and_clock_are_kept_and_shown_again(client: Client, shop: Shop) -> None:
    assert client.post("/settings/hours", _HOURS).status_code == 302

    kept = _company(shop)
    assert kept.opening == {
        "days": {
            "0": [["09:30", "13:00"], ["15:30", "19:30"], ["21:00", "00:00"]],
            "6": [["10:00", "12:00"]],
        },
        "holidays": ["2026-12-24"],
    }
    page = client.get("/settings/hours").content.decode()
    assert 'value="21:00"' in page
    assert "24/12/2026" in page
    assert "Aperto ora" in page
    assert "8 dicembre 2026" in page


def test_a_new_campaign_starts_with_them_and_the_old_ones_stay(client: Client, shop: Shop) -> None:
    client.post("/settings/hours", _HOURS)

    client.post("/campaigns/new")

    row = Campaign.objects.using("owner").latest("pk")
    opening = _company(shop).opening
    assert row.calendar is not None
    assert opening is not None
    assert row.calendar["days"] == opening["days"]
    assert {"2026-12-24", "2026-12-25"} <= set(row.calendar["holidays"])
    step = client.get(f"/campaigns/{row.pk}/when").content.decode()
    assert 'value="house" id="id_hours_1" checked' in step.replace(" required", "")
    client.post("/settings/hours", _HOURS | {"said": ""})
    row.refresh_from_db(using="owner")
    assert row.calendar["days"] == opening["days"]


def test_without_hours_nothing_is_shut(client: Client, shop: Shop) -> None:
    client.post("/settings/hours", _HOURS | {"said": "", "time_zone": "Europe/Berlin"})

    assert (_company(shop).opening, _company(shop).time_zone) == (None, "Europe/Berlin")
    assert 'id="turns"' not in client.get("/settings/hours").content.decode()


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "../../etc/passwd"},
        {"to_0": ""},
        {"again_to_0": "15:00"},
        {"holidays": "Natale"},
        {"day_0": "", "day_6": ""},
        {"holidays": "\n".join(f"{1 + day % 28}/{1 + day // 28}/2027" for day in range(101))},
    ],
)
def test_what_cannot_be_comes_back_with_its_reason(
    client: Client, shop: Shop, wrong: dict[str, str]
) -> None:
    answer = client.post("/settings/hours", _HOURS | wrong)

    assert answer.status_code == 422
    assert 'class="problem"' in answer.content.decode()
    assert _company(shop).opening is None


def test_an_operator_changes_no_hours(client: Client, shop: Shop) -> None:
    Membership.objects.using("owner").update(role="operator")

    assert client.post("/settings/hours", _HOURS).status_code == 403
    assert _company(shop).opening is None
