"""Answers recorded from a day's work are what Meta's OpenAPI file describes."""

import re

import aiohttp
import pytest

from tests.wire import test_openapi as wire
from whatsapp_emulator.samples import SAMPLES

specification = wire.specification
ANNA = "393471112201"
KINDS = wire.KINDS
DAY_S = 86_400
# Answers in which Meta's pages, or what was seen live, differ from this file.
EXCEPTIONS = {
    ("GET", "/{Version}/{Media-ID}"): "`file_size` is seen as a number and as a string",
    ("GET", "/{Version}/{WABA-ID}/phone_numbers"): "`status` is no default field on Meta's page",
    ("GET", "/{Version}/{Phone-Number-ID}/settings"): "the pages write the states in capitals, and"
    " leave out what was never set",
}
MESSAGE_EXCEPTIONS = {
    "location": "the pages, and clients, send latitude and longitude as numbers",
    "template": "`language.policy` is no longer asked for",
}


async def work(p):
    """One of each call that the file covers and a desk for customers makes."""
    said = await p.says("Ciao")
    made = await p.template()
    await p.template(name="offerta", category="MARKETING", components=OFFER)
    form = aiohttp.FormData({"messaging_product": "whatsapp", "type": "image/png"})
    form.add_field("file", SAMPLES["image"][1], filename="x.png", content_type="image/png")
    _, kept = await p.graph("POST", f"{p.number}/media", data=form)
    for kind in contents(kept["id"], said["id"]):
        status, answer = await p.send(kind)
        assert status == 200, answer
    mark = {"messaging_product": "whatsapp", "status": "read", "message_id": said["id"]}
    await p.graph("POST", f"{p.number}/messages", mark)
    await p.advance(2 * DAY_S)
    about = {"messaging_product": "whatsapp", "about": "Bottega"}
    for method, path, body in (
        ("GET", kept["id"], None), ("DELETE", kept["id"], None),
        ("GET", p.number, None), ("GET", f"{p.waba}/phone_numbers", None), ("GET", p.waba, None),
        ("POST", f"{p.number}/whatsapp_business_profile", about),
        ("GET", f"{p.number}/whatsapp_business_profile?fields=about", None),
        ("GET", f"{p.waba}/subscribed_apps", None), ("POST", f"{p.waba}/subscribed_apps", {}),
        ("GET", made["id"], None), ("GET", f"{p.waba}/message_templates", None),
        ("POST", made["id"], {"components": TEMPLATE_EDIT}),
        ("DELETE", f"{p.waba}/message_templates?name=promemoria_v1", None),
        ("POST", f"{p.number}/marketing_messages", PROMOTION),
        ("GET", f"{p.number}/settings", None),
        ("GET", f"{p.number}/block_users", None),
        ("GET", f"{p.number}/message_qrdls", None),
    ):  # fmt: skip
        status, answer = await p.graph(method, path, body)
        assert status == 200, (method, path, answer)
    return (await p.sim("GET", "log"))["entries"]


OFFER = [{"type": "BODY", "text": "Vieni a trovarci in bottega questa settimana"}]
PROMOTION = {
    "messaging_product": "whatsapp", "recipient_type": "individual", "to": ANNA,
    "type": "template", "template": {"name": "offerta", "language": {"code": "it"}},
}  # fmt: skip
TEMPLATE_EDIT = [{"type": "BODY", "text": "Gentile {{1}}, la aspettiamo domani.",
                  "example": {"body_text": [["Anna"]]}}]  # fmt: skip


def contents(media_id, said):
    parameters = [{"type": "text", "text": "Anna"}, {"type": "text", "text": "9"}]
    template = {
        "name": "promemoria_v1", "language": {"code": "it"},
        "components": [{"type": "body", "parameters": parameters}],
    }  # fmt: skip
    buttons = [{"type": "reply", "reply": {"id": "1", "title": "Sì"}}]
    interactive = {
        "type": "button", "body": {"text": "Va bene?"}, "action": {"buttons": buttons},
    }  # fmt: skip
    card = {"name": {"formatted_name": "Zia Rosa", "first_name": "Rosa"}}
    common = {"recipient_type": "individual"}
    yield {**common, "type": "text", "text": {"body": "Buongiorno"}}
    yield {**common, "type": "image", "image": {"id": media_id}}
    yield {**common, "type": "location", "location": {"latitude": 45.4, "longitude": 9.1}}
    yield {**common, "type": "contacts", "contacts": [card]}
    yield {**common, "type": "reaction", "reaction": {"message_id": said, "emoji": "👍"}}
    yield {**common, "type": "interactive", "interactive": interactive}
    yield {**common, "type": "template", "template": template}


@pytest.fixture(scope="module")
def recorded(play):
    return play(work, webhook=False)


def operation(entry, specification):
    """(path of the file, its 200 answer's schema) for a recorded call, or None."""
    bare = re.sub(r"^/v\d+\.\d+/", "", entry["path"].split("?", 1)[0])
    node, _, edge = bare.partition("/")
    holder = "Phone-Number-ID" if node.startswith("2") else "WABA-ID"
    if node.startswith("4"):
        holder = "Media-ID"
    elif node.startswith("3"):
        holder = "TEMPLATE_ID"
    path = f"/{{Version}}/{{{holder}}}" + (f"/{edge}" if edge else "")
    found = specification["paths"].get(path, {}).get(entry["method"].lower())
    if found is None:
        return None
    content = found["responses"]["200"].get("content", {}).get("application/json")
    return None if content is None else (path, content["schema"])


def test_every_recorded_answer_is_what_the_file_describes(recorded, specification):
    wrong, covered = {}, set()
    for entry in recorded:
        found = operation(entry, specification) if entry["kind"] == "api" else None
        if found is None:
            continue
        path, schema = found
        covered.add((entry["method"], path))
        if told := wire.complaints(specification, schema, entry["response"]):
            wrong[entry["method"], path] = told
    assert len(covered) >= 14, sorted(covered)
    assert set(wrong) == set(EXCEPTIONS), wrong


def test_every_recorded_message_is_what_the_file_describes(recorded, specification):
    wrong = {}
    for entry in recorded:
        sent = entry["request"]
        if not entry["path"].endswith("/messages") or "type" not in sent:
            continue
        schema = {"$ref": f"#/components/schemas/{KINDS[sent['type']]}"}
        if told := wire.complaints(specification, schema, sent):
            wrong[sent["type"]] = told
    assert set(wrong) == set(MESSAGE_EXCEPTIONS), wrong
