"""Files of contacts taken in by the worker: every row once, whatever dies in between."""

import asyncio
import io
import os
import signal
import sys
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from sportello.rules.contact_rows import Claim
from tests.loop import in_loop
from tests.workers.desk import Desk, open_desk
from tests.workers.taking import confirm, found, upload, work

_HEAD = "Nome;Cellulare;Città;Punti;Nato il\n"
_FEW = (
    _HEAD + "Ada;347 000 1111;Bari;1.250;1/2/1990\n"
    "Ada B.;+39 347 0001111;Roma;7;\n"
    "Ivo;347 000 2222;;molti;31/02/1990\n"
    "Eva;3,9E+11;Bari;;\n"
    "Leo;;Bari;;\n"
)


def _many(rows: int) -> bytes:
    """Each number twice: once in the first half of the file, once in the second."""
    lines = (f"Persona {n};347 {n % (rows // 2):07d};Bari;{n};\n" for n in range(rows))
    return (_HEAD + "".join(lines)).encode()


def _people(desk: Desk) -> list[dict[str, Any]]:
    return desk.rows("SELECT * FROM sportello_contact ORDER BY wa_id")


def _flaws(desk: Desk) -> list[tuple[int, str]]:
    rows = desk.rows("SELECT line, code FROM sportello_importflaw ORDER BY line, id")
    return [(row["line"], row["code"]) for row in rows]


def _count(desk: Desk, table: str) -> int:
    counted: int = desk.row(f"SELECT count(*) FROM sportello_{table}")["count"]  # noqa: S608  # names of ours
    return counted


async def _taken_in(desk: Desk, folder: Path, content: bytes, **more: Any) -> dict[str, Any]:
    made = upload(desk, content)
    await work(desk.url, folder)
    confirm(desk, made, **more)
    await work(desk.url, folder)
    return found(desk, made)


@in_loop
async def test_a_file_is_looked_at_before_a_person_says_what_its_columns_are(
    database: str, tmp_path: Path
) -> None:
    desk = open_desk(database)
    made = upload(desk, _FEW.encode("cp1252"))

    await work(desk.url, tmp_path)

    seen = found(desk, made)
    assert (seen["state"], seen["total"]) == ("mapping", 5)
    assert seen["sample"]["headers"] == ["Nome", "Cellulare", "Città", "Punti", "Nato il"]
    assert seen["sample"]["lines"] == [2, 3, 4, 5, 6]


@in_loop
async def test_a_long_file_keeps_its_lease_and_tells_how_far_it_is_while_it_is_read(
    database: str, tmp_path: Path
) -> None:
    """Before its first portion: as it is looked at, and as what came in before is passed over."""
    desk = open_desk(database)
    desk.rows("CREATE TABLE told (state text, total int, done int, until timestamptz)")
    desk.rows(
        "CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO told"
        " VALUES (NEW.state, NEW.total, NEW.done, NEW.claimed_until); RETURN NULL; END $$"
    )
    desk.rows(
        "CREATE TRIGGER tell AFTER UPDATE ON sportello_contactimport FOR EACH ROW"
        " WHEN (NEW.claimed_until > OLD.claimed_until) EXECUTE FUNCTION tell()"
    )
    made = upload(desk, _many(25_000))

    await work(desk.url, tmp_path)
    seen = desk.rows("SELECT total FROM told WHERE state = 'looking' ORDER BY until")
    confirm(desk, made)
    desk.rows("UPDATE sportello_contactimport SET done = 24000")
    await work(desk.url, tmp_path)

    assert [row["total"] for row in seen] == [10_000, 20_000]
    passed = desk.rows("SELECT total FROM told WHERE state = 'running' AND done = 24000")
    assert [row["total"] for row in passed] == [25_000, 25_000]
    assert (found(desk, made)["state"], found(desk, made)["total"]) == ("done", 25_000)


@in_loop
async def test_rows_become_contacts_members_and_consents(database: str, tmp_path: Path) -> None:
    desk = open_desk(database)

    over = await _taken_in(desk, tmp_path, _FEW.encode())

    assert [(one["wa_id"], one["name"], one["properties"]) for one in _people(desk)] == [
        ("393470001111", "Ada", {"Città": "Bari", "Punti": "1.250", "Nato il": "1/2/1990"}),
        ("393470002222", "Ivo", {"Punti": "molti", "Nato il": "31/02/1990"}),
    ]
    assert over["counts"] == {
        "created": 2, "updated": 0, "merged": 1, "rejected": 2, "granted": 2,
        "without_consent": 0, "opted_out": 0,
    }  # fmt: skip
    assert (over["state"], over["done"], over["sample"]) == ("done", 5, {})
    assert _flaws(desk) == [(5, "number_mangled"), (6, "phone_missing")]
    assert (_count(desk, "listmember"), _count(desk, "consentevent")) == (2, 2)


@in_loop
async def test_what_a_property_cannot_be_is_told_and_left_out(
    database: str, tmp_path: Path
) -> None:
    desk = open_desk(database)
    rows = "".join(f"P{n};347 000 {n:04d};;{n};0{1 + n % 9}/02/1990\n" for n in range(9))
    odd = "Ivo;347 000 2222;;molti;31/02/1990\n"
    made = upload(desk, (_HEAD + rows).encode())
    await work(desk.url, tmp_path)
    confirm(desk, made)
    desk.rows("UPDATE sportello_importpart SET content = %s", (_HEAD + odd + rows).encode())
    desk.rows("UPDATE sportello_contactimport SET total = 10")

    await work(desk.url, tmp_path)

    ivo = desk.row("SELECT properties FROM sportello_contact WHERE name = 'Ivo'")
    first = desk.row("SELECT properties FROM sportello_contact WHERE name = 'P0'")
    assert ivo["properties"] == {}
    assert first["properties"] == {"Punti": "0", "Nato il": "01/02/1990"}
    assert _flaws(desk) == [(2, "not_a_number"), (2, "not_a_date")]


