"""Styles and scripts under names that change with what they hold, so that browsers keep them."""

import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage

_IMPORT: Final = r"""^(?P<before>(?:import|export)\b[^;"']*)"(?P<url>\./[\w.-]+)";"""
# Modules of ours alone: Django's own patterns would also take what comments of others' scripts say.
_IN_MODULES: Final = ("js/*.js", ((f"(?m)(?P<matched>{_IMPORT})", '%(before)s"%(url)s";'),))
# As deep as modules import each other, and one to see that nothing changes any more.
_PASSES_MAX: Final = 10


class Hashed(ManifestStaticFilesStorage):
    """What modules import has such names too."""

    patterns = (*ManifestStaticFilesStorage.patterns, _IN_MODULES)
    max_post_process_passes = _PASSES_MAX


class HashedAndCompressed(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """The same, lying there as it goes over the wire."""

    patterns = Hashed.patterns
    max_post_process_passes = _PASSES_MAX


@lru_cache(maxsize=64)
def imported(name: str) -> tuple[str, ...]:
    """The modules that a module of ours needs, each once, and those that these need."""
    known: dict[str, None] = {}
    waiting = [name]
    while waiting:
        for one in _imports(waiting.pop(0)):
            if one not in known and one != name:
                known[one] = None
                waiting.append(one)
    return tuple(known)


def _imports(name: str) -> Iterator[str]:
    """Raises ValueError where there is no such module: a page must not name it."""
    path = finders.find(name)
    if path is None:
        raise ValueError(f"no module {name}")
    folder = name.rpartition("/")[0]
    for found in re.finditer(_IMPORT, Path(str(path)).read_text(), re.MULTILINE):
        yield f"{folder}/{found['url'].removeprefix('./')}"
