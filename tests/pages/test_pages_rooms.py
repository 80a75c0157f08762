"""The other rooms: knowledge, assistant, number, profile, and the door."""

import json

import pytest
from django.test import Client

from sportello.schema.models import (
    EvalRun,
    Membership,
    Number,
    Pair,
    Quarantined,
    Trial,
    User,
    Workspace,
)
from tests.pages.conftest import NOW, signed_in
from tests.pages.shop import Shop, open_shop

_PAIR = {
    "question": "Fate buoni regalo?",
    "answer": "Sì, da 20 € in su.",
    "variants": "vendete gift card\n\n  buono regalo ",
    "language": "it",
    "enabled": "on",
}


def _text(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200
    return answer.content.decode()


def _pairs() -> dict[str, Pair]:
    return {pair.question: pair for pair in Pair.objects.using("owner").filter(deleted_at=None)}


class TestKnowledge:
    def test_a_question_is_added(self, client: Client) -> None:
        answer = client.post("/knowledge/new", _PAIR)

        assert answer.status_code == 302
        assert _pairs()["Fate buoni regalo?"].variants == ["vendete gift card", "buono regalo"]

    @pytest.mark.parametrize(
        "wrong", [{"question": " "}, {"answer": "x" * 4000}, {"language": "x"}, {"answer": "a\0b"}]
    )
    def test_an_unfit_question_comes_back_with_the_reason(
        self, client: Client, wrong: dict[str, str]
    ) -> None:
        answer = client.post("/knowledge/new", _PAIR | wrong)

        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.content.decode()
        assert "Fate buoni regalo?" not in _pairs()

    def test_a_change_makes_the_index_learn_anew(self, client: Client, shop: Shop) -> None:
        pair = shop.pairs["Posso fare un reso?"]
        assert pair.indexed_at is not None

        client.post(f"/knowledge/{pair.pk}/", _PAIR)

        assert _pairs()["Fate buoni regalo?"].indexed_at is None

    def test_a_deletion_can_be_undone(self, client: Client, shop: Shop) -> None:
        pair = shop.pairs["Quando arriva il mio ordine?"]

        page = client.post(f"/knowledge/{pair.pk}/deletion", follow=True).content.decode()
        assert "Annulla" in page
        assert pair.question not in _pairs()
        client.post("/knowledge/restoration")

        assert _pairs()[pair.question].variants == pair.variants

    def test_there_is_nothing_to_undo_twice(self, client: Client) -> None:
        assert client.post("/knowledge/restoration").status_code == 404

    def test_the_state_of_each_question_is_told(self, client: Client) -> None:
        page = _text(client, "/knowledge/")
        assert "in apprendimento</span>" in page
        assert "non in uso</span>" in page

    def test_how_long_the_learning_takes_is_told_until_all_is_learned(self, client: Client) -> None:
        Pair.objects.using("owner").update(indexed_at=None)
        page = _text(client, "/knowledge/")
        assert "meno di un minuto" in page
        assert 'hx-select-oob="#pairs"' in page

        Pair.objects.using("owner").update(indexed_at=NOW)
        assert "hx-select-oob" not in _text(client, "/knowledge/")

    def test_without_questions_the_page_says_what_to_do(self, client: Client) -> None:
        Pair.objects.using("owner").all().delete()
        assert "Aggiungi la prima domanda" in _text(client, "/knowledge/")

    def test_a_search_finds_answers_and_other_ways_to_ask(self, client: Client) -> None:
        assert "Quando arriva il mio ordine?" in _text(client, "/knowledge/?q=il mio pacco")
        assert "Nessun risultato" in _text(client, "/knowledge/?q=elefante")


class TestTrial:
    def test_a_question_waits_for_the_worker_and_shows_its_answer(self, client: Client) -> None:
        answer = client.post("/knowledge/trials", {"question": "Dov'è il pacco?"}, follow=True)
        assert "Cerca nella conoscenza…" in answer.content.decode()
        trial = Trial.objects.using("owner").get()
        Trial.objects.using("owner").update(
            state="done",
            result={
                "band": "answer",
                "text": "Arriva in *2 giorni*.",
                "confidence": 0.93,
                "sources": [{"pair_id": 1, "title": "Quando arriva?", "score": 0.9}],
            },
        )

        page = _text(client, f"/knowledge/trials/{trial.pk}")

        assert "Risponderebbe" in page
        assert "<strong>2 giorni</strong>" in page
        assert "93%" in page

    def test_a_chat_goes_on_from_what_was_asked_before(self, client: Client, shop: Shop) -> None:
        rows = Trial.objects.using("owner")
        told = {"band": "answer", "text": "Dalle 9 alle 18.", "sources": [], "confidence": 0.9}
        first = rows.create(workspace=shop.workspace, question="Orari?", state="done", result=told)
        run = EvalRun.objects.using("owner").create(workspace=shop.workspace, at=NOW)
        of_a_set = rows.create(
            workspace=shop.workspace, question="Altro?", run_id=run.pk, asked_id=2
        )

        form = {"question": "e il sabato?", "after": first.pk}
        page = client.post("/knowledge/trials", form, follow=True).content.decode()
        client.post("/knowledge/trials", {"question": "x", "after": of_a_set.pk})
        client.post("/knowledge/trials", {"question": "y", "after": 10**15})

        assert page.index("Orari?") < page.index("Dalle 9 alle 18.") < page.index("e il sabato?")
        assert f'name="after" value="{first.pk + 2}"' in page
        asked = list(rows.order_by("pk").values_list("asked_id", flat=True))
        assert asked == [None, 2, first.pk, None, None]

    @pytest.mark.parametrize("result", [None, [], {"band": 3, "sources": "x", "confidence": "y"}])
    def test_an_odd_result_is_no_error(self, client: Client, shop: Shop, result: object) -> None:
        trial = Trial.objects.using("owner").create(
            workspace=shop.workspace, question="?", state="done", result=result
        )
        _text(client, f"/knowledge/trials/{trial.pk}")

    def test_after_twenty_seconds_the_page_stops_asking(self, client: Client, shop: Shop) -> None:
        trial = Trial.objects.using("owner").create(workspace=shop.workspace, question="?")

        assert "hx-trigger" in _text(client, f"/knowledge/trials/{trial.pk}?tries=3")
        page = _text(client, f"/knowledge/trials/{trial.pk}?tries=40")
        assert "hx-trigger" not in page
        assert "sembra fermo" in page


_CONDUCT = {
    "assistant_name": "Aurora",
    "signature": "Bottega Aurora",
    "debounce_s": "1.5",
    "debounce_s_max": "8",
    "answer_from": "70",
    "clarify_from": "30",
}


class TestAssistant:
    def test_its_conduct_is_kept(self, client: Client) -> None:
        client.post("/assistant/", _CONDUCT)

        kept = Workspace.objects.using("owner").get()
        assert (kept.assistant_on, kept.debounce_ms, kept.answer_from) == (False, 1500, 0.7)

    @pytest.mark.parametrize(
        "wrong", [{"clarify_from": "80"}, {"debounce_s": "9"}, {"debounce_s": "nan"}]
    )
    def test_what_contradicts_itself_is_not_kept(
        self, client: Client, wrong: dict[str, str]
    ) -> None:
        assert client.post("/assistant/", _CONDUCT | wrong).status_code == 422
        assert Workspace.objects.using("owner").get().assistant_on

    def test_an_operator_may_look_and_not_change(self, client: Client) -> None:
        Membership.objects.using("owner").update(role="operator")

        assert "disabled" in _text(client, "/assistant/")
        assert client.post("/assistant/", _CONDUCT).status_code == 403

    @pytest.mark.parametrize("page", ["", "tone", "model", "actions"])
    def test_each_of_its_pages_lies_in_its_room(self, client: Client, page: str) -> None:
        assert 'href="/assistant/" aria-current="page"' in _text(client, f"/assistant/{page}")


class TestNumber:
    @pytest.mark.parametrize(
        ("columns", "words"),
        [
            ({}, "Tutto in ordine"),
            ({"paused_why": "payment", "paused_at": NOW}, "Manca un pagamento a Meta."),
            ({"paused_why": "new_cause", "paused_at": NOW}, "fermato per sicurezza"),
            ({"status": "banned"}, "Meta lo ha bloccato"),
            ({"told": {"token_valid": "no"}}, "Il token non funziona più"),
            ({"told": {"subscribed": "no"}}, "non riceve i webhook di questo account"),
            ({"told": {"ending": "December 3, 2026"}}, "sta per bloccare"),
            ({"told": {"ending": "December 3, 2026"}}, "3 dicembre 2026"),
            ({"told": {"ending": "soon"}}, "Ha indicato il giorno: soon."),
            ({"silent_since": NOW}, "Mancano webhook"),
            ({"payment": "missing"}, "modelli e campagne no"),
            ({"last_event_at": None}, "In attesa del primo messaggio"),
        ],
    )
    def test_its_health_is_said_in_words(
        self, client: Client, columns: dict[str, object], words: str
    ) -> None:
        Number.objects.using("owner").update(**columns)
        assert words in _text(client, "/channel/")

    @pytest.mark.parametrize(
        ("columns", "words"),
        [
            ({"paused_why": "blocked", "paused_at": NOW}, "bloccato da Meta"),
            (
                {"paused_why": "no_token", "paused_at": NOW},
                "Il numero non ha un token d&#x27;accesso.",
            ),
            ({"payment": "missing"}, "manca o non funziona"),
        ],
    )
    def test_its_history_is_told_in_words(
        self, client: Client, shop: Shop, columns: dict[str, object], words: str
    ) -> None:
        Number.objects.using("owner").update(**columns)

        told = _text(client, f"/channel/numbers/{shop.number.pk}/").partition('id="history"')[2]

        assert words in told

    def test_events_show_their_telling_parts(self, client: Client) -> None:
        page = _text(client, "/channel/events")
        assert "Stato di un modello" in page
        assert "rifiutato da Meta · promo_autunno · it · INVALID_FORMAT" in page

    def test_what_was_set_aside_is_shown_and_marked_as_seen(
        self, client: Client, shop: Shop
    ) -> None:
        row = Quarantined.objects.using("owner").get()
        assert "messages[0].timestamp: not a number" in _text(client, "/channel/set-aside")

        client.post(f"/channel/set-aside/{row.pk}/resolution")

        row.refresh_from_db(using="owner")
        assert row.resolved_at == NOW

    def test_a_raw_event_is_shown_escaped(self, client: Client, shop: Shop) -> None:
        Quarantined.objects.using("owner").update(raw="<script>alert(1)</script>")
        assert "<script>alert" not in _text(client, "/channel/set-aside")


class TestProfile:
    def test_language_and_theme_hold_from_the_next_page_on(self, client: Client) -> None:
        client.post("/profile/", {"name": "Giulia", "language": "en", "theme": "dark"})

        page = _text(client, "/profile/")
        assert '<html lang="en" data-theme="dark" data-bs-theme="dark">' in page

    def test_a_password_is_changed(self, client: Client, shop: Shop) -> None:
        wanted = "molto lunga e nuova"

        answer = client.post(
            "/accounts/password/change/",
            {"oldpassword": "una frase lunga", "password1": wanted, "password2": wanted},
        )

        assert answer.headers["Location"] == "/profile/"
        assert User.objects.using("owner").get(pk=shop.user.pk).check_password(wanted)

    def test_without_a_password_one_can_be_set(self, shop: Shop) -> None:
        shop.user.set_unusable_password()
        shop.user.save(using="owner")
        client = signed_in(shop)

        assert "/accounts/password/set/" in _text(client, "/profile/")
        _text(client, "/accounts/password/set/")


class TestDoor:
    def test_a_wrong_password_says_so_and_no_more(self, shop: Shop) -> None:
        door = Client(SERVER_NAME="localhost")
        unknown = door.post("/accounts/login/", {"login": "x@example.org", "password": "sbagliata"})
        known = door.post(
            "/accounts/login/", {"login": "giulia@example.org", "password": "sbagliata"}
        )

        assert unknown.status_code == known.status_code == 200
        assert 'role="alert"' in known.content.decode()

    def test_nobody_registers_by_themselves(self, shop: Shop) -> None:
        page = _text(Client(SERVER_NAME="localhost"), "/accounts/signup/")
        assert "Solo su invito" in page
        assert "password" not in page

    def test_the_door_speaks_the_language_of_the_browser(self, shop: Shop) -> None:
        english = Client(headers={"accept-language": "en"}, SERVER_NAME="localhost")
        assert "To the conversations of your company." in _text(english, "/accounts/login/")

    def test_it_can_be_asked_to_speak_another(self, shop: Shop) -> None:
        client = Client(headers={"accept-language": "en"}, SERVER_NAME="localhost")
        client.post("/language", {"language": "it", "next": "/accounts/login/"})
        assert "Alle conversazioni della tua azienda." in _text(client, "/accounts/login/")

    def test_signing_out_asks_and_then_closes_the_desk(self, client: Client) -> None:
        _text(client, "/accounts/logout/")
        client.post("/accounts/logout/")
        assert client.get("/conversations/").status_code == 302

    def test_a_member_of_nothing_is_told_so(self, shop: Shop) -> None:
        Membership.objects.using("owner").all().delete()
        answer = signed_in(shop).get("/conversations/")
        assert answer.status_code == 403
        assert "Non consentito" in answer.content.decode()


def test_a_new_company_sees_what_to_do_next(
    django_database: str, static_files: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sportello import clock

    monkeypatch.setattr(clock, "now", lambda: NOW)
    client = signed_in(open_shop(NOW))

    assert "Nessuna conversazione aperta" in _text(client, "/conversations/")
    assert "Ancora nessuna notizia" in _text(client, "/channel/events")
    assert "Nulla messo da parte" in _text(client, "/channel/set-aside")


def test_the_demo_leads_to_its_phone(client: Client, settings_of_demo: None) -> None:
    assert "http://127.0.0.1:8001/phone" in _text(client, "/conversations/")


def test_the_policy_allows_nothing_but_our_own_files(client: Client) -> None:
    policy = client.get("/conversations/").headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert json.dumps(policy).count("http") == 0


def test_the_exact_time_behind_a_day_is_written_as_the_language_writes_months(
    client: Client, shop: Shop
) -> None:
    assert 'title="22 novembre 2026, ' in _text(client, f"/channel/numbers/{shop.number.pk}/")

    User.objects.using("owner").update(language="en")

    assert 'title="22 November 2026, ' in _text(client, f"/channel/numbers/{shop.number.pk}/")


class TestOwnPages:
    """What a person sets for themselves alone, and where it stands in the rail."""

    @pytest.mark.parametrize(
        ("path", "room"),
        [
            ("/profile/", "/profile/"),
            ("/accounts/2fa/", "/profile/"),
            ("/accounts/2fa/webauthn/", "/profile/"),
            ("/accounts/sessions/", "/profile/"),
            ("/accounts/password/change/", "/profile/"),
            ("/profile/notifications", "/notifications/"),
        ],
    )
    def test_the_rail_says_where_one_is(self, client: Client, path: str, room: str) -> None:
        rail = _text(client, path).partition("<main")[0]

        here = [link for link in rail.split("<a ") if 'aria-current="page"' in link]
        assert here, "nothing in the rail is current"
        assert all(f'href="{room}"' in link for link in here)

    def test_a_box_that_has_a_name_does_not_say_it_twice(self, client: Client) -> None:
        page = _text(client, "/accounts/password/change/").partition("<main")[2]

        assert 'type="password"' in page
        assert "placeholder" not in page
