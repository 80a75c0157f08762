"""Arrays as text: PostgreSQL reads back what was meant, whatever customers and Meta wrote in it."""

from uuid import UUID

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sportello.store import arrays

_WORDS = st.text(st.characters(exclude_characters="\x00", exclude_categories=("Cs",)), max_size=20)
_TRICKY = st.sampled_from(["", "NULL", 'a "b" \\c', "{1,2}", ",", "\n", "\\", '"'])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    words=st.lists(_WORDS | _TRICKY, max_size=6),
    numbers=st.lists(st.none() | st.integers(-(2**63), 2**63 - 1), max_size=6),
    ids=st.lists(st.uuids(), max_size=6),
    flags=st.lists(st.booleans(), max_size=6),
)
def test_what_was_meant_is_what_is_read(
    cluster: str,
    words: list[str],
    numbers: list[int | None],
    ids: list[UUID],
    flags: list[bool],
) -> None:
    with psycopg.connect(cluster) as connection:
        row = connection.execute(
            "SELECT %s::text[], %s::bigint[], %s::uuid[], %s::bool[]",
            [
                arrays.texts(words),
                arrays.numbers(numbers),
                arrays.uuids(ids),
                arrays.flags(flags),
            ],
        ).fetchone()

    assert row == (words, numbers, ids, flags)
