"""Samples in a creation body: found and put in each other's place; and which files may be one."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules import files, template_samples
from sportello.rules.files import BYTES_MAX, FileKind, Flaw
from sportello.rules.limits import people_a_day
from tests.rules.test_template_change import json


def _header(handle: Any, header_format: str = "IMAGE") -> dict[str, Any]:
    return {"type": "HEADER", "format": header_format, "example": {"header_handle": handle}}


BODY = {"type": "BODY", "text": "Ciao"}


def test_handles_are_found_in_headers_and_cards() -> None:
    card = {"components": [_header(["b"], "VIDEO"), BODY]}
    components = [_header("a"), BODY, {"type": "CAROUSEL", "cards": [card]}]

    assert list(template_samples.handles(components)) == [("IMAGE", "a"), ("VIDEO", "b")]


def test_what_is_named_is_replaced_and_the_original_is_untouched() -> None:
    card = {"components": [_header(["file:2"], "VIDEO")]}
    components = [_header("file:1"), BODY, {"type": "CAROUSEL", "cards": [card]}]

    new = template_samples.replaced(components, {"file:1": "4::a", "file:2": "4::b"})

    assert list(template_samples.handles(new)) == [("IMAGE", "4::a"), ("VIDEO", "4::b")]
    assert list(template_samples.handles(components)) == [("IMAGE", "file:1"), ("VIDEO", "file:2")]


@given(json)
def test_any_json_is_left_as_it_is_where_nothing_is_named(value: Any) -> None:
    before = repr(value)

    list(template_samples.handles(value))
    template_samples.replaced(value, {"file:1": "4::a"})

    assert repr(value) == before


@given(st.integers(1, 10**17))
def test_a_file_of_ours_names_its_id(number: int) -> None:
    assert template_samples.file_id(f"file:{number}") == number


@pytest.mark.parametrize(
    "handle", ["", "file:", "file:x", "file:-1", "file:1 ", "file:²", "4::1", "file:" + "1" * 19]
)
def test_what_is_no_file_of_ours_has_none(handle: str) -> None:
    assert template_samples.file_id(handle) is None


@pytest.mark.parametrize(
    ("mime_type", "kind"),
    [
        ("image/png", FileKind.IMAGE),
        ("image/webp", FileKind.STICKER),
        ("video/3gpp", FileKind.VIDEO),
        ("audio/ogg", FileKind.AUDIO),
        ("application/pdf", FileKind.DOCUMENT),
        ("image/gif", None),
        ("text/html", None),
    ],
)
def test_meta_takes_some_types(mime_type: str, kind: FileKind | None) -> None:
    assert files.kind_of(mime_type) is kind


@given(st.sampled_from(["image/png", "video/mp4", "application/pdf"]), st.integers(0, 2**25))
def test_a_file_fits_within_the_bound_of_its_kind(mime_type: str, size: int) -> None:
    kind = files.kind_of(mime_type)
    assert kind is not None

    flaw = files.flaw_of(mime_type, size)

    expected = Flaw.EMPTY if size == 0 else Flaw.TOO_LARGE if size > BYTES_MAX[kind] else None
    assert flaw is expected
    assert files.flaw_of("image/gif", max(size, 1)) is Flaw.KIND_UNKNOWN


@pytest.mark.parametrize(
    ("header_format", "mime_type"),
    [("IMAGE", "image/jpeg"), ("image", "image/png"), ("VIDEO", "video/mp4"), ("GIF", "video/mp4")],
)
def test_a_sample_is_of_its_headers_kind(header_format: str, mime_type: str) -> None:
    assert files.sample_flaw(header_format, mime_type) is None
    assert files.sample_flaw("DOCUMENT", mime_type) is Flaw.NOT_FOR_THIS_HEADER
    assert files.sample_flaw("LOCATION", mime_type) is Flaw.NOT_FOR_THIS_HEADER


@pytest.mark.parametrize(
    ("told", "people"),
    [
        ("TIER_50", 50),
        ("TIER_250", 250),
        ("TIER_1K", 1_000),
        ("TIER_2K", 2_000),
        ("TIER_10K", 10_000),
        ("TIER_100K", 100_000),
        ("TIER_UNLIMITED", 0),
        ("TIER_NOT_SET", None),
        (2_000, 2_000),
        (1, 1),
        (-1, 0),
        (0, None),
        (-2, None),
        (2**31 - 1, 2**31 - 1),
        (2**31, None),
        (True, None),
        (None, None),
        ({}, None),
    ],
)
def test_metas_messaging_limit(told: object, people: int | None) -> None:
    assert people_a_day(told) == people
