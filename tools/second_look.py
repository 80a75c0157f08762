"""Which failed tests are judged once more, alone: printed a line each; exit 1 where none may be.

Only tests before real browsers, sockets, databases and running processes, whose waits a busy
machine can outlast, and only a few of them: more is a fault of the code, and a rule that fails has
failed.
"""

import json
import sys
from pathlib import Path
from typing import Final

_LIVE: Final = (
    "tests/assistant/",
    "tests/browser/",
    "tests/console/",
    "tests/edge/",
    "tests/fetching/",
    "tests/flow/",
    "tests/ops/",
    "tests/pages/",
    "tests/store/",
    "tests/whatsapp/",
    "tests/whatsapp_emulator/",
    "tests/workers/",
)
# One of a thousand.
_FEW: Final = 12
_FAILED: Final = Path(".pytest_cache/v/cache/lastfailed")


def second_look(failed: list[str]) -> list[str]:
    """All of them, or none."""
    if len(failed) > _FEW or any(not one.startswith(_LIVE) for one in failed):
        return []
    return failed


def main() -> int:
    failed = sorted(json.loads(_FAILED.read_text())) if _FAILED.exists() else []
    again = second_look(failed)
    sys.stdout.writelines(f"{one}\n" for one in again)
    return 0 if again else 1


if __name__ == "__main__":
    sys.exit(main())
