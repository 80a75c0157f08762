"""Questions from a file: read line by line, asked of the assistant, counted."""

import json
from pathlib import Path

import pytest

from sportello.ops import evaluate
from sportello.ops.evaluate import Question, WrongFileError
from sportello.ops.settings import Settings
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
