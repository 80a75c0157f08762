"""The command `sportello`: each word of it, with help and examples."""

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from sportello.ops import settings as settings_of

app = typer.Typer(
    name="sportello",
    help="A customer-care desk on a company's WhatsApp Business number.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
_user = typer.Typer(help="People who may sign in.", no_args_is_help=True)
_apikey = typer.Typer(help="Keys of the JSON API.", no_args_is_help=True)
app.add_typer(_user, name="user")
app.add_typer(_apikey, name="apikey")
_rates = typer.Typer(help="Price lists of Meta's.", no_args_is_help=True)
app.add_typer(_rates, name="rates")
_eval = typer.Typer(help="Questions that must keep their answers.", no_args_is_help=True)
app.add_typer(_eval, name="eval")

_keys = typer.Typer(help="The key that signs and encrypts.", no_args_is_help=True)
app.add_typer(_keys, name="keys")

Json = Annotated[bool, typer.Option("--json", help="One line of JSON on standard output.")]


def main() -> None:
    """Entry of the command: a wrong setting or an impossible start is one line and status 2."""
    from sportello.ops.serve import CannotStartError

    try:
        app()
    except (settings_of.WrongSettingError, CannotStartError) as error:
        typer.echo(f"sportello: {error}", err=True)
        raise SystemExit(2) from error


@app.command()
def demo(
    port: Annotated[int, typer.Option(help="The console's; the emulator takes the next.")] = 8000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    data: Annotated[Path | None, typer.Option(help="Folder of the demo's data.")] = None,
    *,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget the earlier demo.")] = False,
    as_json: Json = False,
) -> None:
    """Bring up an invented company with the WhatsApp emulator, and print its links.

    Example: `sportello demo --port 9000 --fresh`
    """
    from sportello.ops import demo as demo_of

    demo_of.run(host, port, data, fresh=fresh, as_json=as_json)


@app.command()
def up(*, as_json: Json = False) -> None:
    """Run Sportello for real: settings from the environment or a file (`sportello config`).

    Example: `SPORTELLO_CONFIG=/etc/sportello.toml sportello up`
    """
    from sportello.ops import serve

    settings = _able_to_hear_meta(settings_of.load())

    def tell(facts: dict[str, object]) -> None:
        block = {"console_url": settings.url, "webhook_url": f"{settings.url}/webhooks/whatsapp"}
        block |= {name: str(value) for name, value in facts.items()}
        typer.echo(json.dumps(block) if as_json else _lines(block))

    changes = {"SPORTELLO_DATA": str(settings.data)}
    serve.up(settings, changes, prepare=serve.words("prepare"), told=tell)


def _lines(block: dict[str, str]) -> str:
    return "\n".join(f"  {name:<12} {value}" for name, value in block.items())


@app.command()
def edge(
    *,
    pages: Annotated[bool, typer.Option("--pages", help="Draw the console too.")] = False,
    on_word: Annotated[bool, typer.Option("--on-word", hidden=True)] = False,
) -> None:
    """Take webhooks and feed live updates; needs SPORTELLO_DATABASE_URL.

    Example: `SPORTELLO_PORT=8001 sportello edge`
    """
    from sportello.ops.asgi import serve_edge

    _able_to_hear_meta(settings_of.load())
    serve_edge(_with_database(), pages=pages, on_word=on_word)


@app.command()
def web() -> None:
    """Draw the console's pages and answer the API alone; needs SPORTELLO_DATABASE_URL.

    Example: `SPORTELLO_PORT=8002 sportello web`
    """
    from sportello.ops.asgi import serve_edge

    serve_edge(_with_database(), pages=True, edge=False)


@app.command()
def work() -> None:
    """Fold, answer, dispatch, tend, index; needs SPORTELLO_DATABASE_URL. Run as many as you like.

    Example: `sportello work`
    """
    from sportello.ops.work import run

    run(_with_database())


@app.command()
def migrate() -> None:
    """Bring the tables up to date; needs SPORTELLO_DATABASE_URL (the owner's).

    Example: `SPORTELLO_DATABASE_URL=postgresql://… sportello migrate`
    """
    from sportello.ops import prepare

    prepare.migrate(_with_database())


@app.command()
def calibrate() -> None:
    """Learn the assistant's weights anew from the shipped questions; prints calibration.json.

    Example: `sportello calibrate > calibration.json`
    """
    from sportello.ops import calibrate as learn

    typer.echo(learn.run(_with_database()), nl=False)


@app.command()
def replay(
    first: Annotated[int, typer.Argument(help="Number of the journal's entry.")],
    last: Annotated[int | None, typer.Argument(help="The last one, if there are more.")] = None,
) -> None:
    """Read webhooks of the journal once more; what they brought already is not doubled.

    Example: `sportello replay 812 900`
    """
    from sportello.ops import replay as again

    count = again.run(_with_database(), first, last or first)
    typer.echo(f"{count} entries will be read again")


@app.command()
def doctor(
    *,
    verify: Annotated[
        bool, typer.Option("--verify", help="Recompute every total and promise from the rows.")
    ] = False,
    log: Annotated[
        str | None, typer.Option(help="Address of an emulator whose log is compared too.")
    ] = None,
    about: Annotated[
        str, typer.Option(help="One thing alone: message, campaign, template, number… and its id.")
    ] = "",
    do: Annotated[str, typer.Option("--do", help="A cure that the report offers, by name.")] = "",
    as_json: Json = False,
) -> None:
    """Say why nothing leaves: asks Meta and looks at every number; exit code 1 if one is stopped.

    `--about` looks at one thing, and `--do` does what its report offers, as the console's button.
    `--verify` recomputes what the rows promise instead; its exit code is 1 if something differs.

    Example: `sportello doctor --json` · `sportello doctor --about message:812 --do repeat`
    · `sportello doctor --verify`
    """
    from sportello.ops import doctor as looking
    from sportello.ops import verify as verification

    question = looking.question_of(about, do)
    settings = _with_database()
    with looking.reachable():
        if verify:
            raise typer.Exit(verification.command(settings, log=log, as_json=as_json))
        raise typer.Exit(looking.command(settings, question, as_json=as_json))


@app.command(hidden=True)
def prepare(*, demo: Annotated[bool, typer.Option("--demo")] = False) -> None:
    """What `up` and `demo` do before their processes start; prints what they need as JSON."""
    from sportello.ops import demo_rows
    from sportello.ops import prepare as steps

    settings = _with_database()
    steps.migrate(settings)
    steps.collect_static(settings)
    facts = demo_rows.seed(settings) if demo else steps.first_rows(settings)
    typer.echo(json.dumps(facts))


@app.command()
def config(*, as_json: Json = False) -> None:
    """List every setting with its present value; secrets are not shown.

    Example: `sportello config --json`
    """
    from sportello.ops.reference import describe

    rows = describe(settings_of.load())
    if as_json:
        typer.echo(json.dumps(rows))
        return
    for row in rows:
        typer.echo(f"{row['name']} = {row['value']}\n    {row['description']}")


@_user.command("create")
def user_create(
    email: Annotated[str, typer.Argument(help="Address to sign in with.")],
    name: Annotated[str, typer.Option(help="Name that colleagues see.")] = "",
    role: Annotated[str, typer.Option(help="owner, administrator, operator, reader.")] = "owner",
    company: Annotated[str, typer.Option(help="Made if there is none yet.")] = "Sportello",
    *,
    as_json: Json = False,
) -> None:
    """Make a person and print a link that signs them in once, within a day.

    Example: `sportello user create anna@example.org --name Anna`
    """
    from sportello.ops import prepare as steps

    if role not in {"owner", "administrator", "operator", "reader"}:
        raise typer.BadParameter("owner, administrator, operator or reader", param_hint="--role")
    settings = _with_database()
    workspace_id = steps.first_workspace(settings) or steps.ensure_workspace(
        settings, company, "company"
    )
    steps.set_up_django()
    user_id = steps.ensure_user(workspace_id, email, name, role)
    link = steps.sign_in_link(settings, user_id, timedelta(days=1))
    typer.echo(json.dumps({"email": email, "login_url": link}) if as_json else link)


@_apikey.command("create")
def apikey_create(
    name: Annotated[str, typer.Argument(help="What the key is for.")], *, as_json: Json = False
) -> None:
    """Make a key for the JSON API; it is shown this once.

    Example: `sportello apikey create till`
    """
    from sportello.ops import prepare as steps

    settings = _with_database()
    workspace_id = steps.first_workspace(settings)
    if workspace_id is None:
        raise settings_of.WrongSettingError("no company yet: `sportello user create` first")
    steps.set_up_django()
    plain = steps.new_api_key(workspace_id, name)
    typer.echo(json.dumps({"name": name, "api_key": plain}) if as_json else plain)


@_keys.command("add")
def keys_add() -> None:
    """Put a new key in front of the one in use; restart Sportello, then `sportello keys rotate`.

    Example: `sportello keys add`
    """
    from sportello.ops import keys

    keys.add(settings_of.load())
    typer.echo("a new key stands in front: restart Sportello, then `sportello keys rotate`")


@_keys.command("rotate")
def keys_rotate(
    *,
    forget: Annotated[
        bool, typer.Option("--forget", help="Drop the earlier keys once nothing needs them.")
    ] = False,
) -> None:
    """Encrypt all stored secrets anew with the first key; Sportello may run meanwhile.

    Example: `sportello keys rotate --forget`
    """
    from sportello.ops import keys

    settings = _with_database()
    lost = 0
    for turned in keys.rotate(settings):
        lost = turned.lost
        if turned.done % 100 == 0 or turned.done == turned.of:
            typer.echo(f"{turned.done} of {turned.of} sealed anew")
    if lost:
        raise settings_of.WrongSettingError(f"{lost} secrets open with none of the keys")
    if forget:
        typer.echo(f"{keys.forget(settings)} earlier keys dropped")


@_rates.command("load")
def rates_load(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="A CSV, in UTF-8.")
    ],
    checked_on: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="Day on which it was compared with Meta's; for files without such a column.",
        ),
    ] = None,
) -> None:
    """Load a newer price list; the same file again changes nothing.

    Its columns: effective_from, market, category, currency, amount; if you like, checked_on and
    source. Markets are Meta's own English names; amounts have a point.

    Example: `sportello rates load rates-2027-01.csv --checked-on 2026-12-02`
    """
    from sportello.ops import rates
    from sportello.ops.reached import worker_url

    day = None if checked_on is None else checked_on.date()
    try:
        count = rates.load_file(worker_url(_with_database()), file, day)
    except rates.WrongFileError as error:
        raise typer.BadParameter(str(error), param_hint="FILE") from error
    typer.echo(f"{count} new price lists")


