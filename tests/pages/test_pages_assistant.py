"""The assistant's settings: tone in versions, models with their keys, budgets."""

import re

import psycopg
import pytest
from django.conf import settings
from django.test import Client

from sportello.schema.models import Conduct, FileReading, LanguageModel, Membership, ModelBudget
from sportello.store import vault
from tests.pages.reviews import reviews
from tests.pages.shop import Shop

_TONE = {
    "form": "tu",
    "signature": "Bottega",
    "persona": "allegri e brevi",
    "forbidden": "assolutamente\n\n gratis ",
    "topics": "rimborso",
}
_MODEL = {
    "place": "0",
    "m0-enabled": "on",
    "m0-provider": "openai",
    "m0-base_url": "https://models.example/v1/",
    "m0-model": "small",
    "m0-key": "sk-very-secret-1234",
    "m0-price_in": "0.15",
    "m0-price_out": "0.6",
}


def _conduct() -> Conduct:
    return Conduct.objects.using("owner").order_by("-version")[0]


def test_each_saving_is_a_version_and_an_older_one_comes_back(client: Client, shop: Shop) -> None:
    client.post("/assistant/tone", _TONE)
    first = _conduct()
    assert (first.version, first.form, first.forbidden) == (1, "tu", ["assolutamente", "gratis"])
    client.post("/assistant/tone", _TONE)  # nothing has changed
    assert _conduct().version == 1
    client.post("/assistant/tone", _TONE | {"form": "lei", "topics": ""})
    assert _conduct().version == 2

    shown = client.get("/assistant/tone").content.decode()
    assert "<del>rimborso</del>" in shown
    answer = client.post(f"/assistant/tone/{first.pk}/restoration")

    assert answer.status_code == 302
    assert (_conduct().version, _conduct().form, _conduct().topics) == (3, "tu", ["rimborso"])


@pytest.mark.parametrize(
    "wrong",
    [
        {"silent_from": "22:00"},
        {"form": "voi"},
        {"forbidden": "x" * 200},
    ],
)
def test_a_tone_that_cannot_be_comes_back(client: Client, wrong: dict[str, str]) -> None:
    assert client.post("/assistant/tone", _TONE | wrong).status_code == 422
    assert not Conduct.objects.using("owner").exists()


def test_a_model_s_key_is_sealed_and_never_shown_again(
    client: Client, shop: Shop, console_url: str
) -> None:
    client.post("/assistant/model", _MODEL)

    model = LanguageModel.objects.using("owner").get()
    assert (model.base_url, model.model, model.key_last4) == (
        "https://models.example/v1",
        "small",
        "1234",
    )
    assert (model.price_in_micros, model.price_out_micros) == (150_000, 600_000)
    shown = client.get("/assistant/model").content.decode()
    assert "sk-very-secret" not in shown
    assert "•••• 1234" in shown
    with psycopg.connect(console_url) as connection:
        connection.execute(
            "SELECT set_config('sportello.workspace', %s, false)", [str(model.workspace_id)]
        )
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT sealed FROM sportello_modelkey")
    with psycopg.connect(console_url.replace("sportello_console", "sportello_worker")) as worker:
        row = worker.execute("SELECT sealed FROM sportello_modelkey").fetchone()
    assert row is not None
    place = f"sportello_modelkey:sealed:{model.pk}"
    assert vault.unseal(vault.key_of(settings.SECRET_KEY), row[0], place) == "sk-very-secret-1234"


def test_a_key_does_not_go_to_another_address(client: Client, shop: Shop) -> None:
    client.post("/assistant/model", _MODEL)

    moved = _MODEL | {"m0-key": "", "m0-base_url": "https://evil.example/v1"}
    assert client.post("/assistant/model", moved).status_code == 422
    kept = _MODEL | {"m0-key": "", "m0-model": "large"}
    assert client.post("/assistant/model", kept).status_code == 302

    model = LanguageModel.objects.using("owner").get()
    assert (model.model, model.key_last4) == ("large", "1234")


@pytest.mark.parametrize(
    "address", ["ftp://x.example", "https://a:b@x.example", "models.example", "https://x y.example"]
)
def test_an_address_that_is_none_comes_back(client: Client, address: str) -> None:
    answer = client.post("/assistant/model", _MODEL | {"m0-base_url": address})

    assert answer.status_code == 422
    assert not LanguageModel.objects.using("owner").exists()


