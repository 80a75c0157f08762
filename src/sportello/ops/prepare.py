"""What must be true before the processes start: tables, static files, a company's first rows."""

import hashlib
import os
from datetime import timedelta
from pathlib import Path

import django
from django.core.management import call_command
from django.db import transaction
from psycopg.conninfo import make_conninfo

from sportello import clock
from sportello.ops import rates, tables
from sportello.ops.reached import database_url, worker_url
from sportello.ops.settings import Settings
from sportello.store import founding, vault
from sportello.store.founding import Channel

_LOCK_MS_MAX = 60_000


def migrate(settings: Settings) -> None:
    """Brings the tables up to date; of several who start at once, one does and the others wait."""
    set_up_django()
    url = make_conninfo(database_url(settings), options=f"-c lock_timeout={_LOCK_MS_MAX}")
    with founding.connect(url, autocommit=True) as connection:
        founding.lock_migrations(connection)
        tables.bring_up_to_date()
    with founding.connect(worker_url(settings)) as connection:
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
    with founding.connect(worker_url(settings)) as connection:
        known = founding.has_people(connection)
    return {} if known else {"next_step": "sportello user create you@example.org"}


def ensure_channel(settings: Settings, workspace_id: int, channel: Channel) -> int:
    """The number's row and its sealed token; its id. The token is replaced if it changed."""
    key = vault.key_of(*settings.read_secret_keys())
    with founding.connect(worker_url(settings)) as connection:
        return founding.put_channel(connection, workspace_id, channel, key)


def ensure_workspace(settings: Settings, name: str, slug: str) -> int:
    """The company's row, made if missing; its id."""
    with founding.connect(worker_url(settings)) as connection:
        return founding.put_workspace(connection, name, slug, undo_seconds=settings.undo_seconds)


def first_workspace(settings: Settings) -> int | None:
    with founding.connect(worker_url(settings)) as connection:
        return founding.first_workspace(connection)


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
