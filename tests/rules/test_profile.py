"""What of a wished profile is sent to Meta: what differs, and what Meta lets one empty."""

import pytest

from sportello.rules.profile import changes

KNOWN = {
    "about": "Ceramiche dal 1974",
    "address": "Via Roma 1",
    "description": "Bottega",
    "email": "ciao@bottega.example",
    "websites": ["https://bottega.example"],
    "vertical": "RETAIL",
}


@pytest.mark.parametrize(
    ("given", "changed"),
    [
        ({}, {}),
        (KNOWN, {}),
        ({"vertical": "HOTEL"}, {"vertical": "HOTEL"}),
        ({"vertical": ""}, {}),
        ({"about": "Aperti"}, {"about": "Aperti"}),
        ({"about": ""}, {}),
        ({"email": ""}, {"email": ""}),
        ({"websites": ()}, {"websites": []}),
        ({"websites": ("https://bottega.example",)}, {}),
        ({"unknown": "x"}, {}),
    ],
)
def test_only_what_differs_is_changed(given, changed):
    assert changes(given, KNOWN) == changed


def test_what_meta_does_not_have_yet_is_empty():
    assert changes({"email": "", "vertical": "HOTEL", "address": "Via Roma 2"}, {}) == {
        "vertical": "HOTEL",
        "address": "Via Roma 2",
    }
