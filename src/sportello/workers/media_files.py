"""Where the files that customers sent lie on the disk: a folder for each company."""

import asyncio
from collections.abc import Sequence
from pathlib import Path


def place_of(data: Path, workspace_id: int, media_id: int) -> Path:
    """As the console reads them, too (`MEDIA_ROOT`)."""
    return data / "media" / str(workspace_id) / str(media_id)


async def discard(data: Path, workspace_id: int, media_ids: Sequence[int]) -> None:
    """Before the rows say so: a crash in between takes them off once more."""
    places = [place_of(data, workspace_id, one) for one in media_ids]
    await asyncio.to_thread(_unlink, places)


def _unlink(places: list[Path]) -> None:
    for place in places:
        place.unlink(missing_ok=True)