def test_a_model_is_tried_by_the_worker_and_removed_with_its_key(
    client: Client, shop: Shop
) -> None:
    client.post("/assistant/model", _MODEL)
    model = LanguageModel.objects.using("owner").get()

    client.post(f"/assistant/model/{model.pk}/trial")
    model.refresh_from_db(using="owner")
    assert model.test_state == "waiting"
    LanguageModel.objects.using("owner").update(test_state="failed", test_reason="refused_key")
    told = client.get(f"/assistant/model/{model.pk}/trial").content.decode()
    assert "accept" in told or "accetta" in told

    client.post(f"/assistant/model/{model.pk}/removal")
    assert not LanguageModel.objects.using("owner").exists()


def test_budgets_are_kept_in_millionths_and_may_be_empty(client: Client, shop: Shop) -> None:
    client.post("/assistant/model/budget", {"currency": "EUR", "day": "2.5", "month": ""})

    kept = ModelBudget.objects.using("owner").get()
    assert (kept.chat_micros, kept.day_micros, kept.month_micros) == (None, 2_500_000, None)


_FILES = {
    "files-documents": "on", "files-voice": "on", "files-voice_url": "https://ears.example/v1/",
    "files-voice_model": "whisper", "files-voice_key": "sk-very-secret-5678",
    "files-voice_minute": "0.006",
}  # fmt: skip


def test_who_reads_files_is_kept_with_a_sealed_key_that_stays_with_its_address(
    client: Client, shop: Shop, console_url: str
) -> None:
    answer = client.post("/assistant/model/files", _FILES)

    assert answer.status_code == 302
    kept = FileReading.objects.using("owner").get()
    assert (kept.documents, kept.voice, kept.voice_url, kept.voice_minute_micros) == (
        True, True, "https://ears.example/v1", 6_000,
    )  # fmt: skip
    page = client.get("/assistant/model").content.decode()
    assert "•••• 5678" in page
    assert "sk-very-secret" not in page
    with psycopg.connect(console_url.replace("sportello_console", "sportello_worker")) as worker:
        row = worker.execute("SELECT sealed FROM sportello_voicekey").fetchone()
    assert row is not None
    place = f"sportello_voicekey:sealed:{shop.workspace.pk}"
    assert vault.unseal(vault.key_of(settings.SECRET_KEY), row[0], place) == "sk-very-secret-5678"

    moved = _FILES | {"files-voice_key": "", "files-voice_url": "https://evil.example"}
    assert client.post("/assistant/model/files", moved).status_code == 422
    assert (
        client.post("/assistant/model/files", _FILES | {"files-voice_url": ""}).status_code == 422
    )
    assert (
        client.post("/assistant/model/files", _FILES | {"files-voice_key": ""}).status_code == 302
    )
    kept.refresh_from_db(using="owner")
    assert (kept.voice_url, kept.voice_key_last4) == ("https://ears.example/v1", "5678")


@pytest.mark.parametrize(
    "path",
    ["/assistant/tone", "/assistant/model", "/assistant/model/budget", "/assistant/model/files"],
)
def test_an_operator_looks_and_changes_nothing(client: Client, shop: Shop, path: str) -> None:
    Membership.objects.using("owner").update(role="operator")

    assert client.post(path, _TONE | _MODEL | {"currency": "EUR"}).status_code == 403
    assert not Conduct.objects.using("owner").exists()
    assert not LanguageModel.objects.using("owner").exists()


def test_what_models_cost_is_told_by_what_it_was_for(client: Client, shop: Shop) -> None:
    assert (
        "non è stato interpellato nessun modello" in client.get("/assistant/model").content.decode()
    )
    reviews(shop)

    page = client.get("/assistant/model").content.decode()

    rows = re.findall(r'<th scope="row">([^<]+)</th><td class="num">(\d+)</td>', page)
    assert rows == [
        ("File dei clienti messi in parole", "1"), ("Prove e test", "2"),
        ("Risposte ai clienti", "2"), ("Riassunti e traduzioni", "1"), ("In tutto", "6"),
    ]  # fmt: skip
    assert "0,009635" in page
