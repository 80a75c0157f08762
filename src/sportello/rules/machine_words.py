"""Words that speak to a machine rather than to a reader: a person sees them before they are known.

No wall: plain prose goes round any list. What holds is that nothing a page says has an effect
(`rules/grounding.py`); this keeps a site that publishes itself from doing so unseen where somebody
wrote into it for us. Source: reference, security 4.5.
"""

import re
from typing import Final

_LOOKED_AT_MAX: Final = 20_000
_MACHINE: Final = (
    r"(?:a\.?i\.?|ia|llm|bot|chatbot|assistant|assistente|language\ model|chatgpt"
    r"|intelligenza\ artificiale)"
)
_RULES: Final = r"(?:instructions?|rules?|prompts?|istruzioni|regole|indicazioni|direttive)"
_FORGET: Final = r"(?:ignor|dimentic|scord|disregard|forget|overrid)\w*"
_ARTICLE: Final = r"(?:l['’]|il\ |la\ |un['’]?\ ?|una\ |uno\ )?"
_SPOKEN: Final = re.compile(
    rf"""
    \b{_FORGET}\b [^.!?\n]{{0,40}} \b{_RULES}\b
    | \b(?:system\ prompt | prompt\ di\ sistema | system\ override)\b
    | \b(?:note|message|instructions?)\ (?:to|for)\ (?:the\ |any\ |all\ )?{_MACHINE}s?\b
    | \b(?:nota|messaggio|istruzioni)(?:\ intern\w)?\ (?:per|a)\ ?{_ARTICLE}{_MACHINE}\b
    | \b(?:if\ you\ are|as)\ an?\ {_MACHINE}\b
    | \bse\ sei\ {_ARTICLE}{_MACHINE}\b
    | \b(?:you\ are\ now|sei\ (?:ora|adesso))\b [^.!?\n]{{0,30}} \b{_MACHINE}\b
    | \b(?:do\ not|don['’]t|never)\ (?:tell|reveal|mention)\b [^.!?\n]{{0,20}} \b(?:user|customer)
    | \bnon\ (?:dir|rivelar)(?:e|lo)\b [^.!?\n]{{0,20}} \b(?:utent|client)[ei]\b
    | <\|?/?(?:im_start|im_end|system|sources|question|chat|words)\|?>
    | \[/?INST\]
    """,
    re.IGNORECASE | re.VERBOSE,
)


def speak_to_a_machine(text: str) -> bool:
    """Whether any of it reads like an instruction for whoever answers with it."""
    return _SPOKEN.search(text[:_LOOKED_AT_MAX]) is not None
