"""Single rules of the lint: what they find, where, what Meta answers, and the mended text."""

import pytest

from sportello.rules.pricing import Category
from sportello.rules.template import Account, lint, mended, parse
from sportello.rules.template_codes import (
    Code,
    Reason,
    Recategorised,
    Refused,
    Rejected,
    Severity,
)
from sportello.rules.template_values import Known, Part, Standing, Where
from tests.rules.template_samples import SAMPLE, find, link, reply, template


def known(name, standing=Standing.LIVE, **more):
    return Known(name, "it", Category.UTILITY, standing, **more)


@pytest.mark.parametrize(
    ("name", "mended_name"),
    [
        ("Ordine Pronto", "ordine_pronto"),
        ("ordine-pronto", "ordine_pronto"),
        ("perché_no", "perche_no"),
        ("  Città!! ", "citta"),
        ("日本", None),
        ("Hello_World", "hello_world_2"),
    ],
)
def test_a_name_is_put_into_metas_letters(name, mended_name):
    finding = find(Code.NAME_CHARACTERS, template(name=name))
    assert finding.mended == mended_name
    assert finding.answers == Refused(2388046)


def test_a_name_that_is_taken_in_any_way_gives_way_to_the_next_free_one():
    account = Account(
        (known("a"), known("a_2", Standing.REJECTED), known("a_3", Standing.BEING_DELETED))
    )
    assert find(Code.NAME_TAKEN, template(name="a"), account).mended == "a_4"
    assert find(Code.NAME_WAS_REJECTED, template(name="A_2"), account).mended == "a_2_2"
    assert find(Code.NAME_BEING_DELETED, template(name="a_3"), account).mended == "a_3_2"
    assert find(Code.NAME_CHARACTERS, template(name="A"), account).mended == "a_4"


def test_a_name_may_exist_in_another_language():
    other = Known("ordine", "en", Category.UTILITY)
    assert lint(parse(template(name="ordine")), Account((other,))) == ()


def test_a_name_may_have_512_characters():
    assert lint(parse(template(name="a" * 512))) == ()
    finding = find(Code.NAME_TOO_LONG, template(name="a" * 513))
    assert len(finding.mended) <= 512


@pytest.mark.parametrize(
    ("language", "near"),
    [("IT", "it"), ("it_IT", "it"), ("en-us", "en_US"), ("pt-br", "pt_BR"), ("xx", None)],
)
def test_a_language_is_spelt_as_meta_does(language, near):
    body = template("Tutto pronto in negozio, ordine {{1}} compreso.", language=language)
    assert find(Code.LANGUAGE_UNKNOWN, body).mended == near


@pytest.mark.parametrize(
    ("category", "ttl", "better"),
    [
        ("UTILITY", 29, 30),
        ("UTILITY", 43_201, 43_200),
        ("MARKETING", 43_199, 43_200),
        ("MARKETING", -1, 43_200),
        ("UTILITY", -2, 30),
    ],
)
def test_a_time_to_live_is_brought_within_its_bounds(category, ttl, better):
    body = template(category=category, message_send_ttl_seconds=ttl)
    finding = find(Code.TTL_OUT_OF_RANGE, body)
    assert mended(body, finding.fix)["message_send_ttl_seconds"] == better


@pytest.mark.parametrize("ttl", [30, 43_200, -1])
def test_a_time_to_live_within_its_bounds_is_fine(ttl):
    assert lint(parse(template(message_send_ttl_seconds=ttl))) == ()


