"""The coverage page is generated, complete, and agrees with what is answered."""

import ast
import os
import re
from pathlib import Path

import pytest

import whatsapp_emulator
from whatsapp_emulator.keys import GRAPH_PATHS
from whatsapp_emulator.refusal import DETAILS
from whatsapp_emulator.routes import ROOT, TABLE
from whatsapp_emulator.subscriptions import FIELDS

ROOT_OF_REPO = Path(__file__).parents[2]
NODES = {
    "Application-ID": "App", "Business-ID": "Portfolio", "Phone-Number-ID": "Number",
    "WABA-ID": "Waba", "WhatsApp-Business-Account-ID": "Waba", "TEMPLATE_ID": "Template",
    "Media-ID": "Media", "group_id": "Group", "Flow-ID": "Flow", "Solution-ID": "Solution",
    "Pre-Verified-Phone-Number-ID": "PreVerifiedNumber", "User-ID": "User",
    "Message-History-ID": "MessageHistory", "Migration-Intent-ID": "MigrationIntent",
    "OBO-Mobility-Intent-ID": "OBOMobilityIntent", "WABA-Bot-ID": "Bot",
    "WhatsApp-Account-Number-ID": "WhatsAppAccountNumber",
    "WhatsApp-Business-Profile-ID": "Profile", "QR-Code-ID": "*",
}  # fmt: skip
ELSEWHERE = ("GET /{Version}/{Media-URL}", "POST /whatsapp/webhooks")
"""The download has its own address; the last is the receiver's side, not Meta's."""
SEEN_OTHERWISE = {131051, 131059}
"""The code of an inbound `unsupported`, and that of a bad cursor, which the version decides."""


def reference() -> Path:
    """The list of Meta's operations; skips where this copy of the repository has none."""
    named = os.environ.get("WHATSAPP_REFERENCE")
    places = [Path(named)] if named else []
    places += [p / "shared" / "reference" / "whatsapp" for p in ROOT_OF_REPO.parents]
    for place in places:
        if (place / "openapi-paths.txt").is_file():
            return place / "openapi-paths.txt"
    pytest.skip("openapi-paths.txt is not here: set WHATSAPP_REFERENCE to its folder")


def names_of(line: str) -> str:
    """`GET /{Version}/{WABA-ID}/flows` → `GET /{Waba}/flows`."""
    method, path = line.split(" ", 1)
    parts = path.removeprefix("/{Version}").strip("/").split("/")
    shown = []
    for part in parts:
        inner = re.fullmatch(r"\{(.+)\}", part)
        name = NODES[inner.group(1)] if inner else part
        shown.append(name if name == "*" or not inner else f"{{{name}}}")
    return f"{method} /{'/'.join(shown)}"


def test_every_operation_of_metas_file_is_emulated_or_admitted_missing(play):
    lines = [
        line.split(" | ")[0].strip()
        for line in reference().read_text().splitlines()
        if line and not line.startswith("#")
    ]
    assert len(lines) > 100

    async def scene(p):
        told = await p.sim("GET", "coverage")
        known = {item["call"] for item in told["emulated"]}
        known |= {item["call"] for item in told["approximated"] if "call" in item}
        missing = {item["what"] for item in told["missing"]}
        asked = {names_of(line) for line in lines if line not in ELSEWHERE}
        assert asked - known - missing == set()
        assert known & missing == set(), "nothing is both there and missing"

    play(scene)


def test_every_edge_and_every_other_route_stands_in_the_coverage(play):
    async def scene(p):
        told = await p.sim("GET", "coverage")
        shown = {i["call"] for i in told["emulated"]}
        shown |= {i["call"] for i in told["approximated"] if "call" in i}
        for method, node, name in TABLE.edges:
            start = "" if node is ROOT else f"/{{{node.__name__}}}"
            assert f"{method} {start}{'/' + name if name else ''}" in shown
        beside = {i["call"] for i in told["beside"]}
        for route in p.emulator_app.router.routes():
            if route.method != "HEAD" and route.resource.canonical not in GRAPH_PATHS:
                assert f"{route.method} {route.resource.canonical}" in beside

    play(scene)


def test_what_is_declared_is_answered_and_what_is_missing_is_not(play):
    """An edge that is declared never answers 2500 `Unknown path components`."""

    async def scene(p):
        made = await p.template()
        nodes = {
            "App": p.settings.app_id,
            "Portfolio": p.settings.business_id,
            "Number": p.number,
            "Waba": p.waba,
            "Template": made["id"],
        }
        told = await p.sim("GET", "coverage")
        for item in told["emulated"]:
            method, path = item["call"].split(" ", 1)
            node = re.match(r"/\{(\w+)\}(.*)", path)
            if method == "GET" and node and node.group(1) in nodes:
                where = nodes[node.group(1)] + node.group(2)
                _, answer = await p.graph("GET", where)
                assert answer.get("error", {}).get("code") != 2500, item
        for item in told["missing"]:
            found = re.fullmatch(r"GET /\{(App|Number|Waba|Portfolio)\}(/.+)", item["what"])
            if found:
                status, _ = await p.graph("GET", nodes[found.group(1)] + found.group(2))
                assert status == 400, item

    play(scene, webhook=False)


def calls(*names: str) -> list[ast.Call]:
    """Every call in the emulator's code of a function or method with one of these names."""
    found = []
    for file in Path(whatsapp_emulator.__path__[0]).rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                found += [node] if name in names else []
    return found


def test_the_fields_that_are_told_are_those_that_the_code_pushes(play):
    pushed = {
        argument.value
        for call in calls("push", "_push", "tell_app")
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }

    async def scene(p):
        told = await p.sim("GET", "coverage")
        missing = {i["what"].removeprefix("webhook ") for i in told["missing"]}
        assert set(told["webhooks"]) == pushed
        assert set(told["webhooks"]) | missing >= FIELDS
        assert set(told["webhooks"]) & missing == set()

    play(scene, webhook=False)


def test_the_errors_that_are_answered_are_those_that_the_code_raises(play):
    given = [call.args[0] for call in calls("GraphError")]
    raised = {code.value for code in given if isinstance(code, ast.Constant)} | set(DETAILS)

    async def scene(p):
        told = (await p.sim("GET", "coverage"))["errors"]
        answered, ordered = set(told["answered"]), set(told["by_fault_alone"])
        assert raised & ordered == set()
        assert answered - raised <= SEEN_OTHERWISE
        for code in ordered:
            await p.sim("POST", "faults", {"where": "node", "kind": "error", "code": code})
            _, answer = await p.graph("GET", p.number)
            assert answer["error"]["code"] == code
            await p.sim("DELETE", "faults")

    play(scene, webhook=False)


def test_the_gaps_say_why(play):
    async def scene(p):
        told = await p.sim("GET", "coverage")
        assert all(len(i["how"]) > 10 for i in told["approximated"])
        assert all(len(i["why"]) > 10 for i in told["missing"])

    play(scene)
