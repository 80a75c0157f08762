"""A wrong setting stops the start with one line that says which and why."""

import subprocess
import sys
from pathlib import Path

import pytest


def _sportello(*words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "sportello.ops.cli", *words],
        env={"PATH": "", "HOME": "/nonexistent", **variables},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"SPORTELLO_PORT": "eighty"}, "SPORTELLO_PORT: "),
        ({"SPORTELLO_PORT": "70000"}, "SPORTELLO_PORT: "),
        ({"SPORTELLO_GRAPH_URL": "ftp://x"}, "SPORTELLO_GRAPH_URL: "),
        ({"SPORTELLO_SECRET_KEY": "short"}, "SPORTELLO_SECRET_KEY: "),
        ({"SPORTELLO_PROT": "8000"}, "SPORTELLO_PROT: there is no such setting"),
        ({"SPORTELLO_APP_SECRET_FILE": "/nonexistent"}, "SPORTELLO_APP_SECRET_FILE: "),
        ({}, "SPORTELLO_APP_SECRET is not set"),
        ({"SPORTELLO_APP_SECRET": "s"}, "SPORTELLO_VERIFY_TOKEN is not set"),
    ],
)
def test_a_wrong_setting_stops_the_start_in_one_line(
    variables: dict[str, str], said: str, tmp_path: Path
) -> None:
    ended = _sportello("up", SPORTELLO_DATA=str(tmp_path), **variables)

    assert ended.returncode == 2
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert said in ended.stderr
    assert "short" not in ended.stderr, "the value of a secret is not repeated"


def test_the_edge_alone_does_not_start_without_a_secret_either(tmp_path: Path) -> None:
    ended = _sportello("edge", SPORTELLO_DATA=str(tmp_path), SPORTELLO_VERIFY_TOKEN="word")

    assert (ended.returncode, ended.stderr.count("\n")) == (2, 1), ended.stderr
    assert "SPORTELLO_APP_SECRET is not set" in ended.stderr


def test_a_file_gives_settings_and_the_environment_goes_before_it(tmp_path: Path) -> None:
    file = tmp_path / "sportello.toml"
    file.write_text('port = 9100\nlog_format = "json"\n')

    shown = _sportello("config", SPORTELLO_CONFIG=str(file), SPORTELLO_PORT="9200")

    assert "SPORTELLO_PORT = 9200" in shown.stdout
    assert "SPORTELLO_LOG_FORMAT = json" in shown.stdout


def test_a_secret_may_come_from_a_file_and_is_never_shown(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("the-app-secret\n")

    shown = _sportello("config", SPORTELLO_APP_SECRET_FILE=str(secret))

    assert "SPORTELLO_APP_SECRET = (set, hidden)" in shown.stdout
    assert "the-app-secret" not in shown.stdout + shown.stderr
