"""Templates at Meta, the samples they need, and the profile that reviewers look at.

Source: reference, templates 4.1 and 4.2, sending 3 (resumable upload), account-and-errors 8.4.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from yarl import URL

from sportello.whatsapp.client import Client, id_of, text_of
from sportello.whatsapp.errors import InDoubtError, NotSentError

# Well below what one answer may hold, even if each is a carousel in many words.
PAGE: Final = 50
NAMESAKE_PAGES_MAX: Final = 20
RESUMED_MAX: Final = 4
_FIELDS: Final = (
    "id,name,language,status,category,components,parameter_format,quality_score,rejected_reason,"
    "correct_category"
)
_PROFILE: Final = "about,address,description,email,profile_picture_url,websites,vertical"
_SESSION: Final = re.compile(r"upload:[0-9A-Za-z_=+./~-]{1,900}(\?sig=[0-9A-Za-z_=.~%-]{1,400})?")
_WORD: Final = re.compile(r"[A-Z_]{1,32}")
_QUALITIES: Final = frozenset({"GREEN", "YELLOW", "RED", "UNKNOWN"})


@dataclass(frozen=True, slots=True)
class Node:
    """A template as Meta has it; what it does not say is empty. Fits its row's columns."""

    id: str
    name: str = ""
    language: str = ""
    status: str = ""
    category: str = ""
    components: list[Any] = field(default_factory=list)
    parameter_format: str = "POSITIONAL"
    quality: str = "UNKNOWN"
    rejected_reason: str = ""
    correct_category: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """`after` leads to the next page; empty on the last."""

    nodes: list[Node]
    after: str = ""


async def page(client: Client, waba_id: str, token: str, *, after: str = "") -> Page:
    """One page of the account's templates. What cannot be a template is left out."""
    return await _page(client, waba_id, token, {"after": after} if after else {})


async def named(
    client: Client, waba_id: str, token: str, *, name: str, language: str
) -> Node | None:
    """The account's template of exactly this name and language.

    Meta's filter takes a part of the name too; of its answers at most `NAMESAKE_PAGES_MAX` pages
    are looked through.
    """
    after = ""
    for _ in range(NAMESAKE_PAGES_MAX):
        query = {"name": name} | ({"after": after} if after else {})
        found = await _page(client, waba_id, token, query)
        for node in found.nodes:
            if (node.name, node.language) == (name, language):
                return node
        after = found.after
        if not after:
            break
    return None


async def shown(client: Client, template_id: str, token: str) -> Node:
    """The template as Meta has it now."""
    told = await client.get(id_of(template_id), token, {"fields": _FIELDS})
    return _sure(_node(told))


async def create(client: Client, waba_id: str, token: str, body: Mapping[str, Any]) -> Node:
    """Puts a creation body before Meta: id, status and category of what it became."""
    path = f"{id_of(waba_id)}/message_templates"
    return _sure(_node(await client.post(path, token, body)))


async def edit(client: Client, template_id: str, token: str, changes: Mapping[str, Any]) -> None:
    """Category, components and time to live; components replace all that were."""
    await client.post(id_of(template_id), token, changes)


async def delete(client: Client, waba_id: str, token: str, *, template_id: str, name: str) -> None:
    """Deletes one language of a name."""
    query = {"hsm_id": id_of(template_id), "name": name}
    url = client.address(f"{id_of(waba_id)}/message_templates").with_query(query)
    await client.ask("DELETE", url, token)


async def sample(
    client: Client, app_id: str, token: str, content: bytes, *, mime_type: str, filename: str
) -> str:
    """The handle of an uploaded sample. What broke off is taken up where Meta says it stands."""
    query = {"file_name": filename, "file_length": str(len(content)), "file_type": mime_type}
    begin = client.address(f"{id_of(app_id)}/uploads").with_query(query)
    session = _session(client, await client.ask("POST", begin, token))
    offset = 0
    for last in (*[False] * (RESUMED_MAX - 1), True):
        try:
            told = await _put(client, session, token, content, offset)
        except (InDoubtError, NotSentError):
            if last:
                raise
            told = await client.ask("GET", session, token, headers=_oauth(token))
        handle = text_of(told, "h")
        if handle:
            return handle
        offset = _offset(told, len(content))
    raise InDoubtError("an upload that does not end")


