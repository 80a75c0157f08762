"""The part of a turn that does something at another system: values, the customer's yes, the call.

What may be done, where and for whom is the company's to say: words choose among its actions and
give their values, and every value is checked. A change leaves only after a tap on our own button,
which counts once and for the question it stood under.
"""

from collections.abc import Generator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from sportello.assistant import endings, prompt, writing
from sportello.assistant.bubbles import Row
from sportello.assistant.models import fits
from sportello.assistant.route import Kind
from sportello.assistant.steps import (
    Act,
    Ask,
    End,
    Recall,
    Reply,
    Situation,
    Source,
    Step,
    Told,
)
from sportello.assistant.words import plain
from sportello.rules import tool
from sportello.rules.ownership import Reason
from sportello.store.actions import Action, Outcome, State
from sportello.store.library import Known

ROW: Final = "act:"
_YES: Final = f"{ROW}yes:"
_NO: Final = f"{ROW}no:"
_ASKED_MAX: Final = 2
_LIKE_YES: Final = frozenset(
    {"si", "ok", "okay", "va", "bene", "confermo", "procedi", "certo", "perfetto", "d", "accordo"}
    | {"yes", "sure", "confirm", "go", "ahead"}
)

Ending = Generator[Step, Told, End]


def tapped(situation: Situation) -> bool:
    """Whether the customer tapped a button of an action's, whatever else they wrote with it."""
    return any(heard.row.startswith(ROW) for heard in situation.burst)


def awaited(situation: Situation, kind: Kind) -> bool:
    """Whether the customer's words may be what an action waits for."""
    heard = kind in {Kind.QUESTION, Kind.SILENCE, Kind.EMPTY, Kind.THANKS}
    return heard and _pending(situation) is not None


def answer_tap(situation: Situation) -> Ending:
    """A yes counts for the very question that its button stood under, and once."""
    row = next(heard.row for heard in reversed(situation.burst) if heard.row.startswith(ROW))
    words = endings.words(situation)
    pending = _pending(situation)
    if pending is None or pending[1].get("wants") or row.rpartition(":")[2] != pending[1]["nonce"]:
        return endings.reply(situation, [words.act_stale], 1.0)
    if not row.startswith(_YES):
        return endings.reply(situation, [words.act_dropped], 1.0)
    # Not by the message: the tap may be read again, with what was written while it was done.
    return (yield from _perform(situation, *pending, key=f"tap:{pending[1]['nonce']}"))


def go_on(situation: Situation) -> Generator[Step, Told, End | None]:
    """A value that was asked for, or words where a tap is wanted; None for anything else."""
    pending = _pending(situation)
    assert pending is not None  # the caller has seen it
    action, kept = pending
    text = " ".join(heard.text for heard in situation.burst if heard.text)
    if not kept.get("wants"):
        if set(plain(text).replace("'", " ").split()) <= _LIKE_YES and text.strip():
            return _confirm(situation, action, kept["values"], endings.words(situation).act_tap)
        return None
    parameter = next((one for one in action.parameters if one.name == kept["wants"]), None)
    if parameter is None:
        return None
    value = tool.value_of(parameter, text)
    if value is not None:
        values = {**kept["values"], parameter.name: value}
        return (yield from _continue(situation, action, values))
    if int(kept.get("times", 1)) >= _ASKED_MAX:
        words = endings.words(situation).still_unsure
        return endings.hand_over(situation, Reason.LOW_CONFIDENCE_TWICE, words)
    return _ask(situation, action, parameter, kept["values"], int(kept.get("times", 1)) + 1)


def of_pair(situation: Situation, pair_id: int | None) -> Action | None:
    """The action that this question sets off."""
    if pair_id is None:
        return None
    return next((one for one in situation.actions if one.pair_id == pair_id), None)


def begin(situation: Situation, action: Action, given: Mapping[str, str] | None = None) -> Ending:
    """With what the words hold already. `given`: values that a model took from them."""
    said = _said(situation)
    values = dict(given or {})
    for parameter in action.parameters:
        if parameter.name not in values:
            value = tool.found_in(parameter, "\n".join(said))
            values |= {} if value is None else {parameter.name: value}
    return (yield from _continue(situation, action, values))


