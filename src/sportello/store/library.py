"""What the company knows, at speed: the index that `index` writes and `answer` reads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from sportello.statements import statements
from sportello.store.pool import Connection

_SQL = statements(__file__)
_ROWS_AT_ONCE: Final = 1_000
# Beyond this the cloud is estimated from a sample: a mean of 40,000 is exact enough.
_VECTORS_MAX: Final = 40_000

Matrix = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair as the company wrote it."""

    id: int
    workspace_id: int
    question: str
    answer: str
    variants: tuple[str, ...]
    language: str
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class Passage:
    """A pair made ready for the index. `vectors`: one row for each of `kinds`."""

    text: str
    sha256: str
    frequencies: Mapping[str, int]
    kinds: tuple[str, ...]
    vectors: Matrix


@dataclass(frozen=True, slots=True)
class Stats:
    version: int
    passages: int
    mean_length: float


@dataclass(frozen=True, slots=True)
class Cloud:
    """Mean and covariance of a library's vectors; empty where it has none."""

    version: int
    centroid: Matrix
    covariance: Matrix
    languages: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """A passage as an answer needs it: of a pair, or of a document with this title and address.

    `authored`: the answer was written as one; else it is a passage that may hold one.
    """

    passage_id: int
    pair_id: int | None
    title: str
    answer: str
    variants: tuple[str, ...]
    language: str
    document_id: int | None = None
    authored: bool = True
    document: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class LexicalHit:
    passage_id: int
    bm25: float
    found: float  # sum of the idf of the asked lexemes that stand in it


@dataclass(frozen=True, slots=True)
class Cosines:
    """Of a question with the best of a passage's own questions, and with its text. One that has no
    question has its text for it.
    """

    asked: float
    told: float


async def claim(connection: Connection, but: Sequence[int] = ()) -> Pair | None:
    """A pair to index, locked until the transaction ends; None if all are known."""
    row = await _one(connection, "claim", {"except": list(but)})
    return None if row is None else Pair(**{**row, "variants": tuple(row["variants"])})


async def claim_deleted(connection: Connection, but: Sequence[int] = ()) -> tuple[int, int] | None:
    """(workspace, pair) to take out of the index, locked until the transaction ends."""
    row = await _one(connection, "claim_deleted", {"except": list(but)})
    return None if row is None else (row["workspace_id"], row["id"])


async def mark_indexed(connection: Connection, pair_id: int) -> None:
    await connection.execute(_SQL["mark_indexed"], {"pair_id": pair_id})


async def sha256_of(connection: Connection, pair_id: int) -> str | None:
    """The hash under which the index knows a pair; None if it does not."""
    row = await _one(connection, "known", {"pair_id": pair_id})
    return None if row is None else str(row["content_sha256"])


async def put(connection: Connection, pair: Pair, passage: Passage) -> None:
    """Writes a pair's passage over what the index had of it. To be called in a transaction."""
    own = {"workspace_id": pair.workspace_id}
    await hold(connection, pair.workspace_id)
    row = await _one(
        connection,
        "put_passage",
        {
            **own,
            "pair_id": pair.id,
            "title": pair.question,
            "text": passage.text,
            "language": pair.language,
            "sha256": passage.sha256,
            "length": sum(passage.frequencies.values()),
        },
    )
    assert row is not None  # an upsert that returns nothing is our mistake
    own["passage_id"] = row["id"]
    await connection.execute(_SQL["drop_words"], own)
    await connection.execute(_SQL["drop_vectors"], own)
    frequencies = passage.frequencies
    await connection.execute(
        _SQL["put_words"],
        {**own, "lexemes": list(frequencies), "frequencies": list(frequencies.values())},
    )
    vectors = [vector_text(vector) for vector in passage.vectors]
    await connection.execute(
        _SQL["put_vectors"], {**own, "kinds": list(passage.kinds), "embeddings": vectors}
    )
    await recount(connection, pair.workspace_id)