@pytest.mark.parametrize(
    ("code", "text", "new", "span"),
    [
        (Code.VARIABLE_AT_START, "{{1}}, è pronto.", "Buongiorno, {{1}}, è pronto.", (0, 5)),
        (Code.VARIABLE_AT_END, "Totale: {{1}}", "Totale: {{1}}. Grazie.", (8, 13)),
        (Code.VARIABLES_ADJACENT, "Al {{1}} {{2}} ok", "Al {{1}} e {{2}} ok", (3, 14)),
        (Code.VARIABLES_ADJACENT, "Al {{1}}\n{{2}} ok", "Al {{1}},\n{{2}} ok", (3, 14)),
        (Code.VARIABLES_NOT_CONSECUTIVE, "A {{2}} b {{5}} c", "A {{1}} b {{2}} c", (2, 7)),
        (Code.VARIABLES_OUT_OF_ORDER, "A {{2}} b {{1}} c", "A {{1}} b {{2}} c", (2, 7)),
        (Code.VARIABLE_MALFORMED, "Da {{ 1 }} a", "Da {{1}} a", (3, 10)),
        (Code.VARIABLE_MALFORMED, "Da {1} a", "Da {{1}} a", (3, 6)),
        (Code.VARIABLE_MALFORMED, "Da {{01}} a", "Da {{1}} a", (3, 9)),
        (Code.VARIABLE_MALFORMED, "Da {{}} a", None, (3, 7)),
        (Code.VARIABLE_CHARACTERS, "Da {{Nome}} a", "Da {{nome}} a", (3, 11)),
        (Code.VARIABLE_CHARACTERS, "Da {{#}} a", None, (3, 8)),
        (Code.BLANK_LINES, "Sì\n\n\n\nno", "Sì\n\nno", (2, 6)),
        (Code.TABS_OR_SPACES, "Sì\tno", "Sì no", (2, 3)),
        (Code.TABS_OR_SPACES, "Sì     no", "Sì no", (2, 7)),
        (Code.CONTROL_CHARACTERS, "Sì\r\nno\x00", "Sì\nno", (2, 4)),
        (Code.EDGE_SPACES, " Sì. ", "Sì.", (0, 1)),
        (Code.SHOUTING, "Ciao. SOLO OGGI qui", "Ciao. Solo oggi qui", (6, 15)),
        (Code.EXCLAMATIONS, "Sì!!! Davvero?!?", "Sì! Davvero?", (2, 5)),
        (Code.EXCLAMATIONS, "A! B! C! D!", "A! B. C. D.", (10, 11)),
        (Code.MARKUP_FOREIGN, "Sei **qui** ora", "Sei *qui* ora", (4, 11)),
        (Code.MARKUP_FOREIGN, "Sei <b>qui</b><br>ora", "Sei *qui*\nora", (4, 14)),
        (Code.MARKUP_FOREIGN, "[noi](https://a.it/b)", "noi: https://a.it/b", (0, 21)),
        (Code.MARKUP_UNPAIRED, "Sei *qui ora", "Sei qui ora", (4, 5)),
    ],
)
def test_a_body_is_mended(code, text, new, span):
    finding = find(code, template(text))
    assert finding.where == Where(Part.BODY, span=span)
    assert finding.mended == new


@pytest.mark.parametrize(
    "text",
    [
        "Il prezzo {tutto compreso} è nel contratto di {{1}}, ecco.",
        "Costa 2*3*4 euro, pratica {{1}} chiusa.",
        "Hotel 4* confermato per {{1}} notti, come richiesto.",
        "File ordine_di_prova pronto per {{1}} in sede.",
        "* primo punto\n* secondo punto\ndella richiesta {{1}} chiusa oggi",
        "Vedi https://esempio.it/a_b_c per la richiesta {{1}} di oggi.",
        "La pratica INPS {{1}} è stata chiusa.",
        "Perché?! La pratica {{1}} era chiusa! Va bene!",
    ],
)
def test_a_body_with_innocent_signs_is_left_alone(text):
    assert lint(parse(template(text))) == ()


def test_renumbering_keeps_each_example_with_its_variable():
    body = template("Ore {{2}} da {{1}} in studio, porti gli esami.")
    body["components"][0]["example"] = {"body_text": [["Rossi", "15:30"]]}
    done = mended(body, find(Code.VARIABLES_OUT_OF_ORDER, body).fix)
    assert done["components"][0]["example"] == {"body_text": [["15:30", "Rossi"]]}


def test_renaming_a_variable_renames_its_example():
    body = template("Gentile {{Nome}}, il suo ordine è pronto.", parameter_format="NAMED")
    pair = {"param_name": "Nome", "example": "Anna"}
    body["components"][0]["example"] = {"body_text_named_params": [pair]}
    done = mended(body, find(Code.VARIABLE_CHARACTERS, body).fix)
    assert lint(parse(done)) == ()


@pytest.mark.parametrize(("words", "is_enough"), [(2, False), (3, True)])
def test_one_variable_needs_three_words(words, is_enough):
    text = " ".join(["uno", "{{1}}", *["due"] * (words - 1)])
    codes = [finding.code for finding in lint(parse(template(text)))]
    assert (Code.VARIABLES_TOO_MANY not in codes) == is_enough


