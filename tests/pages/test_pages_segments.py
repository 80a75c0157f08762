"""The pages of lists and segments: made, filled, counted, used, thrown away."""

from typing import Any

import pytest
from django.test import Client

from sportello.schema.campaigns import Campaign
from sportello.schema.desk import Label, Labelling
from sportello.schema.inbox import Conversation
from sportello.schema.people import Contact, ContactList, ListMember
from sportello.schema.properties import PropertyName
from sportello.schema.segments import Segment
from tests.pages.conftest import signed_in
from tests.pages.shop import Shop

_FORM = {
    "name": "Baresi",
    "how": "all",
    "g0-how": "all",
    "g0-r0-test": "property:Città",
    "g0-r0-op": "is",
    "g0-r0-value": "bari",
}


@pytest.fixture
def people(shop: Shop) -> list[Contact]:
    PropertyName.objects.using("owner").create(
        workspace=shop.workspace, name="Città", kind="choice", choices=["Bari", "Roma"]
    )
    cities = ["Bari", "BARI", "Roma"]
    return [
        Contact.objects.using("owner").create(
            workspace=shop.workspace,
            wa_id=f"39347000888{place}",
            name=f"=Ada {place}",
            properties={"Città": city},
        )
        for place, city in enumerate(cities)
    ]


def _text(answered: Any) -> str:
    found: str = answered.content.decode()
    return found


def _the_segment() -> Segment:
    return Segment.objects.using("owner").get()


def test_a_segment_is_counted_while_it_is_written_and_kept(
    client: Client, people: list[Contact]
) -> None:
    counted = _text(client.post("/contacts/segments/count", _FORM))
    kept = client.post("/contacts/segments/new", _FORM | {"do": "save"})

    assert '<strong class="num">2</strong>' in counted
    assert "=Ada 1" in counted
    assert _the_segment().condition == {
        "all": [{"all": [{"property": "Città", "op": "is", "value": "bari"}]}]
    }
    page = _text(client.get(kept.headers["Location"]))
    assert 'value="bari"' in page
    assert '<strong class="num">2</strong>' in page


def test_whoever_has_a_chat_with_a_label_is_found_by_it(
    client: Client, shop: Shop, people: list[Contact]
) -> None:
    of: dict[str, Any] = {"workspace": shop.workspace}
    label = Label.objects.using("owner").create(**of, name="Sposi")
    chat = Conversation.objects.using("owner").create(
        **of, number=shop.number, contact=people[1], holder="closed"
    )
    Labelling.objects.using("owner").create(**of, conversation=chat, label=label)
    asked = {"g0-how": "all", "g0-r0-test": "label", "g0-r0-value": str(label.pk)}

    offered = _text(client.post("/contacts/segments/new", asked | {"name": ""}))
    counted = _text(client.post("/contacts/segments/count", asked))

    assert f'<option value="{label.pk}" selected>Sposi' in offered
    assert '<strong class="num">1</strong>' in counted
    assert people[1].name in counted


def test_rows_and_groups_come_and_go(client: Client, people: list[Contact]) -> None:
    def drawn(deed: str, **more: str) -> str:
        sent = _FORM | {"do": deed} | {name.replace("_", "-"): one for name, one in more.items()}
        return _text(client.post("/contacts/segments/new", sent, headers={"hx-request": "true"}))

    assert drawn("add-0").count('class="segment-row"') == 2
    assert drawn("add-group").count('class="segment-group"') == 2
    assert drawn("drop-0-1", g0_r1_test="language", g0_r1_value="it").count("segment-row") == 1
    assert "<h1" not in drawn("add-0")
    assert Segment.objects.using("owner").count() == 0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"g0-r0-value": ""}, "Compila"),
        ({"name": ""}, "obbligatorio"),
        ({"g0-r0-test": "wrote", "g0-r0-op": "within", "g0-r0-days": "0"}, "3.650 giorni"),
    ],
)
def test_what_cannot_be_meant_comes_back_with_the_reason(
    client: Client, people: list[Contact], changed: dict[str, str], words: str
) -> None:
    answered = client.post("/contacts/segments/new", _FORM | changed | {"do": "save"})

    assert answered.status_code == 422
    assert words in _text(answered)
    assert Segment.objects.using("owner").count() == 0


