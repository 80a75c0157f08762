"""Secrets at rest open with a known key, in their own place, and nowhere else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.store.vault import UnsealError, Vault, token_place

_OLD, _NEW = "old-" + "k" * 40, "new-" + "k" * 40


@given(st.text())
def test_what_is_sealed_opens_again(text: str) -> None:
    vault = Vault([_NEW])
    assert vault.unseal(vault.seal(text, token_place(7)), token_place(7)) == text


def test_the_sealed_text_does_not_show_the_secret() -> None:
    assert b"EAAG-token" not in Vault([_NEW]).seal("EAAG-token", token_place(7))


def test_sealed_text_moved_to_another_row_does_not_open() -> None:
    vault = Vault([_NEW])
    sealed = vault.seal("EAAG-token", token_place(7))

    with pytest.raises(UnsealError, match="sportello_token:sealed:8"):
        vault.unseal(sealed, token_place(8))


def test_a_new_key_in_front_still_opens_what_the_old_one_sealed() -> None:
    sealed = Vault([_OLD]).seal("EAAG-token", token_place(7))

    assert Vault([_NEW, _OLD]).unseal(sealed, token_place(7)) == "EAAG-token"
    with pytest.raises(UnsealError):
        Vault([_NEW]).unseal(sealed, token_place(7))


def test_altered_text_does_not_open() -> None:
    vault = Vault([_NEW])
    sealed = bytearray(vault.seal("EAAG-token", token_place(7)))
    sealed[20] ^= 1

    with pytest.raises(UnsealError):
        vault.unseal(bytes(sealed), token_place(7))


def test_a_vault_without_a_key_does_not_exist() -> None:
    with pytest.raises(ValueError, match="needs a key"):
        Vault([""])
