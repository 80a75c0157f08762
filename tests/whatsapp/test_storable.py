"""Reading JSON: the quick way gives what the careful one gives, or leaves it to that."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from sportello.whatsapp import storable
from sportello.whatsapp.storable import DEPTH_MAX, UnstorableError

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(_VALUES, st.booleans())
def test_what_json_says_is_read_alike_on_both_ways(value: object, ascii_only: bool) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only).encode("utf-8", "surrogatepass")

    assert storable.read(raw) == storable.storable(storable.decoded(raw))


@given(st.binary(max_size=60))
@example(b'{"a": 1e999}')
@example(b'"\xed\xa0\x80"')
@example(b'"\x00"')
def test_what_is_hardly_json_ends_alike_on_both_ways(raw: bytes) -> None:
    assert _end(storable.read, raw) == _end(
        lambda given: storable.storable(storable.decoded(given)), raw
    )


def test_what_is_nested_too_deep_is_refused_on_the_quick_way_too() -> None:
    deep = b"[" * (DEPTH_MAX + 2) + b"]" * (DEPTH_MAX + 2)

    with pytest.raises(UnstorableError):
        storable.read(deep)


def _end(read: object, raw: bytes) -> str:
    assert callable(read)
    try:
        return repr(read(raw))
    except UnstorableError:
        return "unstorable"
