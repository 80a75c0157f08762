"""Documents on their way into the index: read, drafted, cut into passages, embedded, removed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from psycopg.types.json import Jsonb

from sportello.statements import statements
from sportello.store.library import Matrix, hold, recount, vector_text
from sportello.store.pool import Connection

_SQL = statements(__file__)
_REMOVED_AT_ONCE: Final = 500

Piece = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """A document that is ours to read until its lease ends. `content`: None for a page."""

    id: int
    workspace_id: int
    kind: str
    format: str
    url: str
    title: str
    language: str
    publishes_itself: bool
    sha256: str
    state: str
    attempts: int
    content: bytes | None
    site_id: int | None


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read: pieces as (headings, text, question or ""). `doubted`: some of it speaks to
    machines, so that a person sees it first.
    """

    title: str
    language: str
    pieces: Sequence[Piece]
    sha256: str
    doubted: bool = False


@dataclass(frozen=True, slots=True)
class Drafted:
    """A document whose draft is to replace what the index has of it."""

    id: int
    workspace_id: int
    title: str
    language: str
    draft: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Planned:
    """A passage as the new version wants it, with its place there."""

    place: int
    title: str
    text: str
    asked: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A passage without words and vectors."""

    id: int
    workspace_id: int
    document_id: int
    title: str
    text: str
    asked: str
    language: str
    content_sha256: str


@dataclass(frozen=True, slots=True)
class Embedded:
    """A passage made ready. `known_id`: whose vectors it shares; then it has none of its own."""

    id: int
    frequencies: Mapping[str, int]
    kinds: tuple[str, ...] = ()
    vectors: Matrix | None = None
    known_id: int | None = None


@dataclass(frozen=True, slots=True)
class Walk:
    """A site that is ours to walk until its lease ends."""

    id: int
    workspace_id: int
    url: str
    language: str
    pages_max: int
    publishes_itself: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a site as the table has it."""

    id: int
    sha256: str
    draft: Any
    state: str


async def claim_to_read(connection: Connection, *, lease_s: float) -> Reading | None:
    row = await _one(connection, "claim_to_read", {"lease_s": lease_s})
    return None if row is None else Reading(**row)


async def keep_draft(
    connection: Connection, document_id: int, draft: Draft, *, known: bool = False
) -> None:
    """`known`: the text is the published one, so that there is nothing to do."""
    told = {
        "id": document_id,
        "title": draft.title[:200],
        "language": draft.language,
        "draft": Jsonb([list(piece) for piece in draft.pieces]),
        "sha256": draft.sha256,
        "known": known,
        "doubted": draft.doubted,
    }
    await connection.execute(_SQL["keep_draft"], told)


async def fail(connection: Connection, document_id: int, reason: str) -> None:
    await connection.execute(_SQL["fail"], {"id": document_id, "reason": reason})


async def claim_draft(connection: Connection, but: Sequence[int] = ()) -> Drafted | None:
    """Locked until the transaction ends."""
    row = await _one(connection, "claim_draft", {"except": list(but)})
    return None if row is None else Drafted(**row)


async def replace(connection: Connection, drafted: Drafted, planned: Sequence[Planned]) -> None:
    """The passages become those planned: what stays keeps its vectors, what is gone is removed,
    what is new waits. To be called in a transaction.
    """
    own = {"document_id": drafted.id, "workspace_id": drafted.workspace_id}
    await hold(connection, drafted.workspace_id)
    rows = await (await connection.execute(_SQL["passages_of"], own)).fetchall()
    kept: dict[str, list[int]] = {}
    for row in rows:
        kept.setdefault(row["content_sha256"], []).append(row["id"])
    moved: list[tuple[int, int]] = []
    new: list[Planned] = []
    for one in planned:
        if known := kept.get(one.sha256):
            moved.append((known.pop(0), one.place))
        else:
            new.append(one)
    await _remove(connection, drafted.workspace_id, [one for ids in kept.values() for one in ids])
    told = {"ids": [one for one, _ in moved], "places": [place for _, place in moved]}
    await connection.execute(_SQL["move_passages"], told)
    await connection.execute(
        _SQL["add_passages"],
        {
            **own,
            "language": drafted.language,
            "places": [one.place for one in new],
            "titles": [one.title for one in new],
            "texts": [one.text for one in new],
            "asked": [one.asked for one in new],
            "sha256s": [one.sha256 for one in new],
        },
    )
    await recount(connection, drafted.workspace_id)
    await connection.execute(_SQL["draft_taken"], own)
    await settle(connection, [drafted.id])


async def claim_passages(
    connection: Connection, *, limit: int, but: Sequence[int] = ()
) -> list[Waiting]:
    """Locked until the transaction ends; possibly of several documents and workspaces."""
    asked = {"limit": limit, "except": list(but)}
    rows = await (await connection.execute(_SQL["claim_passages"], asked)).fetchall()
    return [Waiting(**row) for row in rows]


