"""The whole demo as a person starts it, and the words by which a test speaks to it."""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from time import monotonic, sleep
from typing import Any, ClassVar

import psutil

_POLL_S = 0.05


def free_port() -> int:
    """A port whose next neighbour is free too: the emulator takes that one."""
    for _ in range(50):
        with socket.socket() as first, socket.socket() as second:
            first.bind(("127.0.0.1", 0))
            port: int = first.getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                second.bind(("127.0.0.1", port + 1))
                return port
    raise RuntimeError("no two free ports side by side")


def _place(message: Mapping[str, Any]) -> tuple[datetime, int]:
    """By instants: as words, a whole second comes after each of its parts."""
    return datetime.fromisoformat(message["at"]), message["id"]


def until(look: Callable[[], Any], seconds: float = 60) -> Any:
    """The first true value that `look` gives within `seconds`; fails with the last one seen.

    A process that was killed may be away for a moment: that is looked over, not believed.
    """
    end = monotonic() + seconds
    while True:
        try:
            seen = look()
        except OSError:
            if monotonic() > end:
                raise
            seen = None
        if seen:
            return seen
        assert monotonic() < end, f"not within {seconds} s; last seen: {seen!r}"
        sleep(_POLL_S)


def clean() -> dict[str, str]:
    """Our surroundings without any setting of the tests'."""
    return {name: value for name, value in os.environ.items() if "SPORTELLO" not in name}


class Running:
    """Sportello, and the emulator as Meta. `block` holds the addresses and keys."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.block: dict[str, str] = {}
        self.process: subprocess.Popen[str] | None = None

    def _launch(self, *words: str, **variables: str) -> dict[str, str]:
        """Starts `sportello …` and returns the line it prints when it is ready."""
        with (self.folder.parent / f"{self.folder.name}.log").open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "sportello.ops.cli", *words, "--json"],
                env={**clean(), **variables}, stdout=subprocess.PIPE, stderr=log, text=True,
            )  # fmt: skip
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, f"it did not start: {Path(log.name).read_text()[-2000:]}"
        told: dict[str, str] = json.loads(line)
        return told

    def stop(self) -> None:
        if self.process is None:
            return
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(40)
        assert self.process.stdout is not None
        self.process.stdout.close()

    def kill(self, word: str) -> None:
        """`kill -9` of one of its processes: `edge`, `work`, `supervisor`, `postgres`."""
        assert self.process is not None
        if word == "supervisor":
            self.process.kill()
            self.stop()
            return
        if word == "postgres":
            pid = int((self.folder / "postgres" / "postmaster.pid").read_text().split("\n")[0])
            os.kill(pid, signal.SIGKILL)
            return
        for child in psutil.Process(self.process.pid).children():
            if word in child.cmdline():
                child.kill()
                return
        raise AssertionError(f"no process {word}")

    def api(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        return self._call(
            method, f"{self.block['console_url']}/api/v1{path}", body,
            {"Authorization": f"Bearer {self.block['api_key']}"},
        )  # fmt: skip

    def sim(self, method: str, path: str, body: Any = None) -> Any:
        status, answer = self._call(method, f"{self.block['emulator_url']}/sim{path}", body, {})
        assert status < 300, (status, answer)
        return answer

    def says(self, wa_id: str, text: str) -> None:
        """The customer writes."""
        self.sim(
            "POST", f"/people/{wa_id}/messages",
            {"type": "text", "text": {"body": text}, "to": self.block["phone_number_id"]},
        )  # fmt: skip

    def phone(self, wa_id: str) -> list[dict[str, Any]]:
        """What the customer's phone shows of the company's messages, oldest first."""
        shown = self.sim("GET", f"/people/{wa_id}/chat")["messages"]
        return [message for message in shown if message["from"] != wa_id]

    def conversation(self, wa_id: str) -> dict[str, Any]:
        """The customer's conversation as the API shows it, once there is one."""
        return until(lambda: self._find(wa_id))

    def messages(self, conversation: int) -> list[dict[str, Any]]:
        """Oldest first, whatever the order of the API's pages."""
        status, page = self.api("GET", f"/conversations/{conversation}/messages?limit=200")
        if status != 200:
            raise OSError(f"{status}: {page}")
        return sorted(page["items"], key=_place)

    def _find(self, wa_id: str) -> dict[str, Any] | None:
        _, page = self.api("GET", "/conversations?limit=200")
        for conversation in page.get("items", []):
            if conversation["contact"]["phone"].replace(" ", "").lstrip("+") == wa_id:
                return conversation
        return None

    @staticmethod
    def _call(method: str, url: str, body: Any, headers: dict[str, str]) -> tuple[int, Any]:
        raw = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            url, raw, {"Content-Type": "application/json", **headers}, method=method
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                return answer.status, json.loads(answer.read() or b"null")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, json.loads(error.read() or b"null")


