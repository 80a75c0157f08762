"""What the shipped weights are learnt from: labelled libraries whole, thinned out, bare, and as
documents.

Thinned out, a question's pair is missing while its neighbours are there: the hardest thing to
admit not to know. Bare, a library has no variants, as one has that was typed in this morning. As
documents, with none of their pairs beside them or with a half, they teach how sure a quotation is.
"""

import hashlib
import json
import random
from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Final

from sportello.assistant import alike
from sportello.assistant.calibration import Calibration, train
from sportello.assistant.embed import MODEL, Embedder
from sportello.assistant.evidence import FEATURES
from sportello.assistant.labelled import (
    Labelled,
    Remembering,
    Sample,
    as_document,
    as_pairs,
    ask_all,
    without,
)
from sportello.assistant.quality import examples
from sportello.store.pool import Connection

# More of them, and the weights would expect knowledge to be missing more often than it is.
_LEFT_OUT: Final = (0.25, 0.5, 0.5)
_SEED: Final = 7
_HALVES: Final = 2


async def calibrate(
    connection: Connection, embedder: Embedder, whole: Sequence[Labelled], far: Sequence[str]
) -> Calibration:
    """The weights for `calibration.json`. Takes some minutes; leaves nothing in the database."""
    once = Remembering(embedder)
    samples: list[Sample] = []
    for labelled in libraries(whole):
        async with connection.transaction(force_rollback=True):
            samples += await ask_all(connection, once, labelled, far)
    return train(examples(samples))


def digest(whole: Sequence[Labelled], far: Sequence[str]) -> str:
    """Of all that the weights are learnt from: stands in `calibration.json`, so that a test notices
    where questions were changed and the weights were not learnt anew.
    """
    told = [asdict(one) for one in libraries(whole)]
    text = json.dumps([MODEL, alike.MODEL, FEATURES, told, list(far)], ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def libraries(whole: Sequence[Labelled]) -> list[Labelled]:
    """The libraries themselves and what can be made of them, the same ones each time."""
    drawn = random.Random(_SEED)  # noqa: S311  # no secret: a repeatable choice
    documents = [one for one in whole if one.sections]
    whole = [as_pairs(one) for one in whole]
    made = [*whole, *(made for one in documents for made in _documents(one, drawn))]
    for labelled in whole:
        bare = _bare(labelled)
        if bare.pairs != labelled.pairs:
            made.append(bare)
        keys = list(labelled.pairs)
        for share in _LEFT_OUT:
            drawn.shuffle(keys)
            made.append(without(labelled, keys[: int(len(keys) * share)]))
    return made


def _documents(labelled: Labelled, drawn: random.Random) -> list[Labelled]:
    """The document whole and thinned out, alone and with a half of the pairs beside it."""
    keys = list(labelled.pairs)
    made = [as_document(labelled)]
    for share in _LEFT_OUT:
        drawn.shuffle(keys)
        made.append(as_document(without(labelled, keys[: int(len(keys) * share / 2)])))
    for _ in range(_HALVES):
        drawn.shuffle(keys)
        half = as_document(labelled, keys[: len(keys) // 2])
        made += [half, without(half, keys[::4])]
    return made


def _bare(labelled: Labelled) -> Labelled:
    pairs = {key: replace(pair, variants=()) for key, pair in labelled.pairs.items()}
    return replace(labelled, name=f"{labelled.name}-bare", pairs=pairs)
