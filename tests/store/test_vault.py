"""Secrets at rest open with a known key, in their own place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.store.vault import UnsealError, key_of, seal, token_place, unseal

_OLD, _NEW = "old-" + "k" * 40, "new-" + "k" * 40


@given(st.text())
def test_what_is_sealed_opens_again(text: str) -> None:
    key = key_of(_NEW)
    assert unseal(key, seal(key, text, token_place(7)), token_place(7)) == text


def test_the_sealed_text_does_not_show_the_secret() -> None:
    assert b"EAAG-token" not in seal(key_of(_NEW), "EAAG-token", token_place(7))


def test_sealed_text_moved_to_another_row_does_not_open() -> None:
    key = key_of(_NEW)
    sealed = seal(key, "EAAG-token", token_place(7))

    with pytest.raises(UnsealError, match="sportello_token:sealed:8"):
        unseal(key, sealed, token_place(8))


def test_a_new_key_in_front_still_opens_what_the_old_one_sealed() -> None:
    sealed = seal(key_of(_OLD), "EAAG-token", token_place(7))

    assert unseal(key_of(_NEW, _OLD), sealed, token_place(7)) == "EAAG-token"
    with pytest.raises(UnsealError):
        unseal(key_of(_NEW), sealed, token_place(7))


def test_altered_text_does_not_open() -> None:
    key = key_of(_NEW)
    sealed = bytearray(seal(key, "EAAG-token", token_place(7)))
    sealed[20] ^= 1

    with pytest.raises(UnsealError):
        unseal(key, bytes(sealed), token_place(7))


def test_a_vault_without_a_key_does_not_exist() -> None:
    with pytest.raises(ValueError, match="needs a secret key"):
        key_of("")
