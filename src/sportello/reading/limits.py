"""What a process may use that reads a hostile file: bound before the first byte is looked at."""

import resource
import sys
from typing import Any, Final

from sportello.reading.blocks import Code, Unreadable

_FILES_MAX: Final = 64
# Parsers read tables and fonts of their own; nothing of theirs opens a socket or another program.
_FORBIDDEN: Final = (
    "socket.", "subprocess.", "os.system", "os.exec", "os.fork", "os.posix_spawn", "ctypes.",
    "os.remove", "os.rename", "os.rmdir", "shutil.", "urllib.Request",
)  # fmt: skip


def bind(*, memory_bytes: int, cpu_s: int) -> None:
    """For the rest of this process's life; it writes to no file, and to pipes alone."""
    limits = {
        resource.RLIMIT_AS: memory_bytes,
        resource.RLIMIT_CPU: cpu_s,
        resource.RLIMIT_FSIZE: 0,
        resource.RLIMIT_NOFILE: _FILES_MAX,
        resource.RLIMIT_CORE: 0,
    }
    for limit, value in limits.items():
        resource.setrlimit(limit, (value, value))
    sys.addaudithook(_refuse)


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    del arguments
    if event.startswith(_FORBIDDEN):
        raise Unreadable(Code.DAMAGED)
