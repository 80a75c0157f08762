"""A fix applied to a creation body: a changed copy, with everything else as it was."""

from typing import assert_never

from sportello.rules.template_values import Arrange, Edit, Path, Remove, Write

Json = object
"""What `json.loads` gives."""


def mended(body: Json, fix: tuple[Edit, ...]) -> Json:
    """The body with the edits made in order. What is not there is left alone; the original is
    never touched.
    """
    for edit in fix:
        body = _mended(body, edit.path, edit)
    return body


def _mended(node: Json, path: Path, edit: Edit) -> Json:
    """Walks down to where the edit is, copying what it passes."""
    if not path:
        return _arranged(node, edit.order) if isinstance(edit, Arrange) else node
    step, rest = path[0], path[1:]
    if isinstance(node, dict) and isinstance(step, str):
        return _in_mapping(node, step, rest, edit)
    if isinstance(node, list) and isinstance(step, int) and 0 <= step < len(node):
        return _in_list(node, step, rest, edit)
    return node


def _in_mapping(node: dict[str, Json], step: str, rest: Path, edit: Edit) -> Json:
    if rest or isinstance(edit, Arrange):
        return {**node, step: _mended(node[step], rest, edit)} if step in node else node
    match edit:
        case Write(value=value):
            return {**node, step: value}
        case Remove():
            return {key: value for key, value in node.items() if key != step}
        case _:
            assert_never(edit)


def _in_list(node: list[Json], step: int, rest: Path, edit: Edit) -> Json:
    if rest or isinstance(edit, Arrange):
        new = [_mended(node[step], rest, edit)]
    else:
        new = [edit.value] if isinstance(edit, Write) else []
    return [*node[:step], *new, *node[step + 1 :]]


def _arranged(node: Json, order: tuple[int, ...]) -> Json:
    if not isinstance(node, list):
        return node
    return [node[at] for at in order if 0 <= at < len(node)]
