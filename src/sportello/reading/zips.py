"""Office files are zip archives: what one may hold before it is opened."""

import io
import zipfile
from typing import BinaryIO, Final

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
    check_file(io.BytesIO(raw), len(raw), unpacked_bytes_max=UNPACKED_BYTES_MAX)


def check_file(file: BinaryIO, size: int, *, unpacked_bytes_max: int) -> None:
    """The same of an archive that lies on a disk. Raises Unreadable."""
    try:
        with zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError) as error:
        raise Unreadable(Code.DAMAGED) from error
    if any(entry.flag_bits & 1 for entry in entries):
        raise Unreadable(Code.ENCRYPTED)
    unpacked = sum(entry.file_size for entry in entries)
    if len(entries) > ENTRIES_MAX or unpacked > unpacked_bytes_max:
        raise Unreadable(Code.SWELLS)
    if unpacked > _RATIO_FROM and unpacked > RATIO_MAX * max(size, 1):
        raise Unreadable(Code.SWELLS)
