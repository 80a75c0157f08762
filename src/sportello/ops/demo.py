"""`sportello demo`: an invented shop, its knowledge and customers, and the emulator as Meta.

It stays as the supervisor of the processes, so nothing heavy is imported here: the rows are made by
`demo_rows` in a process that ends.
"""

import json
import os
import secrets
import shutil
import sys
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import structlog
import typer

from sportello.ops import demo_content, demo_orders, demo_templates, postgres, serve
from sportello.ops.processes import Child, environment, wait_until_ready
from sportello.ops.settings import Settings, default_data
from sportello.store import founding

_INDEX_S = 60.0
_log = structlog.get_logger(__name__)


def data_folder(data: Path | None) -> Path:
    return (data or default_data() / "demo").expanduser().resolve()


def run(host: str, port: int, data: Path | None, *, fresh: bool, as_json: bool) -> None:
    """Starts everything and returns after the stop. Raises serve.CannotStartError."""
    folder = data_folder(data)
    if fresh and folder.exists():
        _forget(folder)
    settings = Settings(data=folder, host=host, port=port, demo=True)
    secret = _secrets(folder)
    emulator = _emulator(settings, secret)
    demo_orders.serve(port)

    def tell(facts: dict[str, Any]) -> None:
        _wait_for_knowledge(settings)
        Thread(target=_play_meta, args=(settings, secret), daemon=True).start()
        _tell(settings, secret, facts, as_json=as_json)

    serve.up(
        settings,
        _changes(settings, secret),
        prepare=serve.words("prepare", "--demo"),
        before=lambda supervisor: supervisor.add(emulator),
        beside=lambda: _people_the_world(settings, emulator),
        told=tell,
    )


def _play_meta(settings: Settings, secret: Mapping[str, str]) -> None:
    """What would have happened at Meta before: a profile, decided templates. Nobody waits for it:
    the pages show it as it comes.
    """
    emulator = _emulator_url(settings)
    try:
        demo_templates.complete_profile(
            emulator, secret["phone_number_id"], secret["access_token"], demo_content.read().shop
        )
        demo_templates.decide(emulator, secret["waba_id"])
    except OSError as error:  # stopped meanwhile
        _log.warning("templates_not_decided", error=type(error).__name__)


def _forget(folder: Path) -> None:
    """Only a folder that a demo made is removed: `--fresh --data ~` costs nobody a home."""
    if not (folder / "demo.json").exists():
        raise serve.CannotStartError(f"{folder} is not a demo's folder: --fresh would delete it")
    postgres.stop(folder / "postgres")
    shutil.rmtree(folder)


def _secrets(folder: Path) -> dict[str, str]:
    """The demo's own credentials, drawn once per data folder."""
    path = folder / "demo.json"
    if path.exists():
        known: dict[str, str] = json.loads(path.read_text())
        return known
    drawn = {
        "app_id": "700000000000001",
        "waba_id": "100000000000001",
        "phone_number_id": "200000000000001",
        "app_secret": secrets.token_hex(16),
        "access_token": "EAA" + secrets.token_hex(40),
        "verify_token": secrets.token_hex(12),
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_secrets(path, drawn)
    return drawn


def write_secrets(path: Path, values: Mapping[str, str]) -> None:
    """Readable for their owner alone."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
        json.dump(dict(values), file)


def _emulator_url(settings: Settings) -> str:
    return f"http://{settings.host}:{settings.port + 1}"


def _changes(settings: Settings, secret: Mapping[str, str]) -> dict[str, str]:
    emulator = _emulator_url(settings)
    return {
        "SPORTELLO_DATA": str(settings.data),
        "SPORTELLO_HOST": settings.host,
        "SPORTELLO_PORT": str(settings.port),
        "SPORTELLO_DEMO": "true",
        "SPORTELLO_PRIVATE_HOSTS": ",".join(
            filter(None, [settings.private_hosts, demo_orders.HOST])
        ),
        "SPORTELLO_GRAPH_URL": emulator,
        "SPORTELLO_CLOCK_URL": f"{emulator}/sim/clock",
        "SPORTELLO_SDK_URL": emulator,
        "SPORTELLO_SIGNUP_ORIGIN": emulator,
        "SPORTELLO_SIGNUP_CONFIGURATION": "1",
        **{
            f"SPORTELLO_{name.upper()}": value
            for name, value in secret.items()
            if name != "api_key"
        },
    }


def _emulator(settings: Settings, secret: Mapping[str, str]) -> Child:
    """A new world at each start: the same seed would repeat the ids of yesterday's messages."""
    return Child(
        "emulator",
        [
            sys.executable, "-m", "whatsapp_emulator", "serve",
            "--business-name", demo_content.read().shop.name,
            "--host", settings.host, "--port", str(settings.port + 1),
            "--webhook-url", f"{settings.url}/webhooks/whatsapp",
            "--verify-token", secret["verify_token"], "--app-secret", secret["app_secret"],
            "--access-token", secret["access_token"], "--app-id", secret["app_id"],
            "--waba-id", secret["waba_id"], "--phone-number-id", secret["phone_number_id"],
            "--seed", str(secrets.randbits(31)),
        ],
        environment({}),
    )  # fmt: skip


def _people_the_world(settings: Settings, emulator: Child) -> None:
    """The shop's customers have phones in the emulator's world, as soon as there is one."""
    if not wait_until_ready(f"{_emulator_url(settings)}/sim/clock", emulator, 20):
        raise serve.CannotStartError(
            f"the emulator did not come up on port {settings.port + 1}; the lines above say why"
        )
    for customer in demo_content.read().customers:
        _bring_to_life(_emulator_url(settings), customer.wa_id, {"name": customer.name})
    for person in demo_content.people():
        habits = {"name": person.name, **person.habits}
        _bring_to_life(_emulator_url(settings), person.wa_id, habits)


def _bring_to_life(emulator: str, wa_id: str, habits: dict[str, Any]) -> None:
    body = json.dumps({"wa_id": wa_id, **habits}).encode()
    request = urllib.request.Request(  # noqa: S310  # our own emulator
        f"{emulator}/sim/people", body, {"Content-Type": "application/json"}
    )
    urllib.request.urlopen(request, timeout=5).close()  # noqa: S310  # as above


def _wait_for_knowledge(settings: Settings) -> None:
    """Until the shop's pairs can be found, or `_INDEX_S` have passed: the first start has to read
    them, and a question asked meanwhile would be handed over as not known.
    """
    url = postgres.start(settings.data / "postgres")
    end = monotonic() + _INDEX_S
    with founding.connect(url, autocommit=True) as connection:
        while monotonic() < end and not founding.is_read(connection):
            sleep(0.1)


def _tell(
    settings: Settings, secret: Mapping[str, str], facts: Mapping[str, Any], *, as_json: bool
) -> None:
    emulator = _emulator_url(settings)
    block = {
        "console_url": settings.url,
        "login_url": facts["login_url"],
        "phone_url": f"{emulator}/phone",
        "emulator_url": emulator,
        "api_key": facts["api_key"],
        "workspace": facts["workspace"],
        **{
            name: secret[name]
            for name in ("phone_number_id", "waba_id", "app_id", "app_secret", "access_token")
        },
        "webhook_url": f"{settings.url}/webhooks/whatsapp",
    }
    if as_json:
        typer.echo(json.dumps(block))
        return
    typer.echo(f"\nSportello, demo company: {facts['workspace']}\n")
    for name, value in block.items():
        typer.echo(f"  {name:<16} {value}")
    typer.echo("\nOpen login_url to sign in (it works once), phone_url to write as a customer.")
    typer.echo("Ctrl-C stops everything.")
