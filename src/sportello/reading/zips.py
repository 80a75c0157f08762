"""Office files are zip archives: what one may hold before it is opened."""

import io
import zipfile
from typing import Final

from sportello.reading.blocks import Code, Unreadable

ENTRIES_MAX: Final = 2_000
UNPACKED_BYTES_MAX: Final = 200 * 2**20
RATIO_MAX: Final = 200
# A small file may well shrink a hundredfold and more.
_RATIO_FROM: Final = 10 * 2**20


def check(raw: bytes) -> None:
    """Raises Unreadable for what is no archive, or would swell. The sizes told may be lies: the
    reader's memory and time are limited as well.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable(Code.DAMAGED) from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(Code.ENCRYPTED)
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES_MAX or unpacked > UNPACKED_BYTES_MAX:
        raise Unreadable(Code.SWELLS)
    if unpacked > _RATIO_FROM and unpacked > RATIO_MAX * max(len(raw), 1):
        raise Unreadable(Code.SWELLS)
