"""WhatsApp's markup as HTML: a closed set of elements, each filled by escaping."""

from collections.abc import Iterable
from typing import assert_never

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from sportello.rules.markup import (
    Block,
    Bullets,
    Code,
    CodeBlock,
    Inline,
    Line,
    Link,
    Numbered,
    Paragraph,
    Quote,
    Style,
    Styled,
    Text,
    parse,
)


def html(text: str) -> SafeString:
    """The blocks of a message. What customers write reaches the page through here alone."""
    return _together(_block(block) for block in parse(text))


def _block(block: Block) -> SafeString:
    match block:
        case Paragraph(lines):
            return format_html("<p>{}</p>", _lines(lines))
        case Quote(lines):
            return format_html("<blockquote>{}</blockquote>", _lines(lines))
        case Bullets(items):
            return format_html("<ul>{}</ul>", _items(items))
        case Numbered(start, items):
            return format_html('<ol start="{}">{}</ol>', start, _items(items))
        case CodeBlock(text):
            return format_html("<pre><code>{}</code></pre>", text)
        case _:
            assert_never(block)


def _lines(lines: Iterable[Line]) -> SafeString:
    return format_html_join(_BREAK, "{}", ((_line(line),) for line in lines))


_BREAK = SafeString("<br>")  # a constant of ours


def _items(items: Iterable[Line]) -> SafeString:
    return format_html_join("", "<li>{}</li>", ((_line(item),) for item in items))


def _line(line: Iterable[Inline]) -> SafeString:
    return _together(_inline(part) for part in line)


def _inline(part: Inline) -> SafeString:
    match part:
        case Text(text):
            return format_html("{}", text)
        case Code(text):
            return format_html("<code>{}</code>", text)
        case Link(url):
            # Opened apart and without a referrer: it is a stranger's address.
            return format_html(
                '<a href="{}" target="_blank" rel="noopener noreferrer nofollow ugc">{}</a>',
                url,
                url,
            )
        case Styled(style, children):
            return format_html(_ELEMENTS[style], _line(children))
        case _:
            assert_never(part)


_ELEMENTS = {
    Style.BOLD: "<strong>{}</strong>",
    Style.ITALIC: "<em>{}</em>",
    Style.STRIKE: "<s>{}</s>",
}


def _together(parts: Iterable[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