async def same_vectors(
    connection: Connection, workspace_id: int, sha256s: Sequence[str]
) -> dict[str, int]:
    """For each text that is known already, a passage that has its vectors."""
    asked = {"workspace_id": workspace_id, "sha256s": list(sha256s)}
    rows = await (await connection.execute(_SQL["same_vectors"], asked)).fetchall()
    return {row["content_sha256"]: row["id"] for row in rows}


async def put(connection: Connection, workspace_id: int, embedded: Sequence[Embedded]) -> None:
    """Words and vectors of passages that waited; then they are found. To be called in the
    transaction that claimed them.
    """
    await hold(connection, workspace_id)
    own = {"workspace_id": workspace_id}
    words = [(one.id, *pair) for one in embedded for pair in one.frequencies.items()]
    await connection.execute(
        _SQL["put_words"],
        {
            **own,
            "passage_ids": [one for one, _, _ in words],
            "lexemes": [lexeme for _, lexeme, _ in words],
            "frequencies": [tf for _, _, tf in words],
        },
    )
    vectors = [
        (one.id, kind, vector_text(vector))
        for one in embedded
        if one.vectors is not None
        for kind, vector in zip(one.kinds, one.vectors, strict=True)
    ]
    await connection.execute(
        _SQL["put_vectors"],
        {
            **own,
            "passage_ids": [one for one, _, _ in vectors],
            "kinds": [kind for _, kind, _ in vectors],
            "embeddings": [text for _, _, text in vectors],
        },
    )
    for one in embedded:
        if one.known_id is not None:
            shared = {"passage_id": one.id, "known_id": one.known_id}
            await connection.execute(_SQL["copy_vectors"], shared)
    lengths = [sum(one.frequencies.values()) for one in embedded]
    told = {"ids": [one.id for one in embedded], "lengths": lengths}
    await connection.execute(_SQL["reveal"], told)
    await recount(connection, workspace_id)


async def settle(connection: Connection, document_ids: Sequence[int]) -> None:
    """Those of which nothing waits any more are ready."""
    await connection.execute(_SQL["settle"], {"ids": list(document_ids)})


async def remove_next(connection: Connection, but: Sequence[int] = ()) -> tuple[int, int] | None:
    """Takes some passages of a deleted document out of the index, and with the last of them the
    document itself; (workspace, document), or None where none is deleted.
    """
    await connection.execute(_SQL["claim_deleted_site"])
    row = await _one(connection, "claim_deleted", {"except": list(but)})
    if row is None:
        return None
    workspace_id, document_id = row["workspace_id"], row["id"]
    await hold(connection, workspace_id)
    asked = {"document_id": document_id, "limit": _REMOVED_AT_ONCE}
    rows = await (await connection.execute(_SQL["some_passages"], asked)).fetchall()
    await _remove(connection, workspace_id, [one["id"] for one in rows])
    if len(rows) < _REMOVED_AT_ONCE:
        await connection.execute(_SQL["forget"], {"document_id": document_id})
    await recount(connection, workspace_id)
    return workspace_id, document_id


async def claim_site(connection: Connection, *, lease_s: float) -> Walk | None:
    row = await _one(connection, "claim_site", {"lease_s": lease_s})
    return None if row is None else Walk(**row)


async def find_page(connection: Connection, walk: Walk, url: str) -> Page:
    told = {
        "workspace_id": walk.workspace_id,
        "site_id": walk.id,
        "url": url,
        "language": walk.language,
        "publishes_itself": walk.publishes_itself,
    }
    return Page(**await _one(connection, "find_page", told))


async def note_walk(
    connection: Connection, walk: Walk, *, read: int, known: int, lease_s: float
) -> bool:
    """Whether the site is still wanted."""
    told = {"id": walk.id, "pages_read": read, "pages_known": known, "lease_s": lease_s}
    return await _one(connection, "note_walk", told) is not None


async def end_walk(connection: Connection, walk: Walk, reason: str = "") -> None:
    """With a reason, it failed."""
    told = {"id": walk.id, "state": "failed" if reason else "ready", "reason": reason}
    await connection.execute(_SQL["end_walk"], told)


async def _remove(connection: Connection, workspace_id: int, passage_ids: Sequence[int]) -> None:
    gone = {"workspace_id": workspace_id, "passage_ids": list(passage_ids)}
    for step in ("drop_words", "drop_vectors", "drop_passages"):
        await connection.execute(_SQL[step], gone)


async def _one(connection: Connection, name: str, asked: Mapping[str, Any]) -> Any:
    return await (await connection.execute(_SQL[name], asked)).fetchone()
