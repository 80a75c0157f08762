"""What the company says of how the assistant behaves, applied to a customer's words."""

from collections.abc import Iterable, Sequence

from sportello.assistant import words


def names_topic(texts: Iterable[str], topics: Sequence[str], language: str) -> bool:
    """Whether the words name one of the topics that the company keeps for people.

    A topic is found by the stems of its words, wherever they stand; one of small words alone as it
    is written.
    """
    text = " ".join(texts)
    said, stems = f" {' '.join(words.words(text))} ", set(words.lexemes(text, language))
    for topic in topics:
        wanted = set(words.lexemes(topic, language))
        if wanted <= stems if wanted else f" {' '.join(words.words(topic))} " in said:
            return True
    return False