async def remove(connection: Connection, workspace_id: int, pair_id: int) -> None:
    """Takes a pair out of the index, and the deleted pair itself out of the table."""
    own = {"workspace_id": workspace_id}
    await hold(connection, workspace_id)
    row = await _one(connection, "known", {"pair_id": pair_id})
    if row is not None:
        own["passage_id"] = row["id"]
        for step in ("drop_words", "drop_vectors", "drop_passage"):
            await connection.execute(_SQL[step], own)
    await connection.execute(_SQL["forget_pair"], {"pair_id": pair_id})
    await recount(connection, workspace_id)


async def hold(connection: Connection, workspace_id: int) -> None:
    """One writer of a library at a time, until the transaction ends: counts cannot cross."""
    await connection.execute(_SQL["hold_stats"], {"workspace_id": workspace_id})


async def recount(connection: Connection, workspace_id: int) -> None:
    """Number and mean length of the passages that are found, after words were put or dropped."""
    await connection.execute(_SQL["count"], {"workspace_id": workspace_id})


async def refresh_cloud(connection: Connection, workspace_id: int) -> None:
    """Measures the library's vectors anew. To be called in a transaction."""
    own = {"workspace_id": workspace_id}
    await hold(connection, workspace_id)
    counted = await _one(connection, "count_vectors", own)
    step = 1 + (int(counted["n"]) if counted else 0) // _VECTORS_MAX
    total, sums, products = 0, np.zeros(0), np.zeros((0, 0))
    async with connection.cursor(name="cloud", binary=True) as cursor:
        await cursor.execute(_SQL["vectors"], {**own, "step": step})
        while rows := await cursor.fetchmany(_ROWS_AT_ONCE):
            some = np.stack([_vector(row["embedding"]) for row in rows]).astype(np.float64)
            total += len(some)
            sums = some.sum(0) if not sums.size else sums + some.sum(0)
            products = some.T @ some if not products.size else products + some.T @ some
    mean = sums / max(total, 1)
    covariance = products / max(total, 1) - np.outer(mean, mean)
    await connection.execute(
        _SQL["put_cloud"],
        {**own, "centroid": _packed(mean), "covariance": _packed(covariance)},
    )


async def without_cloud(connection: Connection) -> list[int]:
    """Workspaces whose vectors have changed since they were measured, as far as can be told."""
    rows = await (await connection.execute(_SQL["without_cloud"])).fetchall()
    return [row["workspace_id"] for row in rows]


async def stats(connection: Connection, workspace_id: int) -> Stats:
    row = await _one(connection, "stats", {"workspace_id": workspace_id})
    return Stats(0, 0, 0.0) if row is None else Stats(**row)


async def cloud(connection: Connection, workspace_id: int) -> Cloud:
    row = await _one(connection, "cloud", {"workspace_id": workspace_id})
    if row is None:
        return Cloud(0, _unpacked(b""), _unpacked(b""), ())
    mean = _unpacked(row["centroid"])
    covariance = _unpacked(row["covariance"]).reshape(len(mean), len(mean))
    return Cloud(row["version"], mean, covariance, tuple(row["languages"]))


async def passages_with(
    connection: Connection, workspace_id: int, lexemes: Sequence[str]
) -> dict[str, int]:
    """How many passages each lexeme stands in; unknown ones are left out."""
    asked = {"workspace_id": workspace_id, "lexemes": list(lexemes)}
    rows = await (await connection.execute(_SQL["passages_with"], asked)).fetchall()
    return {row["lexeme"]: row["passages"] for row in rows}


async def lexemes_like(
    connection: Connection, workspace_id: int, beginnings: Mapping[str, str]
) -> dict[str, list[str]]:
    """For each mistyped lexeme those known that begin with what it is mapped to, and are as long,
    give or take one.
    """
    asked = {
        "workspace_id": workspace_id,
        "mistyped": list(beginnings),
        "beginnings": list(beginnings.values()),
    }
    alike: dict[str, list[str]] = {}
    for row in await (await connection.execute(_SQL["lexemes_like"], asked)).fetchall():
        alike.setdefault(row["mistyped"], []).append(row["lexeme"])
    return alike


