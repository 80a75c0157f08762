"""The secret key changed without losing what it sealed: a new one in front, all sealed anew."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

from sportello.ops.reached import worker_url
from sportello.ops.settings import Settings, WrongSettingError
from sportello.store import founding, keys, vault
from sportello.store.keys import Turned


def add(settings: Settings) -> None:
    """A new key in front of those in the file. Raises WrongSettingError for a key by setting."""
    _write(_file_of(settings), [secrets.token_urlsafe(48), *settings.read_secret_keys()])


def rotate(settings: Settings) -> Iterator[Turned]:
    """Seals everything with the first key; may be stopped and repeated at any time."""
    key = vault.key_of(*settings.read_secret_keys())
    with founding.connect(worker_url(settings), autocommit=True) as connection:
        yield from keys.rotate(connection, key)


def forget(settings: Settings) -> int:
    """Leaves the first key alone in the file; how many were dropped. Raises WrongSettingError."""
    known = settings.read_secret_keys()
    _write(_file_of(settings), known[:1])
    return len(known) - 1


def _file_of(settings: Settings) -> Path:
    if settings.secret_key is not None:
        raise WrongSettingError(
            "SPORTELLO_SECRET_KEY is set: put the new key there and the earlier ones into "
            "SPORTELLO_OLD_SECRET_KEYS"
        )
    if not settings.secret_key_path.exists():
        raise WrongSettingError(f"there is no {settings.secret_key_path}")
    return settings.secret_key_path


def _write(path: Path, lines: list[str]) -> None:
    """At once or not at all: half a key file would lose every token."""
    new = path.with_suffix(".new")
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)