class Demo(Running):
    """`sportello demo`, as a person starts it."""

    def start(self) -> float:
        """Starts it and returns the seconds until it said it was ready."""
        began = monotonic()
        # What an operator writes leaves at once: taking back has its own test.
        self.block = self._launch(
            "demo", "--port", str(self.port), "--data", str(self.folder),
            SPORTELLO_UNDO_SECONDS="0",
        )  # fmt: skip
        return monotonic() - began


class Up(Running):
    """`sportello up` beside an emulator of its own, which outlives its restarts."""

    _SECRETS: ClassVar = {
        "SPORTELLO_APP_SECRET": "0123456789abcdef0123456789abcdef",
        "SPORTELLO_VERIFY_TOKEN": "a-word-for-the-handshake",
        "SPORTELLO_ACCESS_TOKEN": "EAAtest" + "0" * 40,
        "SPORTELLO_PHONE_NUMBER_ID": "200000000000001",
        "SPORTELLO_WABA_ID": "100000000000001",
    }

    def start_emulator(self) -> None:
        emulator_port = str(self.port + 1)
        self.emulator = subprocess.Popen(
            [sys.executable, "-m", "whatsapp_emulator", "serve", "--port", emulator_port,
             "--webhook-url", f"http://127.0.0.1:{self.port}/webhooks/whatsapp",
             "--app-secret", self._SECRETS["SPORTELLO_APP_SECRET"],
             "--verify-token", self._SECRETS["SPORTELLO_VERIFY_TOKEN"],
             "--access-token", self._SECRETS["SPORTELLO_ACCESS_TOKEN"], "--json"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.emulator.stdout is not None
        assert self.emulator.stdout.readline(), "the emulator did not start"

    def start(self, **more: str) -> None:
        """`more`: settings for this start alone."""
        emulator = f"http://127.0.0.1:{self.port + 1}"
        self._settings = {
            **self._SECRETS,
            "SPORTELLO_DATA": str(self.folder),
            "SPORTELLO_PORT": str(self.port),
            "SPORTELLO_GRAPH_URL": emulator,
            "SPORTELLO_CLOCK_URL": f"{emulator}/sim/clock",
            **more,
        }
        told = self._launch("up", **self._settings)
        self.block = {
            **self.block, **told, "emulator_url": emulator,
            "phone_number_id": self._SECRETS["SPORTELLO_PHONE_NUMBER_ID"],
        }  # fmt: skip
        if "api_key" not in self.block:
            self.block["api_key"] = self._key()

    def _key(self) -> str:
        made = subprocess.run(
            [sys.executable, "-m", "sportello.ops.cli", "apikey", "create", "test", "--json"],
            env={**clean(), **self._settings}, stdout=subprocess.PIPE, check=True, timeout=60,
        )  # fmt: skip
        key: str = json.loads(made.stdout)["api_key"]
        return key


@contextlib.contextmanager
def running_demo(folder: Path) -> Iterator[Demo]:
    demo = Demo(folder)
    demo.start()
    try:
        yield demo
    finally:
        demo.stop()


@contextlib.contextmanager
def running_up(folder: Path) -> Iterator[Up]:
    up = Up(folder)
    up.start_emulator()
    try:
        up.start()
        yield up
    finally:
        up.stop()
        up.emulator.terminate()
        up.emulator.wait(20)
        assert up.emulator.stdout is not None
        up.emulator.stdout.close()
