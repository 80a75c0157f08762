"""The process in which one file of contacts is read: little memory, bounded time, no network.

Called as `python -m sportello.intake.child FD` with what is wanted as one line of JSON on stdin;
the file is the descriptor FD. Answers with lines of JSON on stdout, and ends; while rows
are only counted or passed over a line says now and then how many.
"""

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, Final

import phonenumbers  # noqa: F401  # imported before the limits hold

from sportello.intake import portions
from sportello.intake.table import Flaw, UnfitFile
from sportello.reading import limits, sheets  # noqa: F401  # imported before the limits hold
from sportello.reading.blocks import Unreadable

_MEMORY_BYTES_MAX: Final = 1200 * 2**20
_CPU_S_MAX: Final = 1_800


def main() -> int:
    wanted = json.loads(sys.stdin.buffer.readline())
    out = sys.stdout.buffer
    with os.fdopen(int(sys.argv[1]), "rb") as file:
        limits.bind(memory_bytes=_MEMORY_BYTES_MAX, cpu_s=_CPU_S_MAX)

        def say(line: Mapping[str, Any]) -> None:
            out.write(json.dumps(line, ensure_ascii=True).encode() + b"\n")
            out.flush()

        for line in _lines(file, wanted, lambda count: say({"passed": count})):
            say(line)
        # What a parser left to be tidied away could still hang or crash.
        os._exit(0)


def _lines(
    file: BinaryIO, wanted: Mapping[str, Any], tell: Callable[[int], None]
) -> Iterator[Mapping[str, Any]]:
    try:
        if wanted["plan"] is None:
            yield _look(file, tell)
        else:
            plan = portions.plan_read(wanted["plan"])
            for portion in portions.portions(file, plan, after=wanted["after"], tell=tell):
                yield portions.told(portion)
            yield {"end": True}
    except UnfitFile as unfit:
        yield {"error": unfit.flaw.value}
    except MemoryError:
        yield {"error": Flaw.TOO_LARGE.value}
    except (Unreadable, RecursionError):
        yield {"error": Flaw.NOT_A_TABLE.value}


def _look(file: BinaryIO, tell: Callable[[int], None]) -> Mapping[str, Any]:
    found = portions.look(file, tell)
    return {
        "headers": found.headers,
        "rows": [row.cells for row in found.rows],
        "lines": [row.number for row in found.rows],
        "total": found.total,
    }


if __name__ == "__main__":
    sys.exit(main())
