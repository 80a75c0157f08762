"""How moody the platform is: the share of webhooks and messages with which it plays tricks."""

from dataclasses import asdict, dataclass, fields, replace

from whatsapp_emulator.routes import admit_approximation
from whatsapp_emulator.wire import Json


@dataclass(frozen=True)
class Mood:
    """Shares are from 0 to 1, drawn from a source of chance of their own."""

    duplicates: float = 0.01
    """Of webhook POSTs that come twice."""
    disorder: float = 0.02
    """Of webhook POSTs that come up to `late_s` late, behind later ones."""
    late_s: float = 2.0
    delivered_skipped: float = 0.01
    """Of messages read at once, whose `delivered` is not told."""
    experiment: float = 0.01
    """Of people nobody created by name, who are part of an experiment (130472)."""
    marketing_cap: int = 2
    """Marketing messages a person takes in 24 hours (131049 beyond); 0 is no cap."""
    polices: bool = True
    """Whether a number that people complain of brings its account offences."""


MILD = Mood()
CALM = Mood(0.0, 0.0, 0.0, 0.0, 0.0, 0, polices=False)
WILD = Mood(0.1, 0.2, 30.0, 0.1, 0.03, 1)
NAMED = {"calm": CALM, "mild": MILD, "wild": WILD}

admit_approximation(
    "mood",
    "how often Meta repeats, swaps or leaves out webhooks is not public: shares are settings "
    "(PATCH /sim/mood), mild unless told otherwise",
)


def changed(mood: Mood, wish: Json) -> Mood:
    """The mood with `wish` applied; {"name": "wild"} starts from a named one.

    Raises ValueError for what it does not know.
    """
    wish = dict(wish)
    name = wish.pop("name", None)
    if name is not None:
        if name not in NAMED:
            raise ValueError(f"name is one of {', '.join(NAMED)}")
        mood = NAMED[name]
    kinds = {f.name: type(getattr(mood, f.name)) for f in fields(mood)}
    for key, value in wish.items():
        if key not in kinds:
            raise ValueError(f"unknown property {key}")
        if isinstance(value, bool) != (kinds[key] is bool) or not isinstance(value, int | float):
            raise ValueError(f"{key} is a {kinds[key].__name__}")
        most = {"late_s": 3600.0, "marketing_cap": 1000}.get(key, 1)
        if not 0 <= value <= most:
            raise ValueError(f"{key} is from 0 to {most}")
        mood = replace(mood, **{key: kinds[key](value)})
    return mood


def shown(mood: Mood) -> Json:
    return asdict(mood)
