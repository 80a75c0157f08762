"""Spellings of addresses that are not the public web's, and those that are."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.fetching.addresses import is_public, literal, plain

_INSIDE = """
127.0.0.1 127.1.2.3 10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 169.254.169.254
100.64.0.1 0.0.0.0 0.1.2.3 192.0.0.1 192.0.2.1 198.18.0.1 198.51.100.1 203.0.113.1 224.0.0.1
240.0.0.1 255.255.255.255 :: ::1 fe80::1 fe80::1%eth0 fc00::1 fd12:3456::1 ff02::1 2001:db8::1
::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 64:ff9b::127.0.0.1 64:ff9b::a00:1
64:ff9b:1::7f00:1 2002:7f00:1:: 2002:a00:1:: 2001:0:7f00:1::
"""
_OLD_SPELLINGS = """
2130706433 0x7f000001 0x7f.0.0.1 0177.0.0.1 017700000001 127.1 127.0.1 0 0x0 10.1 0xa000001
3232235521 192.168.1 [::1] [::ffff:127.0.0.1] 127.0.0.1. 0xA9.0xFE.0xA9.0xFE 2852039166
"""
_OUTSIDE = ["93.184.216.34", "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", _INSIDE.split())
def test_an_address_of_the_house_is_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", _OUTSIDE)
def test_an_address_of_the_web_is_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", _OLD_SPELLINGS.split())
def test_an_old_spelling_is_seen_through(host: str) -> None:
    told = literal(host)

    assert told is not None
    assert not is_public(told)


@pytest.mark.parametrize("host", ["example.com", "1e100.net", "127.0.0.1.example.com", "a"])
def test_a_name_is_no_address(host: str) -> None:
    assert literal(host) is None


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd", "ftp://example.com/", "gopher://x.example/", "javascript:alert(1)",
        "http://user:secret@example.com/", "http://", "//example.com", "http://[::1", "data:,x",
        "http://exa mple.com/", "http://example.com/\r\nHost: x", "http://a.example:99999/",
        "http://" + "a" * 2_000,
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_page_is_refused(url: str) -> None:
    assert plain(url) is None


def test_an_address_is_made_plain() -> None:
    assert plain("../b?x=1#top", "https://Example.com:443/a/c") == "https://example.com/b?x=1"
    assert plain("http://bücher.example/") == "http://xn--bcher-kva.example/"


@given(st.ip_addresses(v=4))
def test_an_ipv4_address_wrapped_in_ipv6_is_judged_as_itself(address: object) -> None:
    assert is_public(f"::ffff:{address}") == is_public(str(address))


@given(st.text(max_size=60))
def test_whatever_is_written_is_judged_without_a_fault(told: str) -> None:
    is_public(told)
    literal(told)
    plain(told)