def test_none_of_these_and_deeper_conditions_are_shown_as_far_as_they_can(
    client: Client, people: list[Contact], shop: Shop
) -> None:
    client.post("/contacts/segments/new", _FORM | {"g0-how": "none", "do": "save"})
    kept = _the_segment()
    shallow = _text(client.get(f"/contacts/segments/{kept.pk}/"))
    deep = {"any": [{"all": [{"any": [{"list": 1}]}]}]}
    Segment.objects.using("owner").filter(pk=kept.pk).update(condition=deep)

    deeper = _text(client.get(f"/contacts/segments/{kept.pk}/"))

    assert '<option value="none" selected>' in shallow
    assert "livelli" in deeper


def test_a_segment_goes_but_not_from_under_a_campaign(
    client: Client, people: list[Contact], shop: Shop
) -> None:
    client.post("/contacts/segments/new", _FORM | {"do": "save"})
    kept = _the_segment().pk
    path = f"/contacts/segments/{kept}/"
    waiting = Campaign.objects.using("owner").create(
        workspace=shop.workspace, number=shop.number, name="Saldi", audience={"segment": kept}
    )

    assert _text(client.get(f"{path}count")).strip() == "2"
    refused = client.post(f"{path}delete", follow=True)

    assert "Una campagna non ancora avviata" in _text(refused)
    assert _the_segment().pk == kept
    Campaign.objects.using("owner").filter(pk=waiting.pk).update(state="cancelled")
    client.post(f"{path}delete")
    assert Segment.objects.using("owner").count() == 0


def test_a_list_is_made_filled_emptied_renamed_and_thrown_away(
    client: Client, people: list[Contact]
) -> None:
    path = client.post("/contacts/lists/", {"name": "Fedeli"}).headers["Location"]
    twice = client.post("/contacts/lists/", {"name": "FEDELI"})
    for _ in range(2):
        client.post(f"{path}members", {"phone": "347 000 8880"})
    unknown = client.post(f"{path}members", {"phone": "347 000 9999"})
    rows = ListMember.objects.using("owner")

    assert (twice.status_code, unknown.status_code, rows.count()) == (422, 422, 1)
    assert "1 persona" in _text(client.get(path))
    client.post(path, {"name": "Fedelissimi"})
    client.post(f"{path}members/{people[0].pk}/remove")
    assert rows.count() == 0
    assert ContactList.objects.using("owner").get().name == "Fedelissimi"
    client.post(f"{path}delete")
    assert ContactList.objects.using("owner").count() == 0
    assert Contact.objects.using("owner").filter(pk=people[0].pk).exists()


def test_a_list_stays_while_a_campaign_reads_it(
    client: Client, people: list[Contact], shop: Shop
) -> None:
    path = client.post("/contacts/lists/", {"name": "Fedeli"}).headers["Location"]
    kept = ContactList.objects.using("owner").get().pk
    reading = Campaign.objects.using("owner").create(
        workspace=shop.workspace, number=shop.number, name="Saldi", audience={"list": kept},
        state="planning", content={},
    )  # fmt: skip

    refused = client.post(f"{path}delete")

    assert "Una campagna sta leggendo" in _text(refused)
    assert ContactList.objects.using("owner").get().pk == kept
    Campaign.objects.using("owner").filter(pk=reading.pk).update(planned=True)
    client.post(f"{path}delete")
    assert ContactList.objects.using("owner").count() == 0


def test_a_list_is_handed_out_without_formulas(client: Client, people: list[Contact]) -> None:
    path = client.post("/contacts/lists/", {"name": "Fedeli"}).headers["Location"]
    client.post(f"{path}members", {"phone": "347 000 8880"})

    answered = client.get(f"{path}export")

    lines = answered.getvalue().decode("utf-8-sig").splitlines()
    assert lines[0] == "Nome;Numero di telefono;Lingua;Promozioni;Città"
    assert lines[1] == "'=Ada 0;'+393470008880;;none;Bari"


def test_a_stranger_sees_neither_list_nor_segment(
    client: Client, people: list[Contact], stranger: Shop
) -> None:
    listed = client.post("/contacts/lists/", {"name": "Fedeli"}).headers["Location"]
    client.post("/contacts/segments/new", _FORM | {"do": "save"})
    other = signed_in(stranger)

    paths = [listed, f"{listed}export", f"/contacts/segments/{_the_segment().pk}/"]
    assert {other.get(one).status_code for one in paths} == {404}
    assert '<strong class="num">0</strong>' in _text(other.post("/contacts/segments/count", _FORM))
