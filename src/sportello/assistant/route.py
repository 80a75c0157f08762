"""What a customer's words are before any search: a greeting, a wish for a person, STOP, a question.

Without this, "ciao" would find something: its cosine with any pair is as high as a good question's.
"""

import re
import unicodedata
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from sportello.assistant import words
from sportello.rules import consent


class Kind(StrEnum):
    """`silence` needs no answer: a thumb up, an "ok" to what was said."""

    QUESTION = "question"
    GREETING = "greeting"
    THANKS = "thanks"
    GOODBYE = "goodbye"
    PERSON = "person"
    INSULT = "insult"
    STOP = "stop"
    RESUME = "resume"
    OFF_TOPIC = "off_topic"
    BOT = "bot"
    SILENCE = "silence"
    EMPTY = "empty"


def route(texts: Iterable[str]) -> Kind:
    """What the burst as a whole is. One message with a wish or a question outweighs courtesies."""
    kinds = [_of_message(text) for text in texts]
    for kind in _BY_WEIGHT:
        if kind in kinds:
            return kind
    return Kind.EMPTY


def question(texts: Iterable[str]) -> str:
    """The burst's questions in one text, each once, without greetings before and thanks behind."""
    asked = [text for text in texts if _of_message(text) is Kind.QUESTION]
    bared = dict.fromkeys(_bare(text[:_LENGTH_MAX]) for text in asked)
    return "\n".join(filter(None, bared))[:_ASKED_MAX]


def is_follow_up(text: str) -> bool:
    """Whether the words lean on what was said before: few of them, or beginning with "and"."""
    said = words.words(text)
    meaning = words.lexemes(text, "it" if set(said) & _ITALIAN else "en")
    return len(meaning) < 4 or bool(_LEANING.match(words.plain(text)))


_BY_WEIGHT: Final = (
    Kind.STOP,
    Kind.RESUME,
    Kind.PERSON,
    Kind.OFF_TOPIC,
    Kind.BOT,
    Kind.QUESTION,
    Kind.INSULT,
    Kind.THANKS,
    Kind.GOODBYE,
    Kind.GREETING,
    Kind.SILENCE,
    Kind.EMPTY,
)


def _of_message(text: str) -> Kind:
    match consent.intent(text):
        case consent.Intent.STOP:
            return Kind.STOP
        case consent.Intent.RESUME:
            return Kind.RESUME
        case None:
            return _of_talk(text)


def _of_talk(text: str) -> Kind:
    said = " ".join(words.words(text[:_LENGTH_MAX]))
    if not said:
        return _of_signs(text)
    for kind, pattern in _ANYWHERE:
        if pattern.search(said):
            return kind
    return _of_courtesy(said) or Kind.QUESTION


def _of_courtesy(said: str) -> Kind | None:
    """The kind of a message that is nothing but courtesies; the weightiest of several."""
    found = {kind for kind, pattern in _COURTESIES if pattern.search(said)}
    rest = said
    for _, pattern in _COURTESIES:
        rest = pattern.sub(" ", rest)
    rest = _FILLERS.sub(" ", rest)
    if rest.strip():
        return None
    return next((kind for kind in _BY_WEIGHT if kind in found), Kind.SILENCE)


def _of_signs(text: str) -> Kind:
    """Without a word: emoji are a nod, a question mark alone asks for nothing that can be found."""
    if any(unicodedata.category(sign).startswith("S") for sign in text):
        return Kind.SILENCE
    return Kind.GREETING if "?" in text else Kind.EMPTY


def _bare(text: str) -> str:
    """Less a greeting that opens the message and thanks that close it."""
    return _CLOSING.sub("", _OPENING.sub("", text.strip())).strip(" ,;:-\n") or text.strip()


def _any(phrases: str) -> re.Pattern[str]:
    parts = [line.strip() for line in phrases.splitlines() if line.strip()]
    return re.compile(r"(?:\b|^)(?:" + "|".join(parts) + r")(?:\b|$)")


# The patterns are not linear in what they read, and no question needs more.
_LENGTH_MAX: Final = 1000
_ASKED_MAX: Final = 4000