@pytest.mark.parametrize(
    ("code", "text", "new"),
    [
        (Code.NEWLINES, "Uno\n due", "Uno due"),
        (Code.EMOJIS_NOT_HERE, "Pronto 🎉 ora", "Pronto ora"),
        (Code.EMOJIS_NOT_HERE, "👩‍👧 famiglia", "famiglia"),
        (Code.MARKUP_NOT_HERE, "*Pronto* ora", "Pronto ora"),
        (Code.MARKUP_NOT_HERE, "_Pronto_ ora", "Pronto ora"),
    ],
)
@pytest.mark.parametrize("part", [Part.HEADER, Part.FOOTER, Part.BUTTONS])
def test_header_footer_and_buttons_are_one_plain_line(part, code, text, new):
    changed = {
        Part.HEADER: {"header": {"format": "TEXT", "text": text}},
        Part.FOOTER: {"footer": text},
        Part.BUTTONS: {"buttons": [reply(text)]},
    }[part]
    finding = find(code, template(**changed))
    assert finding.where.part is part
    assert finding.mended == new
    subcode = {Part.HEADER: 2388047, Part.FOOTER: 2388073, Part.BUTTONS: 2388060}[part]
    assert finding.answers == Refused(subcode)


@pytest.mark.parametrize(
    ("with_text", "limit"),
    [
        (lambda text: {"header": {"format": "TEXT", "text": text}}, 60),
        (lambda text: {"footer": text}, 60),
        (lambda text: {"buttons": [reply(text)]}, 25),
    ],
)
def test_limits_are_reached_but_not_passed(with_text, limit):
    assert lint(parse(template(**with_text("x" * limit)))) == ()
    finding = find(Code.TOO_LONG, template(**with_text("x" * (limit + 1))))
    assert dict(finding.values) == {"length": limit + 1, "limit": limit}
    assert finding.where.span == (limit, limit + 1)


