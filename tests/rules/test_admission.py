"""Who is let in on a provider's word: every comer there can be."""

from itertools import product

import pytest

from sportello.rules.admission import Comer, Turned, turned_away

_EVERYBODY = [Comer(*facts) for facts in product([True, False], repeat=8)]


def test_nobody_is_let_in_who_is_not_of_this_company_alone() -> None:
    let_in = [one for one in _EVERYBODY if turned_away(one) is None]

    assert let_in
    for one in let_in:
        assert one.active
        assert one.member or one.invited
        assert one.by_subject or (one.verified and not one.linked)
        assert not one.elsewhere
        assert not one.installer


def test_whoever_the_company_knows_or_invited_and_nothing_speaks_against_is_let_in() -> None:
    for known in ({"member": True}, {"invited": True}):
        facts = {"member": False, "invited": False} | known
        assert turned_away(Comer(verified=True, by_subject=False, active=True, **facts)) is None


@pytest.mark.parametrize("why", list(Turned))
def test_each_reason_is_given_to_somebody(why: Turned) -> None:
    assert any(turned_away(one) is why for one in _EVERYBODY)
