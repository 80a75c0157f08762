"""Who may do what, and who may make whom what: the tables, row by row."""

import pytest

from sportello.rules.permissions import (
    LEAST,
    Appointment,
    Deed,
    Refusal,
    Role,
    Section,
    may,
    refusal,
)


@pytest.mark.parametrize("least", list(LEAST.items()), ids=str)
def test_each_deed_opens_to_its_least_role_and_all_above(
    least: tuple[tuple[Section, Deed], Role],
) -> None:
    (section, deed), role = least
    ranks = list(Role)

    open_to = [one for one in ranks if may(one, section, deed)]

    assert open_to == ranks[ranks.index(role) :]


@pytest.mark.parametrize("section", Section)
def test_a_reader_looks_and_changes_nothing_but_their_own(section: Section) -> None:
    assert not may(Role.READER, section, Deed.GOVERN)
    assert may(Role.READER, section, Deed.WORK) is (section is Section.OWN)


@pytest.mark.parametrize("role", [None, "", "root", "OWNER"])
def test_a_role_that_nobody_knows_may_nothing(role: str | None) -> None:
    assert not any(may(role, section, deed) for section, deed in LEAST)


def test_what_the_table_does_not_name_nobody_may() -> None:
    assert (Section.MONEY, Deed.GOVERN) not in LEAST
    assert not may(Role.OWNER, Section.MONEY, Deed.GOVERN)


@pytest.mark.parametrize(
    ("by", "held", "wished", "owners", "why"),
    [
        ("owner", "operator", "administrator", 1, None),
        ("owner", None, "owner", 1, None),
        ("owner", "owner", "operator", 2, None),
        ("owner", "owner", "operator", 1, Refusal.LAST_OWNER),
        ("owner", "owner", None, 1, Refusal.LAST_OWNER),
        ("owner", "owner", "owner", 1, None),
        ("administrator", "reader", "administrator", 1, None),
        ("administrator", "administrator", None, 1, None),
        ("administrator", "operator", "owner", 1, Refusal.ONLY_OWNERS),
        ("administrator", "owner", None, 2, Refusal.ONLY_OWNERS),
        ("operator", "reader", None, 1, Refusal.NOT_YOURS),
        ("reader", None, "reader", 1, Refusal.NOT_YOURS),
    ],
)
def test_owners_are_made_by_owners_and_one_always_stays(
    by: str, held: str | None, wished: str | None, owners: int, why: Refusal | None
) -> None:
    assert refusal(Appointment(by, held, wished, owners)) == why