@pytest.mark.parametrize(
    ("length", "more", "is_fine"),
    [
        (1024, {}, True),
        (1025, {}, False),
        (600, {"offer": "Presto"}, True),
        (601, {"offer": "Presto"}, False),
    ],
)
def test_a_body_has_its_limit(length, more, is_fine):
    body = template("ordine " * (length // 7) + "x" * (length % 7))
    if more:
        offer = {"type": "limited_time_offer", "limited_time_offer": {"text": more["offer"]}}
        body["components"].append(offer)
    codes = [one.code for one in lint(parse(body))]
    assert (Code.TOO_LONG not in codes) == is_fine


@pytest.mark.parametrize(("length", "is_fine"), [(16, True), (17, False)])
def test_an_offer_has_its_own_limit(length, is_fine):
    body = template()
    offer = {"type": "limited_time_offer", "limited_time_offer": {"text": "x" * length}}
    body["components"].append(offer)
    codes = [one.code for one in lint(parse(body))]
    assert (Code.TOO_LONG not in codes) == is_fine


def test_an_empty_header_does_not_hide_the_signs_of_the_body():
    body = template("Il suo ordine\tè pronto.", header={"format": "TEXT", "text": " "})
    assert Code.TABS_OR_SPACES in [one.code for one in lint(parse(body))]


def test_a_footer_loses_its_variables_if_words_remain():
    assert find(Code.FOOTER_VARIABLES, template(footer="Ordine {{1}} in sede")).mended == (
        "Ordine in sede"
    )
    assert find(Code.FOOTER_VARIABLES, template(footer="{{1}}")).fix == ()


@pytest.mark.parametrize(
    ("url", "code", "new"),
    [
        ("esempio.it/x", Code.URL_INVALID, "https://esempio.it/x"),
        ("esempio.it/x/{{1}}", Code.URL_INVALID, "https://esempio.it/x/{{1}}"),
        ("https://esempio", Code.URL_INVALID, None),
        ("javascript:alert(1)", Code.URL_INVALID, None),
        ("https://a@esempio.it", Code.URL_INVALID, None),
        ("https://esempio.it/{{1}}/x", Code.URL_VARIABLE, None),
        ("https://esempio.it{{1}}", Code.URL_VARIABLE, None),
        ("https://esempio.it/{{1}}{{2}}", Code.URL_VARIABLE, None),
        ("https://bit.ly/x", Code.URL_SHORTENER, None),
        ("https://www.wa.me/39", Code.URL_WHATSAPP, None),
        ("http://esempio.it/x", Code.URL_INSECURE, "https://esempio.it/x"),
        ("https://esempio.it/" + "x" * 2000, Code.TOO_LONG, None),
    ],
)
def test_an_address_is_judged(url, code, new):
    body = template(buttons=[link(url, example=["x"])])
    finding = find(code, body)
    assert finding.where == Where(Part.BUTTONS, index=0, span=finding.where.span)
    assert finding.mended == new


@pytest.mark.parametrize(
    "url",
    ["https://esempio.it", "https://esempio.it/?q={{1}}", "https://città.it:8443/a#b", "https://x.shop/é"],
)  # fmt: skip
def test_a_whole_address_is_fine(url):
    assert lint(parse(template(buttons=[link(url, example=["x"])]))) == ()


@pytest.mark.parametrize(
    ("number", "better"),
    [
        ("06 1234567", "+39061234567"),
        ("333 123 4567", "+393331234567"),
        ("0039 06 1234567", "+39061234567"),
        ("+39 (06) 123-4567", "+39061234567"),
        ("chiamaci", None),
        ("", None),
        ("+" + "1" * 21, None),
    ],
)
def test_a_phone_number_is_put_into_metas_form(number, better):
    body = template(buttons=[{"type": "PHONE_NUMBER", "text": "Chiama", "phone_number": number}])
    assert find(Code.PHONE_INVALID, body).mended == better


@pytest.mark.parametrize("number", ["+39061234567", "15550051310"])
def test_a_phone_number_with_its_country_is_fine(number):
    body = template(buttons=[{"type": "PHONE_NUMBER", "text": "Chiama", "phone_number": number}])
    assert lint(parse(body)) == ()


def test_a_number_without_country_is_not_guessed_outside_italy():
    body = template(
        "Dear {{1}}, your order is ready to collect.",
        language="en",
        buttons=[{"type": "PHONE_NUMBER", "text": "Call", "phone_number": "020 7946 0000"}],
    )
    assert find(Code.PHONE_INVALID, body).mended is None


def test_quick_replies_are_brought_together_where_they_began():
    body = template(buttons=[reply("a"), link("https://esempio.it"), reply("b")])
    finding = find(Code.BUTTONS_APART, body)
    assert finding.where.index == 2
    buttons = mended(body, finding.fix)["components"][-1]["buttons"]
    assert [button["text"] for button in buttons] == ["a", "b", "Apri"]


@pytest.mark.parametrize(
    ("example", "is_offer", "is_fine"),
    [
        ("A" * 20, False, True),
        ("A" * 21, False, False),
        ("A" * 15, True, True),
        ("A" * 16, True, False),
        ("A-1", False, False),
        ("É1", False, False),
    ],
)
def test_a_coupon_is_short_and_plain(example, is_offer, is_fine):
    body = template(category="MARKETING", buttons=[{"type": "COPY_CODE", "example": example}])
    if is_offer:
        offer = {"type": "limited_time_offer", "limited_time_offer": {"text": "Presto"}}
        body["components"].append(offer)
    codes = [one.code for one in lint(parse(body))]
    assert (Code.COUPON_INVALID not in codes) == is_fine


@pytest.mark.parametrize(
    ("example", "code"),
    [
        (None, Code.SAMPLE_MISSING),
        ({"header_handle": []}, Code.SAMPLE_MISSING),
        ({"header_handle": [" "]}, Code.SAMPLE_MISSING),
        ({"header_handle": ["https://esempio.it/a.png"]}, Code.SAMPLE_IS_A_LINK),
        (SAMPLE, None),
        ({"header_handle": "4::aW1hZ2U="}, None),
    ],
)
def test_a_header_with_a_file_brings_an_uploaded_sample(example, code):
    header = {"format": "image"} if example is None else {"format": "image", "example": example}
    codes = [one.code for one in lint(parse(template(header=header)))]
    assert codes == ([] if code is None else [code])


def test_a_location_header_needs_no_sample():
    assert lint(parse(template(header={"format": "LOCATION"}))) == ()


def test_promotion_in_utility_is_filed_under_marketing():
    body = template("Gentile {{1}}, da oggi il 20% di sconto su tutto il negozio.")
    finding = find(Code.PROMOTIONAL, body)
    assert finding.severity is Severity.WARNING
    assert finding.answers == Recategorised(Category.MARKETING)
    assert dict(finding.values) == {"words": "sconto"}
    assert lint(parse(mended(body, finding.fix))) == ()


def test_adjacent_variables_are_rejected_in_review():
    body = template("Gentile {{1}} {{2}}, il suo ordine è pronto.")
    assert find(Code.VARIABLES_ADJACENT, body).answers == Rejected(Reason.INVALID_FORMAT)


def test_hints_have_no_answer_of_metas():
    assert find(Code.EXCLAMATIONS, template("Il suo ordine è pronto!!")).answers is None


@pytest.mark.parametrize(
    ("room", "is_full"),
    [(None, False), (1, False), (0, True)],
)
def test_an_account_may_be_full(room, is_full):
    codes = [one.code for one in lint(parse(template()), Account(room=room))]
    assert codes == ([Code.TEMPLATE_LIMIT] if is_full else [])
