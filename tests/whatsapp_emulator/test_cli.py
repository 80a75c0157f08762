"""The command: what it prints, that it serves, that it stops on SIGTERM."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import whatsapp_emulator

SRC = str(Path(whatsapp_emulator.__file__).parents[1])


def test_serve_prints_one_json_line_answers_and_stops_on_sigterm():
    command = [
        sys.executable, "-m", "whatsapp_emulator", "serve", "--port", "0", "--json",
        "--access-token", "EAAGmine", "--phone-number-id", "42",
        "--start", "2026-09-01T10:00:00+02:00", "--speed", "0",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": SRC}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    ) as server:
        assert server.stdout is not None
        facts = json.loads(server.stdout.readline())
        assert facts["access_token"] == "EAAGmine"
        assert facts["phone_number_id"] == "42"
        with urllib.request.urlopen(f"{facts['emulator_url']}/sim/clock", timeout=10) as reply:
            assert json.load(reply)["now"] == "2026-09-01T08:00:00.000+00:00"
        server.send_signal(signal.SIGTERM)
        rest, errors = server.communicate(timeout=20)
        assert (server.returncode, rest, errors) == (0, b"", b"")


def test_a_start_without_offset_is_refused_in_words():
    command = [sys.executable, "-m", "whatsapp_emulator", "serve", "--start", "2026-09-01"]
    done = subprocess.run(
        command,
        capture_output=True,
        env={**os.environ, "PYTHONPATH": SRC, "COLUMNS": "200"},
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert b"needs an offset" in done.stderr
