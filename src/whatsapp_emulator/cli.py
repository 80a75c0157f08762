"""The command `whatsapp-emulator`."""

import json
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from whatsapp_emulator.wire import Json

cli = typer.Typer(
    add_completion=False, no_args_is_help=True, help="Meta's WhatsApp Cloud API, locally."
)


@cli.callback()
def _root() -> None:
    """Meta's WhatsApp Cloud API, locally: for trying out and testing any WhatsApp client."""


@cli.command()
def serve(  # noqa: PLR0913, PLR0917 - one option each
    port: Annotated[int, typer.Option(help="Port to listen on; 0 takes a free one.")] = 8001,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    webhook_url: Annotated[str | None, typer.Option(help="Where webhooks are posted.")] = None,
    verify_token: Annotated[
        str | None, typer.Option(help="Token of the webhook handshake.")
    ] = None,
    app_secret: Annotated[str | None, typer.Option(help="Key of the webhook signatures.")] = None,
    seed: Annotated[int, typer.Option(help="Same seed and same calls: same world.")] = 1,
    access_token: Annotated[str | None, typer.Option(help="The permanent access token.")] = None,
    phone_number_id: Annotated[str | None, typer.Option(help="Id of the business number.")] = None,
    waba_id: Annotated[str | None, typer.Option(help="Id of the business account.")] = None,
    app_id: Annotated[str | None, typer.Option(help="Id of the app.")] = None,
    business_name: Annotated[str | None, typer.Option(help="Name of the company.")] = None,
    start: Annotated[str | None, typer.Option(help="Virtual start, ISO 8601 with offset.")] = None,
    speed: Annotated[float, typer.Option(help="Virtual seconds per second; 0 holds time.")] = 1.0,
    data: Annotated[Path | None, typer.Option(help="Folder for what is kept on disk.")] = None,
    fetch_links: Annotated[bool, typer.Option(help="Fetch media given by link.")] = True,  # noqa: FBT002 - typer
    mood: Annotated[str, typer.Option(help="Tricks of the wire: calm, mild or wild.")] = "mild",
    as_json: Annotated[bool, typer.Option("--json", help="One line of JSON when ready.")] = False,  # noqa: FBT002 - typer
) -> None:
    """Serve the Graph API, the control API under /sim and the phone under /phone.

    Example: whatsapp-emulator serve --port 8001 --webhook-url http://127.0.0.1:8000/webhooks/whatsapp
    """
    import uvloop

    from whatsapp_emulator.mood import NAMED
    from whatsapp_emulator.serving import serve_until_signal
    from whatsapp_emulator.settings import Settings

    if mood not in NAMED:
        raise typer.BadParameter(f"--mood is one of {', '.join(NAMED)}")
    wishes = {
        "mood": NAMED[mood],
        "webhook_url": webhook_url, "verify_token": verify_token, "app_secret": app_secret,
        "seed": seed, "access_token": access_token, "phone_number_id": phone_number_id,
        "waba_id": waba_id, "app_id": app_id, "business_name": business_name,
        "start": _instant(start), "speed": speed, "data": data,
        "fetch_links": fetch_links,
    }  # fmt: skip
    settings = Settings(**{k: v for k, v in wishes.items() if v is not None})  # type: ignore[arg-type]  # checked when they are read
    try:
        uvloop.run(serve_until_signal(settings, host, port, partial(_say, as_json=as_json)))
    except OSError as error:
        typer.echo(f"Port {port} on {host} cannot be opened: {error.strerror}", err=True)
        raise typer.Exit(1) from error


def main() -> None:
    cli()


def _say(facts: Json, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(facts))
        return
    for name, value in facts.items():
        typer.echo(f"{name:>16}  {value if value is not None else '-'}")


def _instant(text: str | None) -> float | None:
    if text is None:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("--start is an ISO 8601 instant") from None
    if at.tzinfo is None:
        raise typer.BadParameter("--start needs an offset, such as +00:00")
    return at.timestamp()
