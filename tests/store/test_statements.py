"""Every statement, of the store and of the pages, read by the real parser as the role that asks."""

import re
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

import sportello
from sportello.statements import statements
from tests import database as databases

_SRC = Path(sportello.__file__).parent
_PARAMETER = re.compile(rb"%\((\w+)\)[sbt]")


def numbered(sql: bytes) -> bytes:
    """Psycopg's named parameters as the server's numbered ones."""
    names: list[bytes] = []

    def number(found: re.Match[bytes]) -> bytes:
        if found[1] not in names:
            names.append(found[1])
        return b"$%d" % (names.index(found[1]) + 1)

    return _PARAMETER.sub(number, sql).replace(b"%%", b"%")


def _all(room: str) -> Iterator[tuple[str, bytes]]:
    for path in sorted((_SRC / room).rglob("*.sql")):
        for name, sql in statements(str(path)).items():
            yield f"{path.stem}.{name}", sql


@pytest.mark.parametrize(
    ("room", "role", "known"),
    [
        ("store", "sportello_worker", "journal.append"),
        ("console", "sportello_console", "counting.left_column"),
    ],
)
def test_each_statement_fits_the_tables_and_the_grants_of_its_role(
    database: str, room: str, role: str, known: str
) -> None:
    """PREPARE reads it against the migrated schema, EXPLAIN asks for grants; neither runs it."""
    found = dict(_all(room))
    assert known in found

    refused = {}
    url = databases.acting_as(database, role)
    with psycopg.connect(url, autocommit=True, prepare_threshold=None) as connection:
        connection.execute("SET plan_cache_mode = force_generic_plan")
        for name, sql in found.items():
            nulls = b", ".join(b"NULL" for _ in set(_PARAMETER.findall(sql)))
            try:
                connection.execute(b"PREPARE one AS " + numbered(sql))
                connection.execute(b"EXPLAIN EXECUTE one " + (b"(%b)" % nulls if nulls else b""))
            except psycopg.Error as error:
                refused[name] = str(error)
            connection.execute("DEALLOCATE ALL")

    assert refused == {}


def test_each_statement_fits_into_the_driver_s_cache() -> None:
    """Psycopg parses a statement anew each time when it is longer or has more parameters."""
    found = dict([*_all("store"), *_all("console")])
    assert {name: len(sql) for name, sql in found.items() if len(sql) > 4096} == {}
    assert {name for name, sql in found.items() if len(set(_PARAMETER.findall(sql))) > 50} == set()


def test_a_statement_without_its_sentence_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text("-- name: bare\nSELECT 1;\n")

    with pytest.raises(ValueError, match="lacks its sentence"):
        statements(str(tmp_path / "x.py"))


def test_a_name_given_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.sql").write_text("-- name: a\n-- One.\nSELECT 1;\n-- name: a\n-- Two.\nSELECT 2")

    with pytest.raises(ValueError, match="occurs twice"):
        statements(str(tmp_path / "x.py"))
