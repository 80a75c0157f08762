"""The named SQL beside a module, as `store/` and `console/` keep it."""

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

_NAMED: Final = re.compile(r"^-- name: (\w+)\n((?:-- .+\n)+)", re.MULTILINE)


@cache
def statements(package_file: str) -> Mapping[str, bytes]:
    """The statements of the `.sql` beside a module (`statements(__file__)`), by name.

    Each begins with `-- name: x` and at least one line that says what it does. Raises ValueError
    for a file that says it otherwise.
    """
    path = Path(package_file).with_suffix(".sql")
    text = path.read_text(encoding="utf-8")
    heads = list(_NAMED.finditer(text))
    if len(heads) != text.count("-- name:"):
        raise ValueError(f"{path.name}: a statement lacks its sentence")
    ends = [head.start() for head in heads[1:]] + [len(text)]
    found = {
        head[1]: text[head.end() : end].strip().rstrip(";").encode()
        for head, end in zip(heads, ends, strict=True)
    }
    if len(found) != len(heads):
        raise ValueError(f"{path.name}: a name occurs twice")
    return MappingProxyType(found)
