"""Meta's signature over the raw bytes."""

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.whatsapp.signature import is_genuine, signature

SECRET = b"an invented app secret"
BODY = b'{"object":"whatsapp_business_account","entry":[{"name":"Citt\\u00e0"}]}'
GOOD = "sha256=" + hmac.new(SECRET, BODY, hashlib.sha256).hexdigest()


def test_a_signature_of_these_bytes_by_this_secret_is_genuine():
    assert is_genuine(BODY, GOOD, [SECRET])
    assert signature(BODY, SECRET) == GOOD


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "sha256=",
        GOOD[:-1],
        GOOD + "0",
        GOOD + " ",
        " " + GOOD,
        GOOD.replace("sha256", "SHA256"),
        GOOD.removeprefix("sha256="),
        "sha1=" + hmac.new(SECRET, BODY, hashlib.sha1).hexdigest(),
        "sha256=" + "g" * 64,
        "sha256=" + "٣" * 64,
        "sha256=" + "00 " * 21 + "0",
        "sha256=" + "0" * 64,
        signature(BODY, b"another secret"),
        signature(BODY + b" ", SECRET),
    ],
)
def test_anything_else_is_not(header):
    assert not is_genuine(BODY, header, [SECRET])


def test_without_a_secret_nothing_is_genuine():
    assert not is_genuine(BODY, GOOD, [])
    assert not is_genuine(BODY, signature(BODY, b""), [b""])


def test_any_of_several_secrets_will_do():
    assert is_genuine(BODY, GOOD, [b"the new one", SECRET])


def test_the_same_json_in_other_bytes_is_not_genuine():
    assert not is_genuine(BODY.replace(b"\\u00e0", "à".encode()), GOOD, [SECRET])


@given(st.binary(max_size=200), st.text(max_size=80), st.lists(st.binary(max_size=20), max_size=3))
def test_no_header_that_was_not_computed_is_genuine(body, header, secrets):
    assert not is_genuine(body, header, secrets)


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=40))
def test_every_computed_header_is_genuine(body, secret):
    assert is_genuine(body, signature(body, secret), [secret])
