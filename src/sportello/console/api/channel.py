"""The company's WhatsApp numbers: their health, connecting and disconnecting, the profile."""

from typing import Any

from ninja import Router, Status
from pydantic import BaseModel, SecretStr

from sportello.console.api import shapes, shown
from sportello.console.api import shapes_channel as of
from sportello.console.api.access import CallerRequest, reading, writing
from sportello.console.api.problems import Problem
from sportello.console.channel import deeds, words
from sportello.console.channel.profile import initial
from sportello.rules import profile as rules
from sportello.schema.channel import Number
from sportello.schema.connections import Connection, ConnectionStep

router = Router(tags=["channel"])
_NUMBERS_MAX = 50
_SECRETS = ("code", "token", "pin", "app_secret")


@router.get("", response=shapes.Channel, summary="The numbers and their health")
@reading
def get_channel(request: CallerRequest) -> shapes.Channel:
    del request
    rows = Number.objects.order_by("pk")[:_NUMBERS_MAX]
    return shapes.Channel(numbers=[shown.number(row) for row in rows])


@router.post("/connect", response={202: of.Connection}, summary="Connect a number")
@writing
def connect(request: CallerRequest, payload: of.ConnectIn) -> Status[of.Connection]:
    """Begun at once; `GET /channel/connections/{id}` tells how far it is."""
    if (payload.code is None) == (payload.token is None):
        raise Problem(422, "code_or_token", str(words.CODE_OR_TOKEN))
    wanted = deeds.Wanted(
        waba_id=payload.waba_id or "",
        phone_number_id=payload.phone_number_id or "",
        by_hand=payload.token is not None,
        secrets=_secrets(payload),
    )
    caller = request.auth
    row = _begun(lambda: deeds.connect(caller.workspace_id, wanted, None, caller.now))
    return Status(202, _connection(row))


@router.post("/disconnect", response={202: of.Connection}, summary="Disconnect a number")
@writing
def disconnect(request: CallerRequest, payload: of.NumberIn) -> Status[of.Connection]:
    """Nothing leaves from now on; unlinking the number at Meta's is a person's step."""
    number = _number(payload.number)
    row = _begun(lambda: deeds.disconnect(number, None, request.auth.now))
    return Status(202, _connection(row))


@router.post("/reconnect", response={202: of.Connection}, summary="Reconnect a number")
@writing
def reconnect(request: CallerRequest, payload: of.ReconnectIn) -> Status[of.Connection]:
    """Without a new verification."""
    number, given = _number(payload.number), _secrets(payload)
    row = _begun(lambda: deeds.reconnect(number, given, None, request.auth.now))
    return Status(202, _connection(row))


@router.get("/connections/{int:connection_id}", response=of.Connection, summary="How far it is")
@reading
def get_connection(request: CallerRequest, connection_id: int) -> of.Connection:
    del request
    return _connection(Connection.objects.get(pk=connection_id))


@router.get("/profile", response=of.Profile, summary="What customers see of a number")
@reading
def get_profile(request: CallerRequest, number: int | None = None) -> of.Profile:
    del request
    return _profile(_number(number))


@router.patch("/profile", response={202: of.Connection}, summary="Change the profile")
@writing
def change_profile(request: CallerRequest, payload: of.ProfileIn) -> Status[of.Connection]:
    """Saved at Meta's in a moment; what is as Meta has it already is not sent."""
    number = _number(payload.number)
    known = number.profile if isinstance(number.profile, dict) else {}
    wish = payload.model_dump(exclude={"number"}, exclude_none=True)
    if not all(rules.is_site(one) for one in wish.get("websites", [])):
        raise Problem(422, "wrong_website", str(words.WRONG_SITE))
    if wish.get("vertical", rules.VERTICALS[0]) not in rules.VERTICALS:
        raise Problem(422, "wrong_vertical", str(words.WRONG_VERTICAL))
    changed = rules.changes(wish, known)
    row = _begun(lambda: deeds.save_profile(number, changed, None, None, request.auth.now))
    return Status(202, _connection(row))


def _number(number_id: int | None) -> Number:
    """The named one, else the first. Raises Number.DoesNotExist."""
    rows = Number.objects.order_by("pk")
    if number_id is not None:
        return rows.get(pk=number_id)
    first = rows.first()
    if first is None:
        raise Number.DoesNotExist
    return first


def _secrets(payload: BaseModel) -> dict[str, str]:
    given = {name: getattr(payload, name, None) for name in _SECRETS}
    return {
        name: value.get_secret_value()
        for name, value in given.items()
        if isinstance(value, SecretStr)
    }


def _begun(deed: Any) -> Connection:
    try:
        row: Connection = deed()
    except deeds.NotNow as refused:
        raise Problem(409, refused.why, str(words.NOT_NOW[refused.why])) from refused
    return row


def _connection(row: Connection) -> of.Connection:
    steps = ConnectionStep.objects.filter(connection=row).order_by("place")
    return of.Connection(
        id=row.pk,
        kind=row.kind,
        state=row.state,
        number=row.number_id,
        steps=[
            of.Step(name=step.name, state=step.state, at=step.at, error=_error(step))
            for step in steps
        ],
    )


def _error(step: ConnectionStep) -> of.StepError | None:
    if not isinstance(step.error, dict):
        return None
    kind = str(step.error.get("kind", ""))
    why = words.WHYS.get(kind, words.WHYS["meta"])
    return of.StepError(kind=kind, message=f"{why.what} {why.do}", code=step.error.get("code"))


def _profile(number: Number) -> of.Profile:
    known = number.profile if isinstance(number.profile, dict) else {}
    found = rules.completeness(known)
    told = initial(known)
    return of.Profile(
        number=number.pk,
        **{name: told[name] for name in (*rules.LENGTHS, "vertical")},
        websites=rules.sites_of(known),
        picture=bool(known.get("profile_picture_url")),
        complete_percent=found.percent,
        missing=[part.value for part in found.missing],
    )
