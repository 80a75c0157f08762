"""Secrets at rest open with a known key, in their own place, and nowhere else."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.ops import keys as ops_keys
from sportello.ops.settings import Settings
from sportello.store import founding, keys
from sportello.store.founding import Channel
from sportello.store.vault import UnsealError, key_of, pin_place, seal, token_place, unseal

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


def test_everything_is_sealed_anew_and_the_old_key_is_needed_no_more(worker_url: str) -> None:
    old, both, new = key_of(_OLD), key_of(_NEW, _OLD), key_of(_NEW)
    with founding.connect(worker_url, autocommit=True) as connection:
        workspace = founding.put_workspace(connection, "A", "a")
        channel = Channel("2", "1", "", "EAAG-token")
        number = founding.put_channel(connection, workspace, channel, old)
        connection.execute(
            "UPDATE sportello_token SET pin = %s", [seal(old, "135790", pin_place(number))]
        )

        turned = list(keys.rotate(connection, both))

        assert (turned[-1].done, turned[-1].lost) == (2, 0)
        row = connection.execute("SELECT sealed, pin FROM sportello_token").fetchone()
        assert row is not None
        assert unseal(new, row["sealed"], token_place(number)) == "EAAG-token"
        assert unseal(new, row["pin"], pin_place(number)) == "135790"
        assert [one.lost for one in keys.rotate(connection, old)] == [1, 2]


def test_no_sealed_column_is_forgotten_when_the_key_changes(database: str) -> None:
    """What is sealed lies in columns of bytes of these names; `keys.sql` puts each anew."""
    told = Path(keys.__file__).with_suffix(".sql").read_text()
    with founding.connect(database) as connection:
        columns = connection.execute(
            "SELECT table_name, column_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND data_type = 'bytea'"
            " AND column_name IN ('sealed', 'pin')"
        ).fetchall()

    assert len(columns) >= 6
    for column in columns:
        assert "{table_name} SET {column_name} =".format(**column) in told, column


def test_a_new_key_stands_in_front_and_the_earlier_ones_go_when_told(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, secret_key=None)
    settings.make_secret_key()
    (first,) = settings.read_secret_keys()

    ops_keys.add(settings)

    second, kept = settings.read_secret_keys()
    assert (kept, second != first) == (first, True)
    assert ops_keys.forget(settings) == 1
    assert settings.read_secret_keys() == [second]
    assert settings.secret_key_path.stat().st_mode & 0o777 == 0o600