def choose(situation: Situation, text: str) -> Generator[Step, Told, End | None]:
    """A model picks among the company's actions; its word is checked like a customer's."""
    schema = prompt.acting([one.name for one in situation.actions])
    offered = [_described(one) for one in situation.actions]
    company = situation.company.name
    told = yield Ask(
        "act", schema, prompt.to_act(company, offered, writing.thread(situation), text)
    )
    if not isinstance(told, Mapping) or not fits(schema, told):
        return None
    action = next((one for one in situation.actions if one.name == told["action"]), None)
    if action is None:
        return None
    values = _checked(action, told["values"], _said(situation))
    return (yield from begin(situation, action, values))


def _checked(action: Action, told: Sequence[str], said: Sequence[str]) -> dict[str, str]:
    """Only values of their kind that the customer wrote."""
    values: dict[str, str] = {}
    for one in told[: tool.PARAMETERS_MAX]:
        name, _, value = one.partition("=")
        parameter = next((two for two in action.parameters if two.name == name.strip()), None)
        value = value.strip()
        if parameter and tool.fits(parameter, value) and tool.was_said(value, said):
            values[parameter.name] = value
    return values


def _continue(situation: Situation, action: Action, values: Mapping[str, str]) -> Ending:
    for parameter in action.parameters:
        if parameter.name not in values:
            return _ask(situation, action, parameter, values, 1)
    if action.writes:
        return _confirm(situation, action, values, "")
    return (yield from _perform(situation, action, {"values": values}))


def _perform(
    situation: Situation, action: Action, kept: Mapping[str, Any], *, key: str = ""
) -> Ending:
    outcome = yield Act(action.id, dict(kept["values"]), key)
    words = endings.words(situation)
    if not isinstance(outcome, Outcome) or outcome.state is State.FAILED:
        return endings.hand_over(situation, Reason.TOOL_FAILED, words.tool_failed)
    stood_on = () if action.pair_id is None else (Source(action.pair_id, action.name, 1.0),)
    if outcome.state is State.DONE:
        return endings.reply(situation, [outcome.said], 1.0, stood_on, way="action")
    known = None if action.pair_id is None else (yield Recall(action.pair_id))
    texts = [action.nothing or words.act_nothing]
    if isinstance(known, Known) and not action.writes:
        texts += endings.authored(situation, known.answer, known.language)
    if not action.nothing:
        texts.append(words.bot)
    return endings.reply(situation, texts, 1.0, stood_on, way="action")


def _ask(
    situation: Situation,
    action: Action,
    parameter: tool.Parameter,
    values: Mapping[str, str],
    times: int,
) -> Reply:
    ended = endings.reply(situation, [parameter.ask], 1.0, way="action")
    return _waiting(situation, ended, action, {"values": dict(values), "wants": parameter.name,
                                               "times": times})  # fmt: skip


def _confirm(situation: Situation, action: Action, values: Mapping[str, str], before: str) -> Reply:
    words = endings.words(situation)
    told = ", ".join(values[one.name] for one in action.parameters)
    text = words.act_confirm.format(action=f"{action.name} ({told})" if told else action.name)
    nonce = str(situation.generation)
    buttons = (Row(f"{_YES}{nonce}", words.act_yes), Row(f"{_NO}{nonce}", words.act_no))
    ended = endings.reply(situation, [f"{before} {text}".strip()], 1.0, way="action")
    waiting = _waiting(situation, ended, action, {"values": dict(values), "nonce": nonce})
    return replace(waiting, buttons=buttons)


def _waiting(situation: Situation, ended: Reply, action: Action, kept: Mapping[str, Any]) -> Reply:
    pending = {"action": action.id, "nonce": str(situation.generation), **kept}
    return replace(ended, memory=replace(ended.memory, pending=pending))


def _pending(situation: Situation) -> tuple[Action, Mapping[str, Any]] | None:
    kept = situation.memory.pending
    action = next((one for one in situation.actions if one.id == kept.get("action")), None)
    if action is None or not isinstance(kept.get("values"), Mapping):
        return None
    return action, kept


def _said(situation: Situation) -> list[str]:
    """The customer's own words: this burst's, and those before."""
    return [*(heard.text for heard in situation.burst if heard.text), *situation.earlier]


def _described(action: Action) -> str:
    values = "; ".join(
        f"{one.name}: {one.kind.value}{f' {one.mask}' if one.mask else ''}"
        f"{' of ' + ', '.join(one.choices) if one.choices else ''}"
        for one in action.parameters
    )
    return f"{action.name}: {action.purpose} [{values}]"
