"""The test server: one cluster per checkout, a template migrated once, a copy of it per test."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psycopg

from tests import asking

_ROOT = Path(__file__).resolve().parent.parent
_MARK = hashlib.sha256(str(_ROOT).encode()).hexdigest()[:8]
# A copy of the template is hundreds of small files: in memory it takes a seventh of the time.
_IN_MEMORY = Path("/dev/shm")  # noqa: S108  # the name of the file system, not of a file
_ROOM_BYTES = 4 * 1024**3
_LEAVING_TRIES = 20


def _home() -> Path:
    """In memory where there is room, else among the temporary files."""
    roomy = (
        _IN_MEMORY.is_dir()
        and os.access(_IN_MEMORY, os.W_OK)
        and shutil.disk_usage(_IN_MEMORY).free >= _ROOM_BYTES
    )
    folder = _IN_MEMORY if roomy else Path(tempfile.gettempdir())
    return folder / f"sportello-tests-{_MARK}"


_HOME = _home()


def ensure_cluster() -> str:
    """Starts the server if it does not run, and migrates the template if migrations changed."""
    from sportello.ops import postgres

    with _alone():
        url = postgres.start(_HOME / "pg")
        with psycopg.connect(url, autocommit=True) as connection:
            # A test's data need not survive the machine.
            connection.execute("ALTER SYSTEM SET fsync = off")
            connection.execute("ALTER SYSTEM SET max_connections = 200")
            connection.execute("SELECT pg_reload_conf()")
        _ensure_template(url)
        return url


def stop_cluster() -> None:
    from sportello.ops import postgres

    if (_HOME / "pg" / "postmaster.pid").exists():
        postgres.stop(_HOME / "pg")


def create(cluster: str, name: str) -> str:
    with psycopg.connect(cluster, autocommit=True) as connection:
        made = f"CREATE DATABASE {name} TEMPLATE {_template()} STRATEGY file_copy"
        connection.execute(made)
    return named(cluster, name)


def drop(cluster: str, name: str) -> None:
    asking.hang_up(named(cluster, name))
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def rename(cluster: str, name: str, new: str) -> bool:
    """False if somebody still speaks to it."""
    with psycopg.connect(cluster, autocommit=True) as connection:
        for _ in range(_LEAVING_TRIES):
            try:
                connection.execute(f"ALTER DATABASE {name} RENAME TO {new}")
            except psycopg.errors.ObjectInUse:
                # A closed connection takes a moment to go.
                connection.execute("SELECT pg_sleep(0.01)")
            else:
                return True
    return False


def acting_as(url: str, role: str) -> str:
    return f"{url}&options={quote(f'-c role={role}')}"


def point_django_at(url: str) -> str:
    import django
    from django.db import connections

    django.setup()
    parts = psycopg.conninfo.conninfo_to_dict(url)
    for alias in ("default", "owner"):
        connections[alias].close()
        connections[alias].settings_dict.update(
            NAME=parts["dbname"], HOST=parts["host"], USER=parts["user"]
        )
    return url


def release_django() -> None:
    from django.db import connections

    connections.close_all()


def _ensure_template(cluster: str) -> None:
    with psycopg.connect(cluster, autocommit=True) as connection:
        known = connection.execute(
            "SELECT FROM pg_database WHERE datname = %s", [_template()]
        ).fetchone()
        if known is not None:
            return
        # A migration that failed may have left one behind.
        connection.execute("DROP DATABASE IF EXISTS making_template WITH (FORCE)")
        connection.execute("CREATE DATABASE making_template")
    _migrate(named(cluster, "making_template"))
    with psycopg.connect(cluster, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE making_template RENAME TO {_template()}")


def _migrate(url: str) -> None:
    from django.db import connections

    point_django_at(url)
    # Both need Django set up.
    from sportello.ops import rates, tables

    tables.bring_up_to_date()
    connections.close_all()
    with psycopg.connect(acting_as(url, "sportello_worker")) as connection:
        rates.load_shipped(connection)


def _template() -> str:
    """Named after what made it: other migrations or prices, another template."""
    schema = _ROOT / "src/sportello/schema"
    makers = sorted([*schema.rglob("*.py"), *schema.rglob("*.sql")])
    makers += sorted((_ROOT / "src/sportello/ops/rate_cards").iterdir())
    digest = hashlib.sha256(
        b"".join(path.read_bytes() for path in makers if path.is_file())
    ).hexdigest()
    return f"template_{digest[:12]}"


def named(cluster: str, name: str) -> str:
    """The same server, another of its databases."""
    from sportello.ops.postgres import DATABASE

    return cluster.replace(f"/{DATABASE}?", f"/{name}?")


@contextmanager
def _alone() -> Iterator[None]:
    _HOME.mkdir(parents=True, exist_ok=True)
    with (_HOME / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
        os.utime(_HOME)