async def profile(client: Client, phone_number_id: str, token: str) -> dict[str, Any]:
    """The number's profile; what Meta does not say is missing."""
    path = f"{id_of(phone_number_id)}/whatsapp_business_profile"
    told = (await client.get(path, token, {"fields": _PROFILE})).get("data")
    first = told[0] if isinstance(told, list) and told else {}
    return first if isinstance(first, dict) else {}


async def app_of(client: Client, waba_id: str, token: str) -> str:
    """The one app that has the account's webhooks; empty where there is not exactly one."""
    told = (await client.subscribed_apps(waba_id, token)).get("data")
    apps = [one.get("whatsapp_business_api_data") for one in told] if isinstance(told, list) else []
    ids = [text_of(app, "id") for app in apps if isinstance(app, dict)]
    return ids[0] if len(ids) == 1 else ""


async def _page(client: Client, waba_id: str, token: str, query: Mapping[str, str]) -> Page:
    asked = {"fields": _FIELDS, "limit": str(PAGE), **query}
    told = await client.get(f"{id_of(waba_id)}/message_templates", token, asked)
    given = told.get("data")
    if not isinstance(given, list):
        raise InDoubtError("a list without data")
    nodes = [_node(one) for one in given if isinstance(one, dict)]
    return Page([node for node in nodes if node is not None], _after(told))


def _after(told: Mapping[str, Any]) -> str:
    """The cursor, where there is a next page."""
    paging = told.get("paging")
    if not isinstance(paging, dict) or not paging.get("next"):
        return ""
    cursors = paging.get("cursors")
    return text_of(cursors, "after") if isinstance(cursors, dict) else ""


def _node(told: Mapping[str, Any]) -> Node | None:
    """None for what has no id."""
    found = told.get("id")
    template_id = str(found) if isinstance(found, int | str) else ""
    if not (template_id.isascii() and template_id.isdecimal() and len(template_id) <= 32):
        return None
    quality = told.get("quality_score")
    score = text_of(quality, "score") if isinstance(quality, dict) else ""
    components = told.get("components")
    reason = _word(told, "rejected_reason")
    return Node(
        id=template_id,
        name=text_of(told, "name")[:512],
        language=text_of(told, "language")[:16].replace("-", "_"),
        status=_word(told, "status"),
        category=_word(told, "category"),
        components=components if isinstance(components, list) else [],
        parameter_format="NAMED" if _word(told, "parameter_format") == "NAMED" else "POSITIONAL",
        quality=score if score in _QUALITIES else "UNKNOWN",
        rejected_reason="" if reason == "NONE" else reason,
        correct_category=_word(told, "correct_category"),
    )


def _sure(node: Node | None) -> Node:
    if node is None:
        raise InDoubtError("a template without an id")
    return node


def _word(told: Mapping[str, Any], name: str) -> str:
    """One of Meta's words in capitals; empty for anything else."""
    word = text_of(told, name).upper()
    return word if _WORD.fullmatch(word) else ""


def _session(client: Client, told: Mapping[str, Any]) -> URL:
    """Where the bytes go. Raises `InDoubtError` for a session that is no path of ours."""
    name = text_of(told, "id")
    if not _SESSION.fullmatch(name) or ".." in name:
        raise InDoubtError("an upload session that is none")
    return client.address(name, encoded=True)


async def _put(
    client: Client, session: URL, token: str, content: bytes, offset: int
) -> dict[str, Any]:
    headers = {**_oauth(token), "file_offset": str(offset)}
    headers["Content-Type"] = "application/octet-stream"
    return await client.ask("POST", session, token, data=content[offset:], headers=headers)


def _oauth(token: str) -> dict[str, str]:
    return {"Authorization": f"OAuth {token}"}


def _offset(told: Mapping[str, Any], length: int) -> int:
    found = told.get("file_offset")
    if not isinstance(found, int) or isinstance(found, bool) or not 0 <= found <= length:
        raise InDoubtError("an upload that stands nowhere")
    return found
