"""WhatsApp's markup as a tree."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.markup import (
    Bullets,
    Code,
    CodeBlock,
    Inline,
    Link,
    Numbered,
    Paragraph,
    Quote,
    Style,
    Styled,
    Text,
    parse,
    plain,
)


def bold(*children):
    return Styled(Style.BOLD, children)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("ciao", (Text("ciao"),)),
        ("*ciao*", (bold(Text("ciao")),)),
        ("a *b* c", (Text("a "), bold(Text("b")), Text(" c"))),
        (
            "_a_ ~b~",
            (Styled(Style.ITALIC, (Text("a"),)), Text(" "), Styled(Style.STRIKE, (Text("b"),))),
        ),
        ("*_a_*", (bold(Styled(Style.ITALIC, (Text("a"),))),)),
        ("2*3*4", (Text("2*3*4"),)),
        ("a * b*c", (Text("a * b*c"),)),
        ("ordine_di_prova", (Text("ordine_di_prova"),)),
        ("*a _b* c_", (bold(Text("a _b")), Text(" c_"))),
        ("**", (Text("**"),)),
        ("*a", (Text("*a"),)),
        ("`*a*`", (Code("*a*"),)),
        ("`", (Text("`"),)),
        ("(*a*)", (Text("("), bold(Text("a")), Text(")"))),
        ("https://example.com/a_b_c.", (Link("https://example.com/a_b_c"), Text("."))),
        ("vedi *https://example.com/*", (Text("vedi "), bold(Link("https://example.com/")))),
        ("javascript:alert(1)", (Text("javascript:alert(1)"),)),
        ("http://", (Text("http://"),)),
        ("<b>a</b>", (Text("<b>a</b>"),)),
    ],
)
def test_reads_one_line(text, line):
    assert _text_of(parse(text)[0].lines[0]) == _text_of(line)
    assert parse(text) == (Paragraph((line,)),)


def test_reads_blocks_in_order():
    text = "Ecco:\n- uno\n- *due*\n3. tre\n4. quattro\n> detto\n\nfine\n```a\n*b*```"
    assert parse(text) == (
        Paragraph(((Text("Ecco:"),),)),
        Bullets(((Text("uno"),), (bold(Text("due")),))),
        Numbered(3, ((Text("tre"),), (Text("quattro"),))),
        Quote(((Text("detto"),),)),
        Paragraph(((), (Text("fine"),))),
        CodeBlock("a\n*b*"),
    )


def test_a_style_does_not_reach_over_the_end_of_a_line():
    assert parse("*a\nb*") == (Paragraph(((Text("*a"),), (Text("b*"),))),)


def test_no_text_has_no_blocks():
    assert parse("") == parse("\n\n") == ()


@given(st.text(alphabet="ab *_~`>-1.\n/:htps", max_size=80))
def test_keeps_every_letter_in_order(text):
    def letters(string):
        return [sign for sign in string if sign in "abhtps/:"]

    assert letters("".join(_words(parse(text)))) == letters(text)


@pytest.mark.parametrize("unit", ["*", "*_~", "*a ", "`", "```", "> ", "https://", "_a* ", "~_*a"])
def test_long_hostile_text_takes_linear_time(unit):
    began = process_time()
    parse(unit * (100_000 // len(unit)))
    assert process_time() - began < 20


def _words(blocks):
    for block in blocks:
        match block:
            case CodeBlock(text):
                yield text
            case Paragraph(lines) | Quote(lines) | Bullets(lines) | Numbered(_, lines):
                yield from (_text_of(line) for line in lines)


def _text_of(line: tuple[Inline, ...]) -> str:
    return "".join(
        _text_of(token.children)
        if isinstance(token, Styled)
        else token.url
        if isinstance(token, Link)
        else token.text
        for token in line
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Il tuo ordine *_A-1_* è ~tardi~ `pronto`", "Il tuo ordine A-1 è tardi pronto"),
        ("> detto\nrisposto", "detto risposto"),
        ("- pane\n* latte", "- pane - latte"),
        ("3. pane\n4. latte", "3. pane 4. latte"),
        ("```\nls -l\n```", "ls -l"),
        ("vedi https://example.com/a_b", "vedi https://example.com/a_b"),
        ("2*3*4 e ordine_di_prova", "2*3*4 e ordine_di_prova"),
        ("<b>*a*</b>\n\n  b", "<b>a</b> b"),
        ("", ""),
    ],
)
def test_says_the_words_alone_in_one_line(text, said):
    assert plain(text) == said
