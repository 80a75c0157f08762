"""Few bubbles, short where possible, nothing lost, nothing torn; lists as Meta wants them."""

from hypothesis import example, given
from hypothesis import strategies as st

from sportello.assistant.bubbles import (
    BUBBLES_MAX,
    LENGTH_AIM,
    TEXT_MAX,
    Choices,
    Row,
    as_text,
    gap_s,
    list_body,
    split,
)

_WORDS = st.one_of(
    st.sampled_from(["ciao.", "https://bottega.example/resi?ordine=12&b=3", "🙂", "a", "sì!"]),
    st.text(st.characters(exclude_categories=["Z", "C"]), min_size=1, max_size=60),
)
_BLANKS = st.sampled_from([" ", "  ", "\n", "\n\n", "\n\n\n", "\t"])
_TEXTS = st.lists(st.tuples(_WORDS, _BLANKS), max_size=400).map(
    lambda told: "".join(word + blank for word, blank in told)
)


@given(st.lists(_TEXTS, max_size=4))
def test_three_bubbles_hold_every_word_whole_and_in_order(paragraphs: list[str]) -> None:
    # what three bubbles surely hold, whatever is lost at their ends
    words = " ".join(paragraphs).split()
    if sum(len(word) + 2 for word in words) > 3 * (TEXT_MAX - 100):
        return

    bubbles = split(paragraphs)

    assert len(bubbles) <= BUBBLES_MAX
    assert all(0 < len(bubble) <= TEXT_MAX for bubble in bubbles)
    assert " ".join(bubbles).split() == words


@given(st.lists(st.text("ab \n.", max_size=9000), max_size=4))
@example(["x" * 100_000])
@example(["parola " * 20_000])
@example(["\n\n" * 5_000])
@example(["riga\n\n" * 5_000])
def test_no_text_breaks_meta_s_limits(paragraphs: list[str]) -> None:
    bubbles = split(paragraphs)

    assert len(bubbles) <= BUBBLES_MAX
    assert all(bubble.strip() and len(bubble) <= TEXT_MAX for bubble in bubbles)


@given(st.lists(st.text("abc", min_size=1, max_size=190), min_size=1, max_size=9))
def test_bubbles_stay_short_where_three_short_ones_suffice(paragraphs: list[str]) -> None:
    assert all(len(bubble) <= LENGTH_AIM for bubble in split(paragraphs))


def test_a_long_paragraph_is_cut_after_a_sentence() -> None:
    sentence = "Il corriere avvisa il giorno prima della consegna. "

    first, second = split([sentence * 16])

    assert first.endswith("consegna.")
    assert second.startswith("Il corriere")


def test_what_three_bubbles_cannot_hold_ends_in_dots() -> None:
    bubbles = split(["parola " * 5_000])

    assert len(bubbles) == BUBBLES_MAX
    assert bubbles[-1].endswith("…")


@given(
    st.text(max_size=5000),
    st.lists(
        st.builds(
            Row,
            id=st.text("abc", min_size=1, max_size=3),
            title=st.text("abc \n", min_size=1, max_size=90).filter(str.strip),
            description=st.text(max_size=90),
        ),
        min_size=1,
        max_size=14,
    ),
)
def test_a_list_keeps_within_meta_s_limits(body: str, rows: list[Row]) -> None:
    told = list_body(Choices(body, "Scegli una delle risposte", tuple(rows)))["interactive"]

    shown = told["action"]["sections"][0]["rows"]
    ids = [row["id"] for row in shown]
    assert len(told["body"]["text"]) <= TEXT_MAX
    assert len(told["action"]["button"]) <= 20
    assert 1 <= len(shown) <= 10
    assert len(ids) == len(set(ids))
    assert ids == list(dict.fromkeys(row.id for row in rows))[:10]
    assert all(1 <= len(row["title"]) <= 24 and "\n" not in row["title"] for row in shown)
    assert all(1 <= len(row.get("description", "x")) <= 72 for row in shown)


def test_a_title_too_long_for_its_row_goes_on_in_the_description() -> None:
    row = Row("pair:1", "Posso cambiare l'indirizzo di consegna?")

    (shown,) = list_body(Choices("Quale?", "Scegli", (row,)))["interactive"]["action"]["sections"][
        0
    ]["rows"]

    assert shown["title"] == "Posso cambiare…"
    assert shown["description"] == "Posso cambiare l'indirizzo di consegna?"


def test_a_list_can_be_read_where_nothing_can_be_tapped() -> None:
    rows = (Row("a", "Resi"), Row("b", "Orari"))

    assert as_text(Choices("Quale?", "Scegli", rows)) == "Quale?\n1. Resi\n2. Orari"


@given(st.text(max_size=6000))
def test_the_pause_before_a_bubble_is_like_typing_and_never_long(text: str) -> None:
    assert 0.6 <= gap_s(text) <= 3.0
