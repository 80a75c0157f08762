"""The console's pages over a test's database, with the static files as they are served."""

import shutil
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings  # Django must be set up first
from django.core.management import call_command  # Django is set up first
from django.test import Client, override_settings  # Django is set up first

from sportello import clock  # Django is set up first
from tests.pages.shop import Shop, fill, open_shop  # Django is set up first

# Else each client that a test makes reads the whole folder of static files.
settings.WHITENOISE_AUTOREFRESH = True

NOW = datetime(2026, 11, 22, 9, 44, tzinfo=UTC)


@pytest.fixture(scope="session")
def static_files() -> Iterator[None]:
    """Collected once: a template that names a file which is not there fails its test."""
    folder = Path(tempfile.mkdtemp(prefix="sportello-static-"))
    plain = settings.STORAGES | {"staticfiles": {"BACKEND": "sportello.console.hashed.Hashed"}}
    with override_settings(STATIC_ROOT=folder, STORAGES=plain):
        call_command("collectstatic", interactive=False, verbosity=0, skip_checks=True)
        yield
    shutil.rmtree(folder)


@pytest.fixture
def media_folder(tmp_path: Path) -> Iterator[Path]:
    with override_settings(MEDIA_ROOT=tmp_path / "media"):
        yield tmp_path / "media"


@pytest.fixture
def shop(
    django_database: str,
    static_files: None,
    media_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Shop:
    """The demo shop at a quarter to eleven of a Sunday morning in Rome."""
    monkeypatch.setattr(clock, "now", lambda: NOW)
    return fill(open_shop(NOW))


@pytest.fixture
def stranger(shop: Shop) -> Shop:
    """Another company, with one conversation of its own."""
    return fill(open_shop(NOW, slug="altra", email="zoe@example.org"))


@pytest.fixture
def client(shop: Shop) -> Client:
    return signed_in(shop)


def signed_in(shop: Shop) -> Client:
    client = Client(headers={"accept-language": "it"}, SERVER_NAME="localhost")
    client.force_login(shop.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


@pytest.fixture
def settings_of_demo() -> Iterator[None]:
    with override_settings(SPORTELLO_PHONE_URL="http://127.0.0.1:8001/phone"):
        yield
