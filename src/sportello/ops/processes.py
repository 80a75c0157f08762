"""Child processes that start in order, are watched, come back after a death, and stop in order."""

import ctypes
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from time import monotonic, sleep

import structlog

_log = structlog.get_logger()
_PR_SET_PDEATHSIG = 1
_STOP_S = 10.0
_PAUSE_S = (0.2, 0.5, 1.0, 2.0, 5.0)
_STEADY_S = 60.0


def _die_with_parent() -> None:
    """Linux ends the child when its supervisor is killed: no stray process keeps the port."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the supervisor's to handle


@dataclass(slots=True)
class Child:
    """One program: its words, its surroundings, and how often it had to come back.

    `waits`: it finds its standard input open, and reads to its end before it begins; `go` ends it.
    """

    name: str
    words: Sequence[str]
    environment: Mapping[str, str]
    waits: bool = False
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    deaths: int = 0
    back_at: float = field(default=0.0)

    def start(self) -> None:
        self.started = monotonic()
        self.process = subprocess.Popen(  # noqa: S603  # our own programs, no shell
            list(self.words),
            env=dict(self.environment),
            stdin=subprocess.PIPE if self.waits else subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,  # ours is the interface, and theirs would mix in
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509  # starts no threads before
        )

    def go(self) -> None:
        """It may begin; from now on it begins at once, whenever it comes back."""
        self.waits = False
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()

    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """Asks, waits, and in the end kills; nothing is lost by it, only repeated."""
        self.go()
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            _log.warning("child_killed", child=self.name)
            self.process.kill()
            self.process.wait(_STOP_S)


class Supervisor:
    """Keeps children alive until told to stop; `tend` is called at each look, 5 times a second."""

    def __init__(self, tend: Callable[[], None] | None = None) -> None:
        self.children: list[Child] = []
        self.stopping = False
        self._tend = tend

    def take_signals(self) -> None:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._on_signal)

    def _on_signal(self, _number: int, _frame: object) -> None:
        self.stopping = True

    def add(self, child: Child) -> None:
        self.children.append(child)
        child.start()

    def watch(self) -> None:
        """Returns when a signal has said stop."""
        while not self.stopping:
            if self._tend is not None:
                self._tend()
            for child in self.children:
                self._revive(child)
            sleep(0.2)

    def _revive(self, child: Child) -> None:
        """A child that fell comes back: at once the first time, later the more often it falls."""
        now = monotonic()
        if child.is_alive():
            if child.deaths and now - child.started > _STEADY_S:
                child.deaths = 0
            return
        if child.back_at == 0.0:
            pause = _PAUSE_S[min(child.deaths, len(_PAUSE_S) - 1)]
            child.deaths += 1
            child.back_at = now + pause
            code = child.process.returncode if child.process else None
            _log.warning("child_died", child=child.name, code=code, back_in_s=pause)
        elif now >= child.back_at:
            child.back_at = 0.0
            child.start()

    def stop(self) -> None:
        """Stops in the order of starting: what takes new work ends before what finishes it."""
        for child in self.children:
            child.stop()


def wait_until_ready(url: str, child: Child, seconds: float) -> bool:
    """Whether `url` answered 200 within `seconds`; ends early if `child` dies meanwhile."""
    end = monotonic() + seconds
    while monotonic() < end and child.is_alive():
        try:
            with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310  # our own address
                if answer.status == 200:
                    return True
        except (urllib.error.URLError, OSError):
            pass
        sleep(0.05)
    return False


def environment(changes: Mapping[str, str]) -> dict[str, str]:
    # One arena of memory for each thread is what a small machine cannot spare.
    return {**os.environ, "OMP_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2", **changes}
