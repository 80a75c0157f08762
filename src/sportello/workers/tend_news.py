"""What Meta shows of a template, as news for its row; and when Meta does not know one."""

from sportello.store.templates import News
from sportello.whatsapp.errors import RejectedError
from sportello.whatsapp.templates import Node

_ALIAS_UNKNOWN = 803
_INVALID, _OBJECT_UNKNOWN = 100, 33


def news_of(node: Node) -> News:
    """All that the node says."""
    return News(
        node.id,
        node.name,
        node.language,
        status=node.status or None,
        category=node.category or None,
        coming_category=node.correct_category,
        quality=node.quality,
        reason=node.rejected_reason,
        components=node.components,
        parameter_format=node.parameter_format,
    )


def is_unknown(error: RejectedError) -> bool:
    """Meta knows no such object, or none that the token may see."""
    told = error.error
    return (told.code, told.subcode) == (_INVALID, _OBJECT_UNKNOWN) or told.code == _ALIAS_UNKNOWN
