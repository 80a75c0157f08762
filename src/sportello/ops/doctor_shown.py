"""The doctor's report as the command line prints it, in Italian or English."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sportello.console.doctor import words
from sportello.rules.diagnosis_codes import HERE

_STOPS = "stops"


def spoken_here(environment: Mapping[str, str]) -> str:
    """The terminal's language, if it is one of ours; else English."""
    locale = environment.get("LC_ALL") or environment.get("LANG") or ""
    return "it" if locale.startswith("it") else "en"


def shown(number: str, kept: Mapping[str, Any], spoken: str) -> dict[str, Any]:
    """As JSON tells it; `kept`: as an examination's row keeps it."""
    return {
        "number": number,
        "all_is_well": not kept["findings"],
        "findings": [_finding(one, spoken) for one in kept["findings"]],
        "looked_at": [_look(name, look, spoken) for name, look in kept["looks"].items()],
        "deed_error": kept.get("deed_error"),
    }


def _finding(one: Mapping[str, Any], spoken: str) -> dict[str, Any]:
    told, way = words.finding(one["code"], one["values"], spoken), words.way_of(one["code"], spoken)
    return {
        "code": one["code"],
        "severity": one["weight"],
        "turn": words.said("turn", one["turn"], spoken=spoken),
        "title": told.title,
        "meaning": told.meaning,
        "next_step": told.next_step,
        "steps": [] if way is None else list(way.steps),
        "meta_code": one["meta"],
        "meta_words": words.meant(one["meta"], spoken),
        "deed": one["deed"],
        "evidence": [_seen(seen, spoken) for seen in one["evidence"]],
    }


def _look(name: str, look: Mapping[str, Any], spoken: str) -> dict[str, Any]:
    miss = look["miss"]
    return {
        "name": name,
        "text": words.said("look", name, spoken=spoken),
        "miss": miss and words.said("miss", miss, {"code": look["code"] or ""}, spoken),
    }


def _seen(seen: Mapping[str, Any], spoken: str) -> str:
    source = words.said("source", seen["source"], spoken=spoken)
    at = "" if seen["at"] is None else f", {_minute(seen['at'])}"
    return f"{source}{at}: {words.evidence(seen['what'], seen['values'], spoken)}"


def _minute(at: str) -> str:
    return datetime.fromisoformat(at).astimezone().strftime("%Y-%m-%d %H:%M")


def is_stopped(told: Mapping[str, Any]) -> bool:
    return any(one["severity"] == _STOPS for one in told["findings"])


def lines(told: Mapping[str, Any], spoken: str) -> str:
    """Of a terminal; what was looked at stands below, also where all is well."""
    found = [told["number"]]
    if told["deed_error"]:
        refused = told["deed_error"]
        found.append(f"  ! {words.deed_refused(refused['code'], refused['said'], spoken)}")
    for one in told["findings"]:
        found += _finding_lines(one)
    if told["all_is_well"]:
        found.append(f"  ✓ {words.said('verdict', 'well', spoken=spoken)}")
    for look in told["looked_at"]:
        sign, miss = ("✗", f": {look['miss']}") if look["miss"] else ("✓", "")
        found.append(f"    {sign} {look['text']}{miss}")
    return "\n".join(found)


def _finding_lines(one: Mapping[str, Any]) -> list[str]:
    found = [f"  ✗ {one['title']}  [{one['code']}]", f"    {one['meaning']}"]
    if one["meta_words"]:
        found.append(f"    {one['meta_code']}: {one['meta_words']}")
    found += [f"    · {seen}" for seen in one["evidence"]]
    found.append(f"    → {one['turn']}: {one['next_step']}")
    found += [f"      {place}. {step}" for place, step in enumerate(one["steps"], 1)]
    if one["deed"] in HERE:
        found.append(f"      --do {one['deed']}")
    return found
