"""The contacts' table, their properties and the board."""

import csv
import io
import re
import zipfile
from typing import Any

import pytest
from django.test import Client

from sportello.schema.people import Contact, ContactList, ListMember
from sportello.schema.properties import PropertyName
from tests.pages.shop import Shop

_PEOPLE = [
    ("Zoè Àlvarez", {"Fase": "Nuovo", "Spesa": "9.5", "Nato il": "01/02/1990"}),
    ("=Ada", {"Fase": "Perso", "Spesa": "10"}),
    ("Élodie d’Arc", {"Fase": "Nuovo", "Spesa": "100", "Nato il": "1980-03-02"}),
    ("Bruno", {"Fase": "Fuori elenco"}),
]


@pytest.fixture
def crowd(shop: Shop) -> dict[str, Contact]:
    for place, (name, kind) in enumerate(
        [("Fase", "choice"), ("Spesa", "number"), ("Nato il", "date")]
    ):
        options = ["Nuovo", "Attivo", "Perso"] if kind == "choice" else []
        PropertyName.objects.using("owner").create(
            workspace=shop.workspace, name=name, kind=kind, choices=options, position=place
        )
    return {
        name: Contact.objects.using("owner").create(
            workspace=shop.workspace, wa_id=f"39388000100{place}", name=name, properties=noted
        )
        for place, (name, noted) in enumerate(_PEOPLE)
    }


def _text(answered: Any) -> str:
    found: str = answered.content.decode()
    return found


def _names(client: Client, **query: str) -> list[str]:
    page = _text(client.get("/contacts/", {"q": "3880001", **query}))
    return re.findall(r'<th scope="row"><a [^>]*><bdi>([^<]*)</bdi>', page)


def test_accents_capitals_and_order_of_words_hide_nobody(
    client: Client, crowd: dict[str, Contact]
) -> None:
    for search in ("alvarez zoe", "ZOÈ", "lvàr", "388 000 1000"):
        page = _text(client.get("/contacts/", {"q": search}))

        assert page.count('<th scope="row">') == 1, search
        assert "Zoè Àlvarez" in page, search


def test_the_table_is_put_in_order_by_what_a_column_holds(
    client: Client, crowd: dict[str, Contact]
) -> None:
    for sort, first, last in [
        ("p:Spesa", "Zoè Àlvarez", "Bruno"),
        ("-p:Spesa", "Élodie d’Arc", "Bruno"),
        ("p:Nato il", "Élodie d’Arc", "Bruno"),
        ("name", "=Ada", "Zoè Àlvarez"),
        ("oldest", "Zoè Àlvarez", "Bruno"),
        ("no such order", "Bruno", "Zoè Àlvarez"),
    ]:
        names = _names(client, sort=sort)

        assert (names[0], names[-1], len(names)) == (first, last, 4), sort


def test_pages_in_any_order_lose_and_repeat_nobody(
    client: Client, shop: Shop, crowd: dict[str, Contact]
) -> None:
    Contact.objects.using("owner").bulk_create(
        Contact(
            workspace=shop.workspace,
            wa_id=f"39388000{n:05}",
            name=f"Cliente {n % 7}",
            properties={"Spesa": str(n % 5), "Fase": "Perso"} if n % 3 else {},
        )
        for n in range(20000, 20110)
    )
    total = Contact.objects.using("owner").filter(workspace=shop.workspace).count()

    for sort in ("name", "-name", "p:Spesa", "-p:Nato il", "p:Fase", "oldest"):
        seen, query = [], f"?sort={sort}"
        while query:
            page = _text(client.get(f"/contacts/{query}"))
            seen += re.findall(r'<th scope="row"><a href="/contacts/(\d+)/"', page)
            assert len(seen) <= total
            more = re.search(r'href="(\?[^"]*)" rel="next"', page)
            query = more[1].replace("&amp;", "&") if more else ""

        assert len(seen) == len(set(seen)) == total, sort


def test_a_cursor_that_no_page_gave_out_is_no_page(
    client: Client, crowd: dict[str, Contact]
) -> None:
    for cursor in ("x", "W10", "WyJ4IiwgMV0", "WyJcdTAwMDAiLCAxXQ", "9" * 40):
        for sort in ("", "p:Spesa", "p:Nato il"):
            asked = client.get("/contacts/", {"sort": sort, "after": cursor})

            assert asked.status_code == 404, (cursor, sort)


def test_columns_are_chosen_and_remembered(client: Client, crowd: dict[str, Contact]) -> None:
    client.get("/contacts/?columns=1&col=p:Spesa&col=no-such")

    page = _text(client.get("/contacts/"))

    assert "<bdi>9,5</bdi>" in page
    assert "+39 388" not in page


def test_all_that_the_table_finds_is_put_on_a_list_and_taken_off(
    client: Client, shop: Shop, crowd: dict[str, Contact]
) -> None:
    made = ContactList.objects.using("owner").create(workspace=shop.workspace, name="Amici")
    on_it = ListMember.objects.using("owner").filter(list=made)
    deed = {"q": "3880001", "whole": "1", "onto": str(made.pk)}

    client.post("/contacts/bulk", deed | {"do": "add"})
    client.post("/contacts/bulk", deed | {"do": "add"})
    there = on_it.count()
    client.post(
        "/contacts/bulk", {"do": "remove", "onto": made.pk, "who": [crowd["Bruno"].pk, "x"]}
    )

    assert there == 4
    assert set(on_it.values_list("contact__name", flat=True)) == {
        name for name, _ in _PEOPLE if name != "Bruno"
    }


