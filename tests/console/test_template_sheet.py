"""The editor's sheet: what comes out of the form goes to Meta and comes back the same."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.http import QueryDict
from django.utils.http import urlencode
from hypothesis import given, settings
from hypothesis import strategies as st

from sportello.console.templates_desk import editing, sheet
from sportello.console.templates_desk.editing import Editing, Mode, acted
from sportello.console.templates_desk.findings import report
from sportello.console.templates_desk.sheet import BUTTONS, HEADERS, Row, Sheet
from sportello.rules.template import lint, parse
from sportello.rules.template_text import names
from tests.console.conftest import Company

NOW = datetime(2026, 11, 22, 9, 44, tzinfo=UTC)
_words = st.text(st.characters(codec="utf-8", exclude_characters="\0\r{}"), max_size=40)
_values = st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), min_size=1, max_size=12)
_variables = st.lists(st.sampled_from(["{{1}}", "{{2}}", "{{3}}"]), max_size=3, unique=True)


@st.composite
def sheets(draw: st.DrawFn) -> Sheet:
    named = draw(st.booleans())
    spoken = ["{{nome}}", "{{ora}}"] if named else draw(_variables)
    text = draw(_words) + " e ".join(spoken) + draw(_words)
    kind = draw(st.sampled_from(HEADERS))
    header_text = draw(_words) if kind == "TEXT" else ""
    rows = draw(st.lists(st.builds(_row, st.sampled_from(BUTTONS), _words, _words), max_size=4))
    return Sheet(
        name=draw(_words),
        language="it",
        category=draw(st.sampled_from(["UTILITY", "MARKETING"])),
        header=kind,
        header_text=header_text,
        sample="7" if kind not in {"", "TEXT"} else "",
        body=text,
        footer=draw(_words),
        buttons=tuple(rows),
        examples={f"body.{name}": draw(_values) for name in names(text)},
    )


def _row(kind: str, text: str, other: str) -> Row:
    """What a kind does not have is empty."""
    match kind:
        case "URL":
            return Row(kind, text, other, text)
        case "PHONE_NUMBER":
            return Row(kind, text, other)
        case "COPY_CODE":
            return Row(kind, "", "", text)
        case _:
            return Row(kind, text)


def _without_blank_examples(given: Sheet) -> Sheet:
    """An example of blanks alone is none to Meta, if no other is given."""
    return replace(given, examples={k: v for k, v in given.examples.items() if v.strip()})


@given(sheets())
@settings(max_examples=150)
def test_metas_body_gives_the_sheet_back(written: Sheet) -> None:
    body = sheet.to_body(written)

    again = sheet.from_body(json.loads(json.dumps(body)), sample=written.sample)

    assert _without_blank_examples(again) == _without_blank_examples(written)
    assert sheet.fits(body)


@given(sheets())
@settings(max_examples=100)
def test_a_form_gives_the_sheet_back(written: Sheet) -> None:
    fields = {
        "name": written.name, "language": written.language, "category": written.category,
        "header": written.header, "header_text": written.header_text, "sample": written.sample,
        "body": written.body.replace("\n", "\r\n"), "footer": written.footer,
    }  # fmt: skip
    for at, row in enumerate(written.buttons):
        for part in ("kind", "text", "target", "example"):
            fields[f"button-{at}-{part}"] = getattr(row, part)
    fields |= {f"example-{key}": value for key, value in written.examples.items()}

    assert sheet.from_form(QueryDict(urlencode(fields))) == written


@given(sheets())
@settings(max_examples=50)
def test_a_state_gives_the_sheet_back(written: Sheet) -> None:
    assert sheet.from_state(sheet.to_state(written)) == written


@given(st.text(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["name", "buttons", "examples", "body", "x"]), inner, max_size=4),
    max_leaves=8,
).map(json.dumps))  # fmt: skip
def test_a_foreign_state_is_no_sheet_or_a_sound_one(text: str) -> None:
    found = sheet.from_state(text)

    assert found is None or isinstance(sheet.to_body(found), dict)


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=40), max_size=12))
def test_any_form_makes_a_sheet_that_can_be_looked_at(fields: dict[str, str]) -> None:
    form = QueryDict(mutable=True)
    for key, value in fields.items():
        form[key] = value

    read = sheet.from_form(form)

    assert report(lint(parse(sheet.to_body(read))), read) is not None


@pytest.mark.parametrize(
    "body",
    [
        None,
        {"components": [{"type": "CAROUSEL", "cards": []}]},
        {"components": [{"type": "BUTTONS", "buttons": [{"type": "FLOW", "text": "Apri"}]}]},
        {"components": [{"type": "HEADER", "format": "LOCATION"}]},
        {"components": [{"type": "BODY", "text": "x"}], "category": "AUTHENTICATION"},
        {"components": ["x"]},
    ],
)
def test_what_the_editor_cannot_hold_it_does_not_touch(body: object) -> None:
    assert not sheet.fits(body)


def _started(text: str, **more: str) -> Editing:
    written = Sheet(name="ordine", language="it", body=text, examples={}, **more)
    return Editing(Mode.NEW, written)


def test_a_mend_is_undone_as_long_as_nothing_else_was_typed(acme: Company) -> None:
    with acme.inside():
        start = _started("{{1}} pronto per lei {{2}}", footer="Bottega {{1}}")
        mended = acted(start, "mend-all", NOW)
        undone = acted(mended, "undo", NOW)

    assert mended.sheet.body != start.sheet.body
    assert mended.sheet.footer == "Bottega"
    assert mended.stamp == start.stamp + 1
    assert undone.sheet == start.sheet
    assert not undone.can_undo


def test_an_edit_by_hand_ends_the_undoing(acme: Company) -> None:
    with acme.inside():
        mended = acted(_started("{{1}} pronto per lei"), "mend-all", NOW)
        fields = {
            "name": mended.sheet.name, "language": "it", "category": "UTILITY",
            "body": mended.sheet.body + "!", "stamp": "1", "after": mended.after,
            "past": editing.past_line(mended.past),
        }  # fmt: skip
        again = editing.from_form(QueryDict(urlencode(fields)), Mode.NEW, None)
        same = fields | {"body": mended.sheet.body}
        kept = editing.from_form(QueryDict(urlencode(same)), Mode.NEW, None)

    assert mended.can_undo
    assert not again.can_undo
    assert kept.can_undo


def test_a_cure_renames_without_losing_the_example(acme: Company) -> None:
    with acme.inside():
        start = replace(
            _started("Gentile {{Nome}}, il suo ordine è pronto in negozio.").sheet,
            examples={"body.Nome": "Anna"},
        )
        mended = acted(Editing(Mode.NEW, start), "mend-all", NOW)

    assert "{{nome}}" in mended.sheet.body
    assert mended.sheet.example("body", "nome") == "Anna"


@pytest.mark.parametrize(
    ("act", "kinds"),
    [
        ("add:COPY_CODE", "QUICK_REPLY URL COPY_CODE"),
        ("add:FLOW", "QUICK_REPLY URL"),
        ("remove:0", "URL"),
        ("remove:7", "QUICK_REPLY URL"),
        ("up:1", "URL QUICK_REPLY"),
        ("up:0", "QUICK_REPLY URL"),
        ("down:0", "URL QUICK_REPLY"),
        ("down:x", "QUICK_REPLY URL"),
        ("dance", "QUICK_REPLY URL"),
        ("mend:nothing", "QUICK_REPLY URL"),
        ("undo", "QUICK_REPLY URL"),
    ],
)
def test_buttons_are_added_moved_and_removed(acme: Company, act: str, kinds: str) -> None:
    rows = (Row("QUICK_REPLY", "Sì"), Row("URL", "Apri", "https://example.org"))
    with acme.inside():
        after = acted(Editing(Mode.NEW, Sheet(buttons=rows)), act, NOW)

    assert " ".join(row.kind for row in after.sheet.buttons) == kinds
