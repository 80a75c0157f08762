"""The embedded database comes back after a kill, whatever the kill left behind."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from sportello.ops import postgres


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    path = tmp_path_factory.mktemp("database") / "postgres"
    yield path
    postgres.stop(path)


def _pid(folder: Path) -> int:
    return int((folder / "postmaster.pid").read_text().split("\n")[0])


def _kill(pid: int) -> None:
    family = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    for process in family:
        process.send_signal(signal.SIGKILL)
    psutil.wait_procs(family, timeout=10)


def test_a_killed_server_starts_again_with_what_was_committed(folder: Path) -> None:
    with psycopg.connect(postgres.start(folder)) as connection:
        assert connection.execute("SHOW synchronous_commit").fetchone() == ("on",)
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    _kill(_pid(folder))
    assert not postgres.is_running(folder)

    with psycopg.connect(postgres.start(folder)) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)


def test_a_server_whose_head_alone_was_killed_starts_again(folder: Path) -> None:
    """Its children still hold the shared memory for a moment, and a start is refused."""
    with psycopg.connect(postgres.start(folder)) as connection:
        connection.execute("CREATE TABLE kept AS SELECT 1 AS n")
    busy = psycopg.connect(postgres.start(folder))
    os.kill(_pid(folder), signal.SIGKILL)

    with psycopg.connect(postgres.start(folder)) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (1,)
    busy.close()


def test_a_lock_whose_number_belongs_to_another_program_is_dropped(folder: Path) -> None:
    postgres.start(folder)
    lock = (folder / "postmaster.pid").read_text().split("\n")
    _kill(_pid(folder))
    lock[0] = str(os.getpid())
    (folder / "postmaster.pid").write_text("\n".join(lock))
    assert not postgres.is_running(folder)

    with psycopg.connect(postgres.start(folder)) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_live_server_left_behind_is_used(folder: Path) -> None:
    postgres.start(folder)
    left_behind = _pid(folder)

    postgres.start(folder)

    assert _pid(folder) == left_behind
