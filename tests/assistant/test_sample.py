"""Which passages are tried where there are too many: those alike to the questions, in turn."""

from hypothesis import given
from hypothesis import strategies as st

from sportello.assistant.sample import alike

_WORDS = st.lists(
    st.sampled_from(["reso", "pacco", "carta", "gatto", "sedia", "lampada"]), max_size=4
)
_TEXTS = _WORDS.map(" ".join)


def test_each_question_has_its_best_before_any_has_its_next() -> None:
    told = ["resi in trenta giorni", "resi, pacchi e resi", "spediamo il pacco", "una sedia"]

    chosen = alike(["posso fare un reso?", "e il pacco?"], [(one, "it") for one in told], 2)

    assert set(chosen) <= {0, 1, 2}
    assert len(chosen) == 2
    assert alike(["una sedia?"], [(one, "it") for one in told], 1) == [3]


def test_words_meet_in_their_own_language_alone() -> None:
    told = [("una lampada", "it"), ("the lamps", "en"), ("a chair", "en")]

    assert alike(["do you have a lamp?"], told, 1) == [1]


def test_what_shares_nothing_comes_in_the_order_in_which_it_stands() -> None:
    told = [(one, "it") for one in ("una sedia", "un tavolo", "un gatto")]

    assert alike(["gatto?"], told, 2) == [0, 2]
    assert alike([], told, 2) == [0, 1]


@given(st.lists(_TEXTS, max_size=5), st.lists(_TEXTS, max_size=12), st.integers(1, 8))
def test_as_many_as_may_be_are_chosen_each_once_in_order(
    asked: list[str], told: list[str], most: int
) -> None:
    chosen = alike(asked, [(one, "it") for one in told], most)

    assert chosen == sorted(set(chosen))
    assert len(chosen) == min(most, len(told))