_SOMEBODY: Final = (
    r"(?:persona|umano|essere umano|qualcuno|responsabile|addett\w|collega|commess\w|titolare"
    r"|incaricat\w)"
)
_A_PERSON: Final = r"(?:person|human|someone|somebody|agent|operator|representative|manager|staff)"
_PERSON: Final = _any(
    rf"""
    operat(?:ore|rice|ori)
    (?:parl\w*|chat\w*|contattare|sentire) (?:con |a )?(?:una |un |qualche |vera |1 )*{_SOMEBODY}
    (?:passa\w*|passate\w*|mettetemi in contatto con) (?:con |a )?(?:una |un )?{_SOMEBODY}
    (?:voglio|vorrei|serve|c e) (?:una |un )(?:vera )?{_SOMEBODY}$
    (?<!sei una )(?<!siete una )persona (?:vera|reale|in carne e ossa)
    assistenza umana
    (?:mi )?(?:richiam\w+|telefonatemi|chiamatemi)
    (?:speak|talk|chat) (?:to|with) (?:a |an |the |some |your |real |actual |live )*{_A_PERSON}
    (?:real|live|actual) (?:person|human|agent)
    human (?:agent|being|please|operator|support)
    (?:want|need|get me) (?:a |an )(?:human|person|agent|operator)
    (?:call|ring) me(?: back)?
    customer (?:care|service) agent
    ^(?:una |un |a )?(?:umano|human|persona|person|agent|operator)(?: please)?$
    operator please
    """
)

_WORKS: Final = (
    r"(?:poesia|canzone|racconto|storia|storiella|fiaba|favola|tema|saggio|curriculum|romanzo|rima"
    r"|filastrocca|codice|programma|script|sonetto|barzelletta)"
)
_WORKS_EN: Final = (
    r"(?:poem|song|essay|story|code|script|program|haiku|joke|novel|cv|resume|limerick|function)"
)
_TONGUES: Final = (
    r"(?:inglese|francese|tedesco|spagnolo|latino|cinese|giapponese|arabo|russo|italiano)"
)
_OFF_TOPIC: Final = _any(
    rf"""
    (?:scriv\w+|compon\w+|invent\w*|crea\w*|genera\w*|recita\w*) (?:\w+ ){{0,3}}{_WORKS}
    (?:fammi|mi fai|raccont\w+|dimmi|mi dici) (?:un |una |la )*{_WORKS}
    tradu[cr]\w* .*(?:in|dal|dall) ?{_TONGUES}
    traduci\w*
    riassumi\w*
    (?:risolv\w+|calcola\w*) .*(?:equazione|problema|integrale|derivata|radice|somma)
    compiti (?:di|a casa|per casa)
    quanto (?:fa|fanno) \d+ (?:per|piu|meno|diviso|x) \d+
    radice (?:quadrata|cubica) di
    (?:che tempo fa|che tempo fara|previsioni del tempo|meteo)
    chi ha vinto
    (?:ignora|dimentica|scorda)\w* (?:tutt\w+ |le |ogni )*(?:istruzion|regol|precedent)\w+
    (?:write|compose|make up|create|generate|sing) (?:me |us )?(?:\w+ ){{0,3}}{_WORKS_EN}
    tell (?:me|us) (?:a |another )?(?:joke|story)
    translate (?:this|the|it|that|into|to)
    summari[sz]e
    (?:do|solve|help me with) (?:my |this |the )*(?:homework|equation|math|maths)
    (?:what s|what|what is|how much is) \d+ (?:times|plus|minus|divided by|x) \d+
    (?:square|cube) root of
    (?:what s|what|what is|how s) (?:is )?the weather
    who won the
    ignore (?:all |any |the |your |my |previous |prior |above )*(?:instruction|rule|prompt)s?
    (?:system|initial) prompt
    (?:act|pretend|behave) (?:as|like|to be|you are)
    (?:fai|fingi|comportati|agisci) (?:finta|come|da) .*(?:dan|chatgpt|essere|senza regole)
    """
)
_BOT: Final = _any("""
    (?:sei|siete|e|parlo con) (?:un |una |uno )?(?:bot|robot|chatbot|macchina|ia|ai|computer)
    (?:sei|siete|e|parlo con) (?:un |una |uno )?(?:intelligenza artificiale|risponditore)
    (?:sei|siete) (?:un |una )?(?:vera persona|persona vera|umano|umana|persona)
    are you (?:a |an )?(?:bot|robot|ai|machine|human|real|real person|person|computer)
    (?:am i|is this) (?:talking to |speaking to )?(?:a |an )?(?:bot|robot|ai|machine|human)
""")
_INSULT: Final = re.compile(
    r"\b(?:stronz\w+|coglion\w+|vaffanculo|vaffa|fanculo|merd\w+|cazz\w+|idiot\w*|cretin\w+|deficient\w"
    r"|imbecill\w+|bastard\w*|ladri|truffator\w+|fate schifo|fai schifo|stupid\w*|scem\w|inutil\w"
    r"|fuck\w*|shit\w*|asshole\w*|moron\w*|bitch\w*|useless|dumb|crap|scammer\w*|thieves)\b"
)
_ANYWHERE: Final = (
    (Kind.PERSON, _PERSON),
    (Kind.OFF_TOPIC, _OFF_TOPIC),
    (Kind.BOT, _BOT),
)