async def lexical(
    connection: Connection,
    workspace_id: int,
    weights: Mapping[str, float],
    *,
    limit: int,
    only: Sequence[int] | None = None,
) -> list[LexicalHit]:
    """Passages by BM25, best first. `weights`: idf of each asked lexeme."""
    asked = {
        "workspace_id": workspace_id,
        "lexemes": list(weights),
        "idfs": list(weights.values()),
        "limit": limit,
        "only": None if only is None else list(only),
    }
    rows = await (await connection.execute(_SQL["lexical"], asked)).fetchall()
    return [LexicalHit(**row) for row in rows]


async def dense(
    connection: Connection,
    workspace_id: int,
    question: npt.NDArray[np.float32],
    *,
    limit: int,
    weight: float = 0.5,
    only: Sequence[int] | None = None,
) -> dict[int, Cosines]:
    """The nearest passages, best first. `weight`: of their questions, against their texts."""
    asked = {
        "workspace_id": workspace_id,
        "question": vector_text(question),
        "weight": weight,
        "limit": limit,
        "only": None if only is None else list(only),
    }
    rows = await (await connection.execute(_SQL["dense"], asked)).fetchall()
    return {row["passage_id"]: Cosines(row["asked"], row["told"]) for row in rows}


async def passages(connection: Connection, ids: Sequence[int]) -> dict[int, Known]:
    rows = await (await connection.execute(_SQL["passages"], {"ids": list(ids)})).fetchall()
    return {
        row["passage_id"]: Known(**{**row, "variants": tuple(filter(None, row["variants"]))})
        for row in rows
    }


async def pair(connection: Connection, workspace_id: int, pair_id: int) -> Known | None:
    """A pair that a customer chose from a list, unless it has been withdrawn meanwhile."""
    row = await _one(connection, "pair", {"workspace_id": workspace_id, "pair_id": pair_id})
    return None if row is None else Known(passage_id=0, variants=(), **row)


async def passage(connection: Connection, workspace_id: int, passage_id: int) -> Known | None:
    """A document's passage that a customer chose, unless it has been withdrawn meanwhile."""
    row = await _one(
        connection, "passage", {"workspace_id": workspace_id, "passage_id": passage_id}
    )
    return None if row is None else Known(pair_id=None, variants=(), **row)


async def progress(connection: Connection, workspace_id: int) -> tuple[int, int]:
    """(pairs indexed, all pairs)."""
    row = await _one(connection, "progress", {"workspace_id": workspace_id})
    return (0, 0) if row is None else (row["indexed"], row["total"])


async def make_scratch(connection: Connection, language: str) -> int:
    """A workspace for a measurement; its maker rolls it back."""
    row = await _one(connection, "make_scratch", {"language": language})
    return int(row["id"])


async def add_pair(connection: Connection, pair: Pair) -> Pair:
    """The pair with the id that it got."""
    told = {
        "workspace_id": pair.workspace_id,
        "question": pair.question,
        "answer": pair.answer,
        "variants": list(pair.variants),
        "language": pair.language,
    }
    row = await _one(connection, "add_pair", told)
    return replace(pair, id=int(row["id"]))


async def add_document(connection: Connection, workspace_id: int, title: str, language: str) -> int:
    """A document without passages, for a measurement; its id."""
    told = {"workspace_id": workspace_id, "title": title, "language": language}
    row = await _one(connection, "add_document", told)
    return int(row["id"])


def vector_text(vector: npt.NDArray[np.float32]) -> str:
    """A vector as pgvector reads it."""
    return "[" + ",".join(f"{number:.7g}" for number in vector.tolist()) + "]"


def _vector(raw: bytes) -> Matrix:
    """A vector as pgvector sends it in binary: two 16-bit numbers, then big-endian floats."""
    return np.frombuffer(raw, ">f4", offset=4).astype(np.float32)


def _packed(numbers: npt.NDArray[np.float64]) -> bytes:
    return numbers.astype("<f4").tobytes()


def _unpacked(raw: bytes) -> Matrix:
    return np.frombuffer(raw, "<f4").astype(np.float32)


async def _one(connection: Connection, name: str, asked: Mapping[str, Any]) -> Any:
    return await (await connection.execute(_SQL[name], asked)).fetchone()
