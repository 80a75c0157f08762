"""What an answer that is no success means."""

import json

import pytest

from sportello.rules.graph_errors import Kind
from sportello.whatsapp.errors import (
    GraphError,
    InDoubtError,
    NotSentError,
    RejectedError,
    error_of,
)

ENVELOPE = {
    "error": {
        "message": "(#131030) Recipient phone number not in allowed list",
        "type": "OAuthException",
        "code": 131030,
        "error_data": {"messaging_product": "whatsapp", "details": "not in the list: +39333"},
        "error_subcode": 2655007,
        "fbtrace_id": "AkZ",
    }
}


def test_an_envelope_is_read_whole():
    error = error_of(400, json.dumps(ENVELOPE).encode())
    assert isinstance(error, RejectedError)
    assert error.error == GraphError(
        code=131030,
        subcode=2655007,
        message="(#131030) Recipient phone number not in allowed list",
        details="not in the list: +39333",
        type="OAuthException",
        fbtrace_id="AkZ",
        http=400,
    )


def test_what_is_printed_of_a_rejection_has_no_word_of_metas():
    assert str(error_of(400, json.dumps(ENVELOPE).encode())) == "code 131030, http 400"


@pytest.mark.parametrize(
    ("code", "subcode", "kind"),
    [
        (131030, 0, Kind.FINAL),
        (131056, 0, Kind.THROTTLED),
        (131000, 0, Kind.PASSING),
        (190, 463, Kind.TOKEN),
        (100, 33, Kind.NUMBER),
        (131042, 0, Kind.ACCOUNT),
        (132001, 0, Kind.TEMPLATE),
    ],
)
def test_the_kind_follows_the_code_and_not_the_http_status(code, subcode, kind):
    body = json.dumps({"error": {"code": code, "error_subcode": subcode}}).encode()
    for http in (200, 400, 403, 429, 500, 503):
        error = error_of(http, body)
        assert isinstance(error, RejectedError)
        assert error.kind is kind


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"[]",
        b'{"error":"x"}',
        b'{"error":{"code":"1"}}',
        b'{"error":{"code":true}}',
    ],
)
def test_a_broken_server_without_an_envelope_leaves_doubt(body):
    for http in (500, 502, 503, 504):
        assert isinstance(error_of(http, body), InDoubtError)


@pytest.mark.parametrize(
    ("http", "kind"),
    [(301, Kind.FINAL), (401, Kind.TOKEN), (404, Kind.FINAL), (429, Kind.THROTTLED)],
)
def test_what_turns_us_away_without_an_envelope_rejects(http, kind):
    error = error_of(http, b"<html>")
    assert isinstance(error, RejectedError)
    assert error.kind is kind


def test_only_what_never_left_is_worth_repeating_by_itself():
    assert NotSentError().kind is Kind.PASSING
    assert InDoubtError().kind is Kind.FINAL
