"""Templates for tests: one that is right, ways to bend it, and strategies for hostile ones."""

from hypothesis import strategies as st

from sportello.rules.template import Account, lint, parse

SAMPLE = {"header_handle": ["4::aW1hZ2U="]}


def template(body="Gentile {{1}}, il suo ordine è pronto per il ritiro.", **changed):
    """A right template in Italian; `header`, `footer`, `buttons` as components, the rest on top."""
    components = [
        {"type": "BODY", "text": body, "example": {"body_text": [["Anna"]]}}
        if "{{1}}" in body
        else {"type": "BODY", "text": body}
    ]
    if header := changed.pop("header", None):
        components.insert(0, {"type": "HEADER", **header})
    if "footer" in changed:
        components.append({"type": "FOOTER", "text": changed.pop("footer")})
    if buttons := changed.pop("buttons", None):
        components.append({"type": "BUTTONS", "buttons": buttons})
    right = {"name": "ordine_pronto", "language": "it", "category": "UTILITY"}
    return {**right, "components": components, **changed}


def find(code, body, account=None):
    """The first finding of that code, which there must be."""
    found = [one for one in lint(parse(body), account or Account()) if one.code is code]
    assert found, f"{code} not found"
    return found[0]


def reply(text):
    return {"type": "QUICK_REPLY", "text": text}


def link(url, text="Apri", **more):
    return {"type": "URL", "text": text, "url": url, **more}


_PIECES = [
    "Gentile ", "il suo ordine ", "è pronto. ", "{{1}}", "{{2}}", "{{4}}", "{{nome}}", "{{Nome}}",
    "{{ x }}", "{1}", "{{", "}}", "{{{3}}}", "*", "_", "~", "`", "**", "__", "\n", "\n\n\n", "\t",
    "      ", " ", "!!", "!", "??", "OFFERTA SPECIALE ", "sconto del 20% ", "😀", "🎉🎉",
    "https://bit.ly/x ", "wa.me/39 ", "<b>", "</b>", "<br>", "# ", "[a](https://b.it)", ".", "\r\n",
    "\x00", "codice di verifica ", "PIN ", "mandi la password ", "àèì", "#", "the order is ready ",
]  # fmt: skip
texts = st.one_of(
    st.lists(st.sampled_from(_PIECES), max_size=14).map("".join),
    st.text(max_size=40),
    st.sampled_from(["x" * 61, "y" * 1025, "{{1}} " * 300, ""]),
)
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), texts)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def maybe(strategy, *, or_else=anything):
    """Mostly what it should be, now and then anything at all."""
    return st.one_of(strategy, strategy, strategy, or_else)


_examples = st.one_of(
    st.builds(lambda values: {"body_text": [values]}, st.lists(texts, max_size=4)),
    st.builds(lambda values: {"header_text": values}, st.lists(texts, max_size=2)),
    st.builds(
        lambda names: {
            "body_text_named_params": [{"param_name": one, "example": "Anna"} for one in names]
        },
        st.lists(st.sampled_from(["nome", "Nome", "x"]), max_size=3),
    ),
    st.just(SAMPLE),
    st.just({}),
)
_kinds = st.sampled_from(
    ["QUICK_REPLY", "url", "PHONE_NUMBER", "COPY_CODE", "FLOW", "OTP", "CATALOG", "NONE"]
)
_urls = st.one_of(
    st.sampled_from(
        [
            "https://esempio.it/{{1}}",
            "esempio.it/x",
            "http://esempio.it",
            "https://{{1}}",
            "wa.me/1",
        ]
    ),
    texts,
)
_buttons = st.fixed_dictionaries(
    {"type": maybe(_kinds), "text": maybe(texts)},
    optional={
        "url": maybe(_urls),
        "phone_number": maybe(st.sampled_from(["06 123456", "+390612345", "0039 333 1234567"])),
        "example": maybe(texts),
        "otp_type": maybe(st.sampled_from(["COPY_CODE", "ZERO_TAP"])),
        "supported_apps": anything,
    },
)
_component = st.one_of(
    st.fixed_dictionaries(
        {
            "type": maybe(st.sampled_from(["BODY", "body", "FOOTER", "HEADER"])),
            "text": maybe(texts),
        },
        optional={
            "format": maybe(st.sampled_from(["TEXT", "IMAGE", "LOCATION"])),
            "example": maybe(_examples),
            "code_expiration_minutes": maybe(st.integers(-5, 200)),
        },
    ),
    st.fixed_dictionaries(
        {"type": st.just("BUTTONS"), "buttons": maybe(st.lists(_buttons, max_size=5))}
    ),
    st.fixed_dictionaries(
        {
            "type": st.just("LIMITED_TIME_OFFER"),
            "limited_time_offer": maybe(st.fixed_dictionaries({"text": texts})),
        }
    ),
)
_carousel = st.fixed_dictionaries(
    {
        "type": st.just("CAROUSEL"),
        "cards": maybe(
            st.lists(
                st.fixed_dictionaries({"components": maybe(st.lists(_component, max_size=3))}),
                max_size=3,
            )
        ),
    }
)
bodies = st.fixed_dictionaries(
    {
        "name": maybe(st.sampled_from(["ordine", "Ordine Pronto", "hello_world", "è", "a" * 600])),
        "language": maybe(st.sampled_from(["it", "IT", "en-us", "xx"])),
        "category": maybe(st.sampled_from(["UTILITY", "marketing", "AUTHENTICATION", "OTHER"])),
        "components": maybe(st.lists(st.one_of(_component, _component, _carousel), max_size=5)),
    },
    optional={
        "parameter_format": maybe(st.sampled_from(["NAMED", "POSITIONAL"])),
        "message_send_ttl_seconds": maybe(st.integers(-10, 10**7)),
    },
)