_COURTESIES: Final = (
    (
        Kind.GREETING,
        _any("""
        ciao+
        salve
        buon ?giorno
        buona ?sera
        buon pomeriggio
        buond[i]
        ehi
        hey+
        hi+
        hello+
        hallo
        good (?:morning|afternoon|evening|day)
        pronto
        c e qualcuno
        ci siete
        ci sei
        anybody there
        anyone there
        test
        come (?:stai|state|va)
        how are you
        """),
    ),
    (
        Kind.THANKS,
        _any("""
        grazie+
        (?:vi |la |ti )?ringrazio
        thanks
        thank you
        thx
        ty
        gentilissim\\w
        molto gentil\\w
        you re welcome
        cheers
        """),
    ),
    (
        Kind.GOODBYE,
        _any("""
        arrivederci
        arrivederla
        a presto
        a domani
        buona ?notte
        buona (?:giornata|serata|domenica)
        buon (?:lavoro|weekend|fine settimana)
        addio
        goodbye
        bye+
        bye bye
        see you
        good night
        have a (?:nice|good|great) (?:day|evening|weekend)
        """),
    ),
    (Kind.INSULT, _INSULT),
)
_FILLERS: Final = _any("""
    ok(?:ay|ei)?
    va bene
    perfetto
    ottimo
    bene
    benissimo
    capito
    ho capito
    chiaro
    certo
    d accordo
    si
    no
    gia
    mille
    tante
    molte
    infinite
    davvero
    a (?:te|voi|lei|tutti)
    di (?:tutto|cuore)
    di nuovo
    ancora
    e
    allora
    tutto
    siete
    sei
    dei
    degli
    delle
    ma
    voi
    proprio
    you are
    are
    a bunch of
    un
    una
    che
    per
    anche
    prego
    figurati
    so much
    very
    much
    a lot
    lot
    many
    great
    perfect
    got it
    fine
    all good
    yes
    yep
    no
    nope
    cool
    and
    you
    there
    everyone
    all
    all right
    alright
    sure
    the
    for your help
    per l aiuto
    dell aiuto
    per la risposta
    della risposta
    per la disponibilita
    haha\\w*
    ahah\\w*
    lol
""")
_OPENING: Final = re.compile(
    r"^(?:(?:ciao+|salve|buon ?giorno|buona ?sera|buon pomeriggio|ehi|hey+|hi|hello"
    r"|good (?:morning|afternoon|evening)|scus[iae]\w*|senta|senti|sorry)"
    r"(?: a tutti| there)?[\s,;.!:-]+)+",
    re.IGNORECASE,
)
_CLOSING: Final = re.compile(
    r"[\s,;.!-]+(?:(?:grazie|ringrazio|thanks|thank you|thx|cheers)(?: mille| tante| in anticipo"
    r"| so much| a lot)?[\s.!]*)+$",
    re.IGNORECASE,
)
_LEANING: Final = re.compile(
    r"^\W*(?:e|ed|ma|quindi|allora|invece|oppure|anche|quello|quella|questo|questa|lo|la|li|le"
    r"|and|but|so|then|what about|how about|it|that|this|they|those|or)\b"
)
_ITALIAN: Final = frozenset(
    {"a", "che", "come", "con", "da", "di", "dove", "e", "gli", "i", "il", "in", "la", "le", "lo"}
    | {"mi", "non", "per", "quando", "quanto", "si", "un", "una", "vi"}
)
