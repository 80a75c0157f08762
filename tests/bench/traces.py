"""What Chromium's own performance trace tells of a page, and of what somebody did on it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

CATEGORIES: Final = ["-*", "loading", "devtools.timeline", "blink.user_timing"]
# Keys and buttons that are let go say nothing that pressing them did not.
_DOWN: Final = {"keydown", "pointerdown", "click", "keypress", "pointerup", "keyup"}


@dataclass(frozen=True, slots=True)
class Load:
    """Milliseconds from the navigation on. `shift` is the layout's, as the web's vitals count it
    but without windows: all that moved unasked.
    """

    first_paint: float
    largest_paint: float
    shift: float


@dataclass(frozen=True, slots=True)
class Deed:
    """From the key or button to the next picture; to when what was asked for stood there."""

    painted: float
    stood: float


class Untold(Exception):  # noqa: N818  # an expected end
    """The trace lacks what one wants of it."""


def load(trace: bytes) -> Load:
    """Of a trace that holds one navigation to a page of ours. Raises Untold."""
    events = _events(trace)
    first = [event for event in events if event["name"] == "firstContentfulPaint"]
    if not first:
        raise Untold("nothing was painted")
    navigation = first[-1]["args"]["data"]["navigationId"]
    starts = [
        event["ts"]
        for event in events
        if event["name"] == "navigationStart"
        and event["args"]["data"]["navigationId"] == navigation
    ]
    if not starts:
        raise Untold("the trace does not know when the navigation began")
    began = starts[0]
    own = [event for event in events if event.get("pid") == first[-1]["pid"]]
    largest = [
        event["ts"]
        for event in own
        if event["name"] == "largestContentfulPaint::Candidate" and event["ts"] >= began
    ]
    return Load(
        first_paint=(first[-1]["ts"] - began) / 1000,
        largest_paint=(max(largest, default=first[-1]["ts"]) - began) / 1000,
        shift=sum(_shifts(event for event in own if event["ts"] >= began)),
    )


def deed(trace: bytes, mark: str) -> Deed:
    """Of a trace that holds one deed, and the mark that the page set when it stood."""
    events = _events(trace)
    told = [
        event
        for event in events
        if event["name"] == "EventTiming"
        and event["ph"] == "b"
        and event["args"]["data"].get("interactionId")
        and event["args"]["data"]["type"] in _DOWN
    ]
    stood = [event["ts"] for event in events if event["name"] == mark]
    if not told or not stood:
        raise ValueError(f"{mark}: {len(told)} events, {len(stood)} marks")
    began = min(event["ts"] for event in told)
    painted = max(event["args"]["data"]["duration"] for event in told)
    return Deed(painted=painted, stood=(max(stood) - began) / 1000)


def _events(trace: bytes) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(trace)["traceEvents"]
    return found


def _shifts(events: Iterable[dict[str, Any]]) -> Iterable[float]:
    for event in events:
        if event["name"] == "LayoutShift" and not event["args"]["data"]["had_recent_input"]:
            yield event["args"]["data"]["weighted_score_delta"]