@_eval.command("run")
def eval_run(
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="JSON lines.")
    ],
    *,
    workspace: Annotated[
        str, typer.Option(help="Whose assistant: the company's short name, if there are several.")
    ] = "",
    as_json: Json = False,
) -> None:
    """Ask the assistant every question of a file; status 1 if one is not answered as expected.

    Each line is an object: question, and if you like band (answer, clarify, handover), pair (the
    question whose answer is to be found first) and facts (words that the answer must hold).

    Example: `sportello eval run questions.jsonl --workspace malvarosa --json`
    """
    from sportello.ops import evaluate

    settings = _with_database()
    workspace_id = evaluate.company(settings, workspace)
    try:
        asked = evaluate.run(settings, workspace_id, evaluate.read(file))
    except evaluate.WrongFileError as error:
        raise typer.BadParameter(str(error), param_hint="FILE") from error
    told = evaluate.summary(asked)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(f"{told['as_expected']} of {told['questions']} as expected")
        for one in told["missed"]:
            typer.echo(f"  {', '.join(one['missed']):<12} {one['question']}")
    raise typer.Exit(1 if told["missed"] else 0)


def _able_to_hear_meta(settings: settings_of.Settings) -> settings_of.Settings:
    if settings.app_secret is None:
        raise settings_of.WrongSettingError(
            "SPORTELLO_APP_SECRET is not set: without it anybody could pose as Meta"
        )
    if settings.verify_token is None:
        raise settings_of.WrongSettingError(
            "SPORTELLO_VERIFY_TOKEN is not set: Meta's webhook handshake needs it"
        )
    return settings


def _with_database() -> settings_of.Settings:
    """The settings, with the embedded database's address where no other is given."""
    return settings_of.load().with_running_database()


if __name__ == "__main__":
    main()
