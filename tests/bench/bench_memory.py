"""Memory of everything together while the demo runs and is used a little: at 1, 5 and 10 minutes.

Proportional: what processes share (code, PostgreSQL's buffers) counts once.
"""

import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import psutil

from tests.bench.desks import Figure
from tests.flow.running import Demo, running_demo

_MINUTES = (1, 5, 10)
# The aim of the product, all processes together.
_CEILING_MB = 512
_QUESTIONS = (
    "Quando arriva il mio ordine?",
    "Posso pagare alla consegna?",
    "Come faccio un reso?",
    "Do you ship to Germany?",
    "Fate anche la revisione della caldaia a gas?",
)
_PAUSE_S = 12


def run() -> list[Figure]:
    figures: list[Figure] = []
    with (
        tempfile.TemporaryDirectory(prefix="sportello-memory-") as folder,
        running_demo(Path(folder) / "data") as demo,
    ):
        began = monotonic()
        for minutes in _MINUTES:
            _use_until(demo, began + minutes * 60)
            figures += _figures(minutes, memory(demo))
    return figures


def memory(demo: Demo) -> Counter[str]:
    """MB by program; a process that ends meanwhile counts as nothing."""
    found: Counter[str] = Counter()
    for name, process in _processes(demo):
        try:
            found[name] += process.memory_full_info().pss / 2**20
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def _processes(demo: Demo) -> Iterator[tuple[str, psutil.Process]]:
    """The supervisor and its children; the database is a family of its own."""
    assert demo.process is not None
    supervisor = psutil.Process(demo.process.pid)
    yield "supervisor", supervisor
    for child in supervisor.children(recursive=True):
        yield _called(child), child
    lock = demo.folder / "postgres" / "postmaster.pid"
    postmaster = psutil.Process(int(lock.read_text().split("\n", 1)[0]))
    yield "database", postmaster
    for child in postmaster.children(recursive=True):
        yield "database", child


def _called(process: psutil.Process) -> str:
    words = process.cmdline()
    return next((name for name in ("edge", "work", "whatsapp_emulator") if name in words), "other")


def _use_until(demo: Demo, end: float) -> None:
    """Customers ask, each now and then; somebody looks at the desk."""
    asked = 0
    people = [one["wa_id"] for one in demo.sim("GET", "/people")["people"]]
    while monotonic() < end:
        demo.says(people[asked % len(people)], _QUESTIONS[asked % len(_QUESTIONS)])
        demo.api("GET", "/conversations")
        asked += 1
        sleep(max(0.0, min(_PAUSE_S, end - monotonic())))


def _figures(minutes: int, by_program: Counter[str]) -> list[Figure]:
    total = sum(by_program.values())
    return [
        (f"all together, after {minutes} min", total, "MB", total / _CEILING_MB),
        *[
            (f"{name}, after {minutes} min", megabytes, "MB", None)
            for name, megabytes in by_program.most_common()
            if minutes == max(_MINUTES)
        ],
    ]
