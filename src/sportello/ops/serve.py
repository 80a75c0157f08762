"""`sportello up`: database, tables, edge with pages, workers; watched, and stopped in order."""

import fcntl
import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog

from sportello.ops import postgres
from sportello.ops.processes import Child, Supervisor, environment, wait_until_ready
from sportello.ops.settings import Settings

_READY_S = 60.0
_log = structlog.get_logger()


class CannotStartError(Exception):
    """Why the start ended; one line for the person who typed the command."""


def words(*arguments: str) -> list[str]:
    """The command line of one of our own processes."""
    return [sys.executable, "-m", "sportello.ops.cli", *arguments]


def up(
    settings: Settings,
    changes: Mapping[str, str],
    *,
    prepare: list[str],
    before: Callable[[Supervisor], None] | None = None,
    beside: Callable[[], None] | None = None,
    told: Callable[[dict[str, Any]], None],
) -> None:
    """Runs everything until a signal says stop.

    `changes`: settings for the processes, as environment variables. `prepare`: the command that
    makes tables and first rows; the JSON it prints goes to `told` once pages can be used.
    `before`: starts what must run beside us (the demo's emulator); `beside`: what is done while
    the last of them comes up. Raises CannotStartError.
    """
    with _only_one(settings, changes):
        settings.make_secret_key()
        _refuse_taken_port(settings.host, settings.port)
        folder = settings.data / "postgres"
        own = settings.database_url is None
        supervisor = Supervisor(tend=lambda: _keep_database(folder) if own else None)
        try:
            if before is not None:
                before(supervisor)
            url = postgres.start(folder) if own else _given(settings)
            supervisor.take_signals()
            surroundings = environment({**changes, "SPORTELLO_DATABASE_URL": url})
            # Most of its start is reading its own code: it does so while the tables are made.
            edge = Child("edge", words("edge", "--pages", "--on-word"), surroundings, waits=True)
            supervisor.add(edge)
            facts = _prepare(prepare, surroundings)
            edge.go()
            supervisor.add(Child("work", words("work"), surroundings))
            if beside is not None:
                beside()
            _wait_for_pages(settings, supervisor, edge)
            if not supervisor.stopping:
                told(facts)
            supervisor.watch()
        finally:
            supervisor.stop()
            if own:
                postgres.stop(folder)


def _wait_for_pages(settings: Settings, supervisor: Supervisor, edge: Child) -> None:
    host = "127.0.0.1" if settings.host == "0.0.0.0" else settings.host  # noqa: S104  # compared
    ready = wait_until_ready(f"http://{host}:{settings.port}/readyz", edge, _READY_S)
    if not ready and not supervisor.stopping:
        raise CannotStartError("the console did not come up; its last lines above say why")


def _prepare(command: list[str], surroundings: Mapping[str, str]) -> dict[str, Any]:
    done = subprocess.run(  # noqa: S603  # our own program
        command, env=dict(surroundings), stdout=subprocess.PIPE, check=False, timeout=600
    )
    if done.returncode != 0:
        raise CannotStartError("preparing the tables failed; the lines above say why")
    facts: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return facts


def _keep_database(folder: Path) -> None:
    """A database that was killed is started again; the processes reconnect by themselves.

    One that does not start yet (what the kill left behind is still ending) is tried at the next
    look: the supervisor itself never falls over it.
    """
    if postgres.is_running(folder):
        return
    try:
        postgres.start(folder)
    except postgres.NOT_YET as error:
        _log.warning("database_not_back", error=type(error).__name__)


def _given(settings: Settings) -> str:
    assert settings.database_url is not None
    return settings.database_url.get_secret_value()


@contextmanager
def _only_one(settings: Settings, changes: Mapping[str, str]) -> Iterator[None]:
    """Two starts on one data folder would fight over database and port. While it runs, the file
    holds the settings that commands beside it need to see the same world.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(settings.running_path, os.O_RDWR | os.O_CREAT, 0o600), "r+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise CannotStartError(
                f"Sportello already runs on {settings.data}: stop it, or give another --data"
            ) from error
        os.fchmod(file.fileno(), 0o600)
        file.truncate()
        json.dump(dict(changes), file)
        file.flush()
        try:
            yield
        finally:
            file.seek(0)
            file.truncate()


def _refuse_taken_port(host: str, port: int) -> None:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise CannotStartError(
                f"cannot listen on {host}:{port} ({error.strerror}): give another --port"
            ) from error
