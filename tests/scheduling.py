"""Who runs which tests: a module stays whole, so that what it stands on is built once."""

from typing import Final

from xdist.scheduler import LoadScopeScheduling

# Longest first: what is left at the end is short, and all hands end together.
_ORDER: Final = (
    "tests/browser/test_browser_looks",
    "tests/flow/test_browser",
    "tests/flow",
    "tests/browser",
    "tests/whatsapp_emulator/test_phone",
    "tests/ops",
    "tests/assistant",
    "tests/store/test_plans",
    "tests/workers",
    "tests/pages",
    "tests/console",
)
# Each of its tests is as long as another module and stands on nothing that they share.
_APART: Final = ("tests/browser/test_browser_looks.py", "tests/flow/test_ledger.py")


def rank(nodeid: str) -> int:
    """The smaller, the earlier."""
    return next((n for n, start in enumerate(_ORDER) if nodeid.startswith(start)), len(_ORDER))


class ByModule(LoadScopeScheduling):
    """Modules in the order in which they were collected, one worker each."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::", 1)[0]
        return nodeid if module in _APART else module
