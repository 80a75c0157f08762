"""The model that tells languages apart, unpacked once and then left on disk.

In memory it takes 50 MB, and the better part of a second to unpack.
"""

import hashlib
import logging
import os
import shutil
import tempfile
import weakref
from array import array
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
from py3langid.langid import MODEL_DIR, MODEL_FILE, LanguageIdentifier

# Enters the folder's name: raise it when the same model would be kept differently.
_RECIPE: Final = "1"
_WEIGHTS: Final = "weights.npy"
_PRIORS: Final = "priors.npy"
_MOVES: Final = "moves"
_LANGUAGES: Final = "languages"
_BYTES: Final = 4
# A state's row: where each possible byte leads.
_ROW_BYTES: Final = 256 * _BYTES
_ROWS: Final = "rows.npy"
_FEATURES: Final = "features.npy"
_log = logging.getLogger(__name__)


class _Moves:
    """40 MB of numbers, of which a text needs one for each of its bytes: each is read where it lies
    (a microsecond). Mapped, every one would bring the sixteen pages around it into memory.
    """

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        weakref.finalize(self, os.close, self._file)

    def __getitem__(self, place: int) -> int:
        number = os.pread(self._file, _BYTES, place * _BYTES)
        return int.from_bytes(number, "little")


def load(languages: Sequence[str], folder: Path | None) -> LanguageIdentifier:
    """Knows `languages` alone, in no certain order. What is unpacked is kept under `folder`."""
    if folder is None:
        return _unpacked(languages)
    kept = folder / f"languages-{_digest(languages)}"
    try:
        if not kept.exists():
            _keep(_unpacked(languages), kept)
        return _left_there(kept)
    except (OSError, EOFError, ValueError) as error:
        # No room, no right to write, or a file that was cut: it works all the same.
        _log.warning("the language model is not kept: %s", type(error).__name__)
        shutil.rmtree(kept, ignore_errors=True)
        return _unpacked(languages)


def _digest(languages: Sequence[str]) -> str:
    digest = hashlib.sha256(" ".join((_RECIPE, *sorted(languages))).encode())
    digest.update((MODEL_DIR / MODEL_FILE).read_bytes())
    return digest.hexdigest()[:16]


def _unpacked(languages: Sequence[str]) -> LanguageIdentifier:
    """Built anew so that the other languages, over a hundred, leave memory."""
    whole = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    whole.set_languages(languages)
    return LanguageIdentifier(
        whole.nb_ptc,
        whole.nb_pc,
        whole.nb_classes,
        whole.tk_nextmove,
        array("i", whole.tk_output),
        norm_probs=True,
        tk_row=whole.tk_row,
    )


def _keep(model: LanguageIdentifier, kept: Path) -> None:
    """All of it or nothing, also when several start at once or the power goes."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as making:
        made = Path(making) / "made"
        made.mkdir()
        for name, values in (
            (_WEIGHTS, model.nb_ptc),
            (_PRIORS, model.nb_pc),
            (_ROWS, np.asarray(model.tk_row)),
            (_FEATURES, np.asarray(model.tk_output)),
        ):
            with (made / name).open("wb") as file:
                np.save(file, values, allow_pickle=False)
                os.fsync(file.fileno())
        with (made / _MOVES).open("wb") as file:
            np.asarray(model.tk_nextmove).astype("<u4").tofile(file)
            os.fsync(file.fileno())
        (made / _LANGUAGES).write_text(" ".join(model.nb_classes))
        try:
            made.rename(kept)
        except OSError:
            if not kept.exists():  # if it does, another process was quicker
                raise


def _left_there(kept: Path) -> LanguageIdentifier:
    """Raises OSError, EOFError or ValueError for what is not whole."""
    rows = np.load(kept / _ROWS)
    weights = np.load(kept / _WEIGHTS, mmap_mode="r")
    languages = (kept / _LANGUAGES).read_text().split()
    moves_bytes = (kept / _MOVES).stat().st_size
    if moves_bytes != (int(rows.max()) + 1) * _ROW_BYTES or len(languages) != weights.shape[1]:
        raise ValueError(kept)
    return LanguageIdentifier(
        weights,
        np.load(kept / _PRIORS),
        languages,
        _Moves(kept / _MOVES),
        memoryview(np.load(kept / _FEATURES, mmap_mode="r")),
        norm_probs=True,
        tk_row=memoryview(rows),
    )
