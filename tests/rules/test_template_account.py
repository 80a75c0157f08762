"""A template beside those that its account has: names that are free, texts that were rejected."""

import pytest

from sportello.rules.pricing import Category
from sportello.rules.template import Account, lint, parse
from sportello.rules.template_checks_account import ALIKE, NAME_MAX
from sportello.rules.template_codes import Code
from sportello.rules.template_likeness import likeness
from sportello.rules.template_values import Known, Standing
from tests.rules.template_samples import find, template

BODY = "Gentile {{1}}, il suo ordine è pronto per il ritiro."


def known(name, standing=Standing.LIVE, language="it", **more):
    return Known(name, language, Category.UTILITY, standing, **more)


def codes(body, *others):
    return [finding.code for finding in lint(parse(body), Account(others))]


def test_a_long_name_leaves_room_for_its_number():
    taken = known("a" * NAME_MAX)
    new = find(Code.NAME_TAKEN, template(name="a" * NAME_MAX), Account((taken,))).mended
    assert new == "a" * 508

    both = Account((taken, known("a" * 508)))
    assert find(Code.NAME_TAKEN, template(name="a" * NAME_MAX), both).mended == f"{'a' * 508}_2"


def test_only_names_of_the_same_language_are_in_the_way():
    account = Account((known("a"), known("a_2", language="en"), known("A_3")))
    assert find(Code.NAME_TAKEN, template(name="a"), account).mended == "a_2"


def test_a_name_in_capitals_that_exists_is_in_the_way_of_the_mended_one():
    account = Account((known("a"), known("A_2", Standing.REJECTED)))
    assert find(Code.NAME_TAKEN, template(name="a"), account).mended == "a_3"


def test_after_a_hundred_names_a_person_thinks_of_one():
    taken = [known("a"), *(known(f"a_{number}") for number in range(2, 100))]
    assert find(Code.NAME_TAKEN, template(name="a"), Account(tuple(taken))).mended is None
    but_one = Account(tuple(taken[:-1]))
    assert find(Code.NAME_TAKEN, template(name="a"), but_one).mended == "a_99"


@pytest.mark.parametrize("standing", [Standing.LIVE, Standing.BEING_DELETED])
def test_capitals_make_a_name_new_unless_it_was_rejected(standing):
    assert codes(template(name="ordine_pronto"), known("Ordine_Pronto", standing)) == []
    rejected = known("Ordine_Pronto", Standing.REJECTED)
    assert codes(template(name="ordine_pronto"), rejected) == [Code.NAME_WAS_REJECTED]


def test_of_the_rejected_the_likest_is_named_with_its_likeness():
    near = "Gentile {{1}}, il suo ordine è pronto per la consegna."
    far = "Gentile {{1}}, la sua visita è domani alle dieci, a presto."
    others = (
        known("lontano", Standing.REJECTED, body=far),
        known("vicino", Standing.REJECTED, body=near),
        known("vuoto", Standing.REJECTED, body=""),
        known("uguale_ma_vivo", body="Gentile {{1}}, il suo ordine è pronto per il ritiro oggi."),
    )
    finding = find(Code.LIKE_REJECTED, template(BODY), Account(others))
    assert dict(finding.values) == {
        "percent": round(likeness(BODY, near) * 100),
        "name": "vicino",
    }


@pytest.mark.parametrize(
    ("said", "alike", "told"),
    [
        ("pane vino olio sale fichi mele", 0.7, True),
        ("pane vino olio sale fichi mele noci", 14 / 22, False),
    ],
)
def test_as_like_as_the_limit_is_too_like(said, alike, told):
    rejected = "pane vino olio sale miele"
    assert (likeness(said, rejected), ALIKE) == (alike, 0.7)
    found = codes(template(said), known("altro", Standing.REJECTED, body=rejected))
    assert (Code.LIKE_REJECTED in found) is told
