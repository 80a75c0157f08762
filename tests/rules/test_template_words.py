"""The words by which a template is judged, and how alike two texts are."""

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sportello.rules.template_likeness import likeness, same
from sportello.rules.template_text import EMOJI, language_of
from sportello.rules.template_words import access_code, promotion, secret, without_occasion


@pytest.mark.parametrize(
    "text",
    [
        "Lo sconto è stato applicato al suo ordine 123.",
        "Per questo articolo non è previsto alcuno sconto.",
        "Nessuna promozione attiva sul suo contratto.",
        "La spedizione è gratuita perché l'ordine era già pagato.",
        "Può disdire gratis entro domani.",
        "Il coupon non è valido per questo ordine.",
        "La sua offerta di lavoro è stata ricevuta.",
        "No discount applies to spare parts.",
        "You can cancel free of charge.",
        "Your voucher could not be used for this order.",
        "The discount was deducted from the invoice.",
        "Feel free to call us.",
    ],
)
def test_a_price_word_alone_is_no_promotion(text):
    assert promotion(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "Lo sconto applicato vale anche sul prossimo ordine: usalo entro domenica.",
        "Spedizione gratuita su tutti gli ordini.",
        "Sconto del 20% sul suo prossimo ordine.",
        "Non perdere i saldi.",
        "Ordine spedito. Intanto scopri le novità.",
        "20% off your next order.",
        "Free shipping on all orders over 30 euros.",
        "Don't miss our sale prices.",
    ],
)
def test_a_promise_is_promotion(text):
    hit = promotion(text)
    assert hit is not None
    assert text[hit.start : hit.end] == hit.words


def test_two_hints_make_promotion_and_one_does_not():
    assert promotion("Venite tutti in piazza, domani alle nove.") is None
    assert promotion("Venite a brindisi e buffet, domani alle nove.") is not None


def test_where_a_customers_order_is_spoken_of_it_takes_three():
    assert promotion("Vieni a ritirare l'ordine, in più porta la ricevuta del reso.") is None


def test_a_hint_counts_more_where_nothing_has_happened():
    assert without_occasion("Un aperitivo in giardino, giovedì sera alle sette.") is not None
    assert without_occasion("La riunione con aperitivo è spostata a giovedì sera.") is None
    assert without_occasion("Un aperitivo.") is None


@pytest.mark.parametrize(
    ("text", "is_code"),
    [
        ("Il codice di verifica è {{1}}.", True),
        ("Your one-time password: {{1}}.", True),
        ("Il codice di verifica non serve più.", False),
        ("Il codice di accesso alla camera è {{1}}.", False),
        ("Il codice di prenotazione è {{1}}.", False),
    ],
)
def test_hears_an_access_code(text, is_code):
    assert (access_code(text) is not None) == is_code


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("Ci mandi il numero della sua carta.", True),
        ("Please reply with your card number.", True),
        ("Non comunichi mai a nessuno il PIN.", False),
        ("Never share your password with anyone.", False),
        ("Ci mandi il numero della carta fedeltà.", False),
        ("Il PIN della carta arriva per posta.", False),
    ],
)
def test_hears_a_request_for_secrets(text, asks):
    assert (secret(text) is not None) == asks


@given(st.text(max_size=300))
def test_any_text_can_be_judged(text):
    for look in (promotion, access_code, secret, without_occasion):
        hit = look(text)
        assert hit is None or text[hit.start : hit.end].strip() != ""


@pytest.mark.parametrize("piece", ["sconto ", "non ", "invii ", "a ", "€1", "in più ", "{{1}} "])
def test_long_hostile_text_takes_bounded_time(piece):
    text = (piece * 4096)[:4096]
    began = process_time()
    for look in (promotion, access_code, secret, without_occasion):
        look(text)
    assert process_time() - began < 2


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Il suo ordine è in viaggio e arriva domani con il corriere.", "it"),
        ("Your order is on its way and it will be with you by noon.", "en"),
        ("Ihre Bestellung ist unterwegs.", None),
        ("Ok.", None),
    ],
)
def test_tells_italian_from_english(text, language):
    assert language_of(text) == language


@pytest.mark.parametrize(
    ("text", "count"),
    [("😀", 1), ("👩‍👧‍👦", 1), ("🇮🇹", 1), ("👍🏽 👍", 2), ("1️⃣", 1), ("☀️", 1), ("© àè € 10", 0)],
)  # fmt: skip
def test_counts_what_a_reader_sees_as_one_emoji(text, count):
    assert len(EMOJI.findall(text)) == count


texts = st.text(alphabet="ab c{}1.", max_size=60)


@given(texts, texts)
def test_likeness_is_symmetrical_and_between_nothing_and_all(one, other):
    assert 0 <= likeness(one, other) <= 1
    assert likeness(one, other) == likeness(other, one)
    assert likeness(one, one) == 1


def test_likeness_sees_through_variables_capitals_and_accents():
    assert likeness("Ciao {{1}}, è PRONTO!", "ciao {{nome}} e pronto") == 1
    assert same("Ciao {{1}}, è PRONTO!", "ciao {{nome}} e pronto")


def test_likeness_falls_with_every_change():
    first = "Gentile {{1}}, la sua tessera è pronta in segreteria dal lunedì."
    near = "Gentile {{1}}, la sua tessera è pronta in segreteria da martedì."
    far = "Buonasera, il veicolo {{1}} ha superato il collaudo e può uscire."
    assert 0.7 < likeness(first, near) < 1
    assert likeness(first, far) < 0.3


def test_the_same_words_in_another_order_are_not_the_same():
    assert not same("prima il pane, poi il vino", "prima il vino, poi il pane")
    assert 0.5 < likeness("prima il pane poi il vino", "prima il vino poi il pane") < 1