def test_nobody_of_another_company_comes_onto_a_list(
    client: Client, shop: Shop, stranger: Shop
) -> None:
    made = ContactList.objects.using("owner").create(workspace=shop.workspace, name="Amici")
    other = Contact.objects.using("owner").filter(workspace=stranger.workspace).first()
    assert other is not None

    client.post("/contacts/bulk", {"do": "add", "onto": made.pk, "who": [other.pk]})

    assert not ListMember.objects.using("owner").filter(list=made).exists()


def test_a_property_takes_what_its_kind_allows(client: Client, crowd: dict[str, Contact]) -> None:
    zoe = crowd["Zoè Àlvarez"]
    ids = dict(PropertyName.objects.using("owner").values_list("name", "pk"))
    fields = {f"p{ids[name]}": text for name, text in zoe.properties.items()}

    for name, value, kept in [
        ("Spesa", "molto", "9.5"),
        ("Nato il", "31/02/2001", "01/02/1990"),
        ("Fase", "Chissà", "Nuovo"),
        ("Spesa", "1.234,50", "1234.50"),
        ("Nato il", "2001-12-31", "31/12/2001"),
        ("Fase", "Attivo", "Attivo"),
        ("Spesa", "", None),
    ]:
        before = Contact.objects.using("owner").get(pk=zoe.pk).properties.get(name)
        given = fields | {"name": "Zoè", f"p{ids[name]}": value}
        answered = client.post(f"/contacts/{zoe.pk}/edit", given)

        now = Contact.objects.using("owner").get(pk=zoe.pk)
        assert now.properties.get(name) == kept, name
        assert answered.status_code == (422 if kept == before else 302), name


def test_a_value_that_is_no_option_any_more_may_stay(
    client: Client, crowd: dict[str, Contact]
) -> None:
    bruno = crowd["Bruno"]
    fase = PropertyName.objects.using("owner").get(name="Fase")

    answered = client.post(
        f"/contacts/{bruno.pk}/edit", {"name": "Bruno B", f"p{fase.pk}": "Fuori elenco"}
    )

    assert answered.status_code == 302
    assert Contact.objects.using("owner").get(pk=bruno.pk).properties == bruno.properties


def test_a_property_is_defined_moved_changed_and_given_up(client: Client, shop: Shop) -> None:
    every = PropertyName.objects.using("owner").order_by("position")
    for name in ("Taglia", "Colore"):
        options = {"name": name, "kind": "choice", "options": " S\n\nM \ns\nL"}
        assert client.post("/contacts/properties/", options).status_code == 302
    taglia, colore = every
    assert taglia.choices == ["S", "M", "L"]

    client.post(f"/contacts/properties/{colore.pk}/place", {"to": "up"})
    client.post(f"/contacts/properties/{taglia.pk}/", {"kind": "text", "name": "Other"})
    again = client.post("/contacts/properties/", {"name": "taglia", "kind": "text"})
    bare = client.post("/contacts/properties/", {"name": "Vuota", "kind": "choice"})

    assert [one.name for one in every.all()] == ["Colore", "Taglia"]
    assert every.get(pk=taglia.pk).kind == "text"
    assert (again.status_code, bare.status_code) == (422, 422)
    client.post(f"/contacts/properties/{colore.pk}/delete")
    assert [one.name for one in every.all()] == ["Taglia"]


def test_the_board_counts_columns_and_moves_a_card(
    client: Client, crowd: dict[str, Contact]
) -> None:
    bruno = crowd["Bruno"]

    page = _text(client.get("/contacts/board", {"by": "Fase"}))
    moved = client.post(f"/contacts/{bruno.pk}/place", {"property": "Fase", "value": "Perso"})
    refused = client.post(f"/contacts/{bruno.pk}/place", {"property": "Fase", "value": "Boh"})
    fragment = _text(client.get("/contacts/board?by=Fase", headers={"HX-Request": "true"}))

    counts = dict(re.findall(r"<bdi>([^<]*)</bdi> <span class=\"quiet num\">(\d+)<", page))
    assert [counts[name] for name in ("Nuovo", "Attivo", "Perso", "Fuori elenco")] == [
        "2", "0", "1", "1",
    ]  # fmt: skip
    assert (moved.status_code, refused.status_code) == (204, 409)
    after = dict(re.findall(r"<bdi>([^<]*)</bdi> <span class=\"quiet num\">(\d+)<", fragment))
    assert (after["Perso"], after.get("Fuori elenco")) == ("2", None)
    assert "<html" not in fragment


def test_the_export_holds_what_is_found_and_no_formula(
    client: Client, crowd: dict[str, Contact]
) -> None:
    told = b"".join(client.get("/contacts/export.csv?q=3880001"))  # type: ignore[arg-type]  # it streams
    rows = list(csv.reader(io.StringIO(told.decode("utf-8-sig")), delimiter=";"))
    book = b"".join(client.get("/contacts/export.xlsx?q=ada"))  # type: ignore[arg-type]  # as above
    sheet = zipfile.ZipFile(io.BytesIO(book)).read("xl/worksheets/sheet1.xml").decode()

    assert rows[0][-3:] == ["Fase", "Spesa", "Nato il"]
    assert [row[0] for row in rows[1:]] == ["Zoè Àlvarez", "'=Ada", "Élodie d’Arc", "Bruno"]
    assert rows[1][1].lstrip("'") == "+393880001000"
    assert "&#x27;=Ada" in sheet or "'=Ada" in sheet
    assert "Bruno" not in sheet