@in_loop
async def test_a_workbook_is_read_as_it_stands_there(database: str, tmp_path: Path) -> None:
    desk = open_desk(database)
    book = openpyxl.Workbook()
    book.create_sheet("Clienti")
    sheet = book["Clienti"]
    sheet.append(["Nome", "Cellulare", "Note"])
    sheet.append(["Ada", 393470001111, "_x0000_ sì_xD800_"])
    sheet.append(["Ivo", "3,9E+11", None])
    kept = io.BytesIO()
    book.save(kept)

    over = await _taken_in(desk, tmp_path, kept.getvalue(), shared=Claim())

    assert [(one["wa_id"], one["name"]) for one in _people(desk)] == [("393470001111", "Ada")]
    assert _flaws(desk) == [(3, "number_mangled")]
    assert over["counts"]["without_consent"] == 1
    assert _count(desk, "consentevent") == 0


@in_loop
async def test_an_import_brings_nobody_back_who_said_no(database: str, tmp_path: Path) -> None:
    desk = open_desk(database)
    desk.rows(
        "WITH ada AS (INSERT INTO sportello_contact (workspace_id, wa_id, name, properties)"
        """ VALUES (%s, '393470001111', 'Ada Bianchi', '{"Città": "Lecce", "Taglia": "M"}')"""
        " RETURNING *) INSERT INTO sportello_consentevent (workspace_id, contact_id, action,"
        " source, at) SELECT workspace_id, id, 'withdraw', 'keyword', now() FROM ada",
        desk.workspace_id,
    )

    over = await _taken_in(desk, tmp_path, _FEW.encode())

    ada = _people(desk)[0]
    assert (ada["name"], ada["properties"]["Città"], ada["properties"]["Taglia"]) == (
        "Ada", "Bari", "M",
    )  # fmt: skip
    assert (over["counts"]["updated"], over["counts"]["opted_out"]) == (1, 1)
    assert (2, "opted_out") in _flaws(desk)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "file_empty"),
        (b"Nome;Cellulare\n", "file_empty"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "file_is_old_spreadsheet"),
        (b"PK\x03\x04 broken", "file_not_a_table"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "file_not_a_table"),
        (";".join(f"c{n}" for n in range(60)).encode() + b"\n1\n", "too_many_columns"),
        (b'a;b\n"' + b"x" * 50_000, "file_not_a_table"),
    ],
)
@in_loop
async def test_what_is_no_table_is_told_with_its_reason(
    database: str, tmp_path: Path, content: bytes, reason: str
) -> None:
    desk = open_desk(database)
    made = upload(desk, content)

    await work(desk.url, tmp_path)

    assert (found(desk, made)["state"], found(desk, made)["reason"]) == ("failed", reason)
    assert _count(desk, "importpart") == 0


@pytest.mark.parametrize("point", ["take_in.taken:2", "take_in.committed:2", "take_in.finished"])
@in_loop
async def test_after_a_kill_the_next_worker_goes_on_behind_the_last_row(
    database: str, tmp_path: Path, point: str
) -> None:
    desk = open_desk(database)
    made = upload(desk, _many(4_000))
    await work(desk.url, tmp_path)
    confirm(desk, made)

    died = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.workers.taking", desk.url, str(tmp_path),
        env={**os.environ, "SPORTELLO_CRASH_AT": point, "PYTHONPATH": os.pathsep.join(sys.path)},
    )  # fmt: skip
    await died.wait()
    desk.rows("UPDATE sportello_contactimport SET claimed_until = NULL")
    await work(desk.url, tmp_path)

    assert died.returncode == -signal.SIGKILL
    over = found(desk, made)
    assert (over["state"], over["done"], over["total"]) == ("done", 4_000, 4_000)
    assert over["counts"] == {
        "created": 2_000, "updated": 0, "merged": 2_000, "rejected": 0, "granted": 4_000,
        "without_consent": 0, "opted_out": 0,
    }  # fmt: skip
    named = {one["name"] for one in _people(desk)}
    assert named == {f"Persona {n}" for n in range(2_000)}
    assert (_count(desk, "listmember"), _count(desk, "consentevent")) == (2_000, 2_000)


@in_loop
async def test_what_is_cancelled_stays_as_far_as_it_came_and_its_file_goes(
    database: str, tmp_path: Path
) -> None:
    desk = open_desk(database)
    made = upload(desk, _many(4_000))
    await work(desk.url, tmp_path)
    confirm(desk, made)
    desk.rows(
        "CREATE FUNCTION cancel_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
        " NEW.state := CASE WHEN NEW.done >= 2000 THEN 'cancelled' ELSE NEW.state END;"
        " RETURN NEW; END $$;"
        "CREATE TRIGGER cancel BEFORE UPDATE OF done ON sportello_contactimport"
        " FOR EACH ROW EXECUTE FUNCTION cancel_it()"
    )

    await work(desk.url, tmp_path)

    assert (found(desk, made)["state"], found(desk, made)["done"]) == ("cancelled", 2_000)
    assert _count(desk, "contact") == 2_000
    assert (_count(desk, "importpart"), _count(desk, "importseen")) == (0, 0)
