"""The supervisor brings back what falls, and stops what it started."""

import os
import signal
import sys
from threading import Thread
from time import monotonic, sleep

from sportello.ops.processes import Child, Supervisor

_WAIT = [sys.executable, "-c", "import signal; signal.pause()"]


def _until(condition: object, seconds: float = 60) -> bool:
    end = monotonic() + seconds
    while monotonic() < end:
        if condition():
            return True
        sleep(0.02)
    return False


def test_a_killed_child_comes_back_and_all_stop_in_the_end() -> None:
    supervisor = Supervisor()
    child = Child("child", _WAIT, dict(os.environ))
    supervisor.add(child)
    assert child.process is not None
    first = child.process.pid
    watching = Thread(target=supervisor.watch)
    watching.start()

    os.kill(first, signal.SIGKILL)
    came_back = _until(lambda: child.process and child.process.pid != first and child.is_alive())
    supervisor.stopping = True
    watching.join(5)
    supervisor.stop()

    assert came_back
    assert not child.is_alive()


def test_a_child_that_keeps_falling_is_not_started_in_a_tight_loop() -> None:
    supervisor = Supervisor()
    child = Child("falling", [sys.executable, "-c", "raise SystemExit(3)"], dict(os.environ))
    supervisor.add(child)
    watching = Thread(target=supervisor.watch)
    watching.start()

    assert _until(lambda: child.deaths >= 3)
    supervisor.stopping = True
    watching.join(5)
    supervisor.stop()

    assert child.deaths <= 5


def test_a_child_that_waits_begins_at_the_word_and_at_once_when_it_comes_back() -> None:
    begins = [sys.executable, "-c", "import sys; sys.stdin.read(); sys.exit(3)"]
    child = Child("waiting", begins, dict(os.environ), waits=True)
    child.start()
    assert not _until(lambda: not child.is_alive(), 0.5), "nobody has said the word"

    child.go()
    assert _until(lambda: not child.is_alive())
    child.start()
    assert _until(lambda: not child.is_alive())
    child.stop()
