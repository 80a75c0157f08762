"""What must be true before the processes start: tables, static files, a company's first rows."""

import hashlib
import os
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import django
import psycopg
from django.core.management import call_command
from django.db import transaction
from psycopg.conninfo import make_conninfo

from sportello import clock
from sportello.ops import rates
from sportello.ops.settings import Settings
from sportello.store import vault

_LOCK = 7_021_957  # any number, the same for all who migrate


@dataclass(frozen=True, slots=True)
class Channel:
    """The credentials of one number, from the settings or from the demo."""

    phone_number_id: str
    waba_id: str
    app_id: str
    access_token: str


def migrate(settings: Settings) -> None:
    """Brings the tables up to date; of several who start at once, one does and the others wait."""
    set_up_django()
    with psycopg.connect(database_url(settings), autocommit=True) as connection:
        connection.execute("SET lock_timeout = '60s'")
        connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK])
        call_command("migrate", database="owner", verbosity=0, skip_checks=True)
    with psycopg.connect(worker_url(settings)) as connection:
        rates.load_shipped(connection)


def collect_static(settings: Settings) -> None:
    """Puts styles and scripts where whitenoise serves them, under names that change with them."""
    set_up_django()
    stamp = settings.data / "static" / ".made-from"
    wanted = _static_digest()
    if stamp.exists() and stamp.read_text() == wanted:
        return
    call_command("collectstatic", interactive=False, clear=True, verbosity=0, skip_checks=True)
    stamp.write_text(wanted)


def first_rows(settings: Settings) -> dict[str, str]:
    """Of a real installation: the number named by the settings, if any, belongs to the company."""
    workspace_id = first_workspace(settings)
    if settings.phone_number_id and settings.access_token is not None:
        workspace_id = workspace_id or ensure_workspace(settings, "Sportello", "company")
        token = settings.access_token.get_secret_value()
        channel = Channel(settings.phone_number_id, settings.waba_id, settings.app_id, token)
        ensure_channel(settings, workspace_id, channel)
    if _has_people(settings):
        return {}
    return {"next_step": "sportello user create you@example.org"}


def _has_people(settings: Settings) -> bool:
    with psycopg.connect(worker_url(settings)) as connection:
        return connection.execute("SELECT FROM sportello_user LIMIT 1").fetchone() is not None


def ensure_channel(settings: Settings, workspace_id: int, channel: Channel) -> int:
    """The number's row and its sealed token; its id. The token is replaced if it changed."""
    key = vault.key_of(settings.read_secret_key())
    with psycopg.connect(worker_url(settings)) as connection:
        row = connection.execute(
            """
            INSERT INTO sportello_number (workspace_id, phone_number_id, waba_id, app_id,
                                          token_last4)
            VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (phone_number_id) DO UPDATE
                SET waba_id = excluded.waba_id, app_id = excluded.app_id,
                    token_last4 = excluded.token_last4
            RETURNING id, workspace_id
            """,
            [
                workspace_id,
                channel.phone_number_id,
                channel.waba_id,
                channel.app_id,
                channel.access_token[-4:],
            ],
        ).fetchone()
        assert row is not None
        number_id: int = row[0]
        sealed = vault.seal(key, channel.access_token, vault.token_place(number_id))
        connection.execute(
            """
            INSERT INTO sportello_token (workspace_id, number_id, sealed) VALUES (%s, %s, %s)
            ON CONFLICT (number_id) DO UPDATE SET sealed = excluded.sealed
            """,
            [row[1], number_id, sealed],
        )
    return number_id


def ensure_workspace(settings: Settings, name: str, slug: str) -> int:
    """The company's row, made if missing; its id."""
    with psycopg.connect(worker_url(settings)) as connection:
        connection.execute(
            """
            INSERT INTO sportello_workspace (name, slug) VALUES (%s, %s)
            ON CONFLICT (slug) DO NOTHING
            """,
            [name, slug],
        )
        row = connection.execute(
            "SELECT id FROM sportello_workspace WHERE slug = %s", [slug]
        ).fetchone()
    assert row is not None
    workspace_id: int = row[0]
    return workspace_id


def first_workspace(settings: Settings) -> int | None:
    with psycopg.connect(worker_url(settings)) as connection:
        row = connection.execute("SELECT min(id) FROM sportello_workspace").fetchone()
    return row[0] if row else None


def ensure_user(workspace_id: int, email: str, name: str, role: str) -> int:
    """A person without a password (they enter by a one-time link), as a member of the company."""
    from sportello.console.access import workspace_transaction
    from sportello.schema.models import Membership, User

    with workspace_transaction(workspace_id), transaction.atomic():
        user = User.objects.filter(email__iexact=email).first()
        if user is None:
            user = User(email=email.lower(), name=name, created_at=clock.now())
            user.set_unusable_password()
            user.save()
        Membership.objects.get_or_create(
            workspace_id=workspace_id, user=user, defaults={"role": role}
        )
    return user.pk


def sign_in_link(settings: Settings, user_id: int, lasts: timedelta) -> str:
    """A whole address that signs `user_id` in once."""
    from sportello.console.team import links
    from sportello.schema.models import User

    now = clock.now()
    return settings.url + links.issue(User.objects.get(pk=user_id), now, lasts)


def new_api_key(workspace_id: int, name: str) -> str:
    from sportello.console.access import workspace_transaction
    from sportello.console.team import keys
    from sportello.schema.models import Workspace

    with workspace_transaction(workspace_id):
        _, plain = keys.create(Workspace.objects.get(pk=workspace_id), name)
    return plain


def database_url(settings: Settings) -> str:
    assert settings.database_url is not None, "the start gives the processes their database"
    return settings.database_url.get_secret_value()


def worker_url(settings: Settings) -> str:
    return make_conninfo(database_url(settings), options="-c role=sportello_worker")


def _static_digest() -> str:
    folder = Path(__file__).resolve().parent.parent / "console" / "static"
    digest = hashlib.sha256(django.__version__.encode())
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()


def set_up_django() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sportello.ops.django_settings")
    django.setup(set_prefix=False)
