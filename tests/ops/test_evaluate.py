"""Questions from a file: read line by line, asked of the assistant, counted."""

import json
from pathlib import Path

import psycopg
import pytest
from typer.testing import CliRunner

from sportello.ops import evaluate
from sportello.ops import settings as settings_of
from sportello.ops.cli import app
from sportello.ops.evaluate import Question, WrongFileError
from sportello.ops.settings import Settings, WrongSettingError
from tests.assistant.desk import NOW, open_desk
from tests.loop import in_loop


def _file(folder: Path, *lines: str) -> Path:
    path = folder / "questions.jsonl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    "line",
    ["", "x", "[]", "{}", '{"question": " "}', '{"question": 1}', '{"question": "a", "band": "x"}',
     '{"question": "a", "facts": "b"}', '{"question": "a", "facts": [1]}'],
)  # fmt: skip
def test_a_line_that_cannot_be_read_is_named(tmp_path: Path, line: str) -> None:
    with pytest.raises(WrongFileError, match=r"line 1|between"):
        evaluate.read(_file(tmp_path, line))


def _company(worker_url: str) -> int:
    made: list[int] = []

    @in_loop
    async def found() -> None:
        async with open_desk(worker_url) as desk:
            await desk.learn([("Quando arriva il mio ordine?", "In 2-4 giorni.")])
            made.append(desk.workspace_id)

    found()
    return made[0]


def test_questions_are_asked_and_counted(worker_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(evaluate.clock, "now", lambda: NOW)
    workspace = _company(worker_url)
    asked = (
        Question(
            "Quando arriva il mio ordine?", "answer", "Quando arriva il mio ordine?", ("2-4",)
        ),
        Question("Quando arriva il mio ordine?", "answer", "Altro?", ("7 giorni",)),
        Question("quanto costa un volo per Marte domani sera?", "handover", "", ()),
    )

    told = evaluate.summary(evaluate.run(Settings(database_url=worker_url), workspace, asked))

    assert (told["questions"], told["as_expected"]) == (3, 2)
    assert told["missed"][0]["missed"] == ["pair", "fact"]
    assert json.dumps(told)


def test_the_command_counts_and_its_status_says_whether_all_is_as_expected(
    database: str, worker_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evaluate.clock, "now", lambda: NOW)
    monkeypatch.setenv("SPORTELLO_DATABASE_URL", database)
    _company(worker_url)
    known = '{"question": "Quando arriva il mio ordine?", "band": "answer", "facts": ["2-4"]}'
    other = '{"question": "Quando arriva il mio ordine?", "facts": ["domani"]}'

    settings_of.load.cache_clear()
    try:
        fine = CliRunner().invoke(app, ["eval", "run", str(_file(tmp_path, known)), "--json"])
        lost = CliRunner().invoke(app, ["eval", "run", str(_file(tmp_path, known, other))])
    finally:
        settings_of.load.cache_clear()

    assert (fine.exit_code, lost.exit_code) == (0, 1), (fine.output, lost.output)
    assert json.loads(fine.stdout.splitlines()[-1])["as_expected"] == 1
    assert "1 of 2 as expected" in lost.stdout


def test_of_several_companies_the_one_that_is_named_is_asked(
    database: str, worker_url: str
) -> None:
    settings = Settings(database_url=worker_url)
    with pytest.raises(WrongSettingError, match="no company yet"):
        evaluate.company(settings, "")
    with psycopg.connect(database) as connection:
        ids = [
            connection.execute(
                "INSERT INTO sportello_workspace (name, slug) VALUES (%s, %s) RETURNING id",
                [one] * 2,
            ).fetchone()
            for one in ("ferro", "legno")
        ]

    assert (evaluate.company(settings, "legno"),) == ids[1]
    with pytest.raises(WrongSettingError, match=r"ferro \| legno"):
        evaluate.company(settings, "")
    with pytest.raises(WrongSettingError, match="no company is called vetro; there are: ferro"):
        evaluate.company(settings, "vetro")
