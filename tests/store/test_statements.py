"""Every statement of the store, read by the real parser against the migrated tables."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import sportello.store
from sportello.store.pool import statements

_STORE = Path(sportello.store.__file__).parent
_PARAMETER = re.compile(rb"%\((\w+)\)[sbt]")


def numbered(sql: bytes) -> bytes:
    """Psycopg's named parameters as the server's numbered ones."""
    names: list[bytes] = []

    def number(found: re.Match[bytes]) -> bytes:
        if found[1] not in names:
            names.append(found[1])
        return b"$%d" % (names.index(found[1]) + 1)

    return _PARAMETER.sub(number, sql).replace(b"%%", b"%")


def _all() -> Iterator[tuple[str, bytes]]:
    for path in sorted(_STORE.glob("*.sql")):
        for name, sql in statements(str(path)).items():
            yield f"{path.stem}.{name}", sql


def test_each_statement_can_be_prepared_against_the_migrated_schema(worker_url: str) -> None:
    found = dict(_all())
    assert "journal.append" in found

    refused = {}
    with psycopg.connect(worker_url, autocommit=True) as connection:
        for name, sql in found.items():
            try:
                connection.execute(b"PREPARE one AS " + numbered(sql))
                connection.execute("DEALLOCATE one")
            except psycopg.Error as error:
                refused[name] = str(error)

    assert refused == {}


def test_each_statement_fits_into_the_driver_s_cache() -> None:
    """Psycopg parses a statement anew each time when it is longer or has more parameters."""
    assert {name: len(sql) for name, sql in _all() if len(sql) > 4096} == {}
    assert {name for name, sql in _all() if len(set(_PARAMETER.findall(sql))) > 50} == set()


def test_a_statement_without_its_sentence_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text("-- name: bare\nSELECT 1;\n")

    with pytest.raises(ValueError, match="lacks its sentence"):
        statements(str(tmp_path / "x.py"))


def test_a_name_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text("-- name: a\n-- One.\nSELECT 1;\n-- name: a\n-- Two.\nSELECT 2")

    with pytest.raises(ValueError, match="occurs twice"):
        statements(str(tmp_path / "x.py"))
