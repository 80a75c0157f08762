"""What every test stands on: a closed network, and a real PostgreSQL with a database of its own."""

import gc
import os
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
import pytest

# Settings are read once per process, before any test; no test reads the person's own settings.
for name in [n for n in os.environ if n.startswith("SPORTELLO_")]:
    del os.environ[name]
os.environ["SPORTELLO_DATA"] = str(Path(tempfile.gettempdir()) / "sportello-tests" / "data")
os.environ["SPORTELLO_SECRET_KEY"] = "test-key-" + "0" * 40
os.environ["SPORTELLO_DATABASE_URL"] = "postgresql:///set-by-a-fixture"
os.environ["DJANGO_SETTINGS_MODULE"] = "sportello.ops.django_settings"
# Before any module is collected, whichever is the first, or the only one.
django.setup()

from tests import (  # noqa: E402  # after the environment is clean
    asking,
    hypothesis_profiles,  # noqa: F401  # loads the profile
    scheduling,
)
from tests import database as databases  # noqa: E402  # after the environment is clean
from tests.spares import Spares  # noqa: E402  # after the environment is clean

_connect = socket.socket.connect


def _connect_to_loopback(self: socket.socket, address: object) -> None:
    """Tests speak to this machine alone: a forgotten outgoing call fails at once."""
    if self.family in {socket.AF_INET, socket.AF_INET6}:
        host = str(address[0])
        assert host.startswith("127.") or host in {"::1", "localhost"}, f"network closed: {host}"
    _connect(self, address)


@pytest.fixture(scope="session", autouse=True)
def closed_network() -> Iterator[None]:
    socket.socket.connect = _connect_to_loopback
    yield
    socket.socket.connect = _connect


@pytest.fixture(scope="session")
def cluster() -> str:
    """URL of the test server's maintenance database; migrated template included."""
    return databases.ensure_cluster()


@pytest.fixture(scope="session")
def spares(cluster: str) -> Iterator[Spares]:
    """The databases that this process's tests take and give back."""
    kept = Spares(cluster)
    yield kept
    kept.drop_all()


@pytest.fixture
def database(cluster: str, spares: Spares) -> Iterator[str]:
    """URL (owner's) of a migrated database without rows of any company."""
    name = spares.take()
    url = databases.named(cluster, name)
    yield url
    asking.hang_up(url)
    spares.give_back(name)


@pytest.fixture
def worker_url(database: str) -> str:
    """URL of the same database, acting as the role of edge and workers."""
    return databases.acting_as(database, "sportello_worker")


@pytest.fixture
def console_url(database: str) -> str:
    """URL of the same database, acting as the role that row-level security binds."""
    return databases.acting_as(database, "sportello_console")


@pytest.fixture
def django_database(database: str) -> Iterator[str]:
    """Points Django's connections (`default` as the console, `owner`) at the test's database."""
    yield databases.point_django_at(database)
    databases.release_django()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: scheduling.rank(item.nodeid))


def pytest_collection_finish() -> None:
    # Ten thousand tests live to the end: nobody need look through them for what may go.
    gc.collect()
    gc.freeze()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> scheduling.ByModule:
    return scheduling.ByModule(config, log)


def pytest_sessionfinish(session: pytest.Session) -> None:
    asking.hang_up_all()
    if not hasattr(session.config, "workerinput"):
        databases.stop_cluster()
