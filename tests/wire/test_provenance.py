"""Every golden file is JSON with invented ids, and says where its shape comes from."""

import re

import pytest

from tests.wire.golden import WIRE, read

ALL = sorted(path.relative_to(WIRE) for path in WIRE.rglob("*.json"))
PROVENANCE = (WIRE / "PROVENANCE.md").read_text(encoding="utf-8")
SECTION = re.compile(r"^## `([^`]+)/`.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
ROW = re.compile(r"^\| `(.+?\.json)` \| (.+?) \| (.+?) \|$", re.MULTILINE)
TAG = re.compile(r"^\| `(\[\w+\])` \|", re.MULTILINE)


def test_there_are_golden_files_of_each_sort():
    folders = {str(path.parent) for path in ALL}
    assert folders == {
        "answers",
        "errors",
        "requests",
        "requests/others",
        "webhooks/fields",
        "webhooks/messages",
        "webhooks/statuses",
    }


def test_the_list_of_provenance_names_exactly_the_files_that_exist():
    listed = {
        f"{section[1]}/{row[1]}"
        for section in SECTION.finditer(PROVENANCE)
        for row in ROW.finditer(section[0])
    }
    assert listed == {str(path) for path in ALL}


def test_every_source_is_a_tag_that_is_explained():
    known = {f"`{tag}`" for tag in TAG.findall(PROVENANCE)}
    sources = {row[3] for row in ROW.finditer(PROVENANCE)}
    assert {source for source in sources if not source.startswith("invented")} <= known


@pytest.mark.parametrize("path", ALL, ids=str)
def test_a_golden_file_is_an_object(path):
    value = read(str(path.parent), path.stem)
    assert isinstance(value, dict)
    assert value
