"""A change is tried before it is published; what people say of answers is learnt from."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sportello.console.library.differences import difference
from sportello.schema.models import (
    Conduct,
    Correction,
    Document,
    Fitting,
    Message,
    Pair,
    Proposal,
    QuestionSet,
    Rehearsal,
    SetQuestion,
    Turn,
)
from tests.pages.conftest import NOW
from tests.pages.holdings import holdings
from tests.pages.reviews import published, reviews
from tests.pages.shop import Shop

_PAIR = {"question": "Fate pacchetti regalo?", "answer": "Sì, gratis.", "language": "it"}
_NEW = _PAIR | {"variants": "", "enabled": "on"}
_TRY = "Prova prima di pubblicare"


@pytest.fixture
def kept(shop: Shop) -> None:
    """A question that must keep its answer: without one there is nothing to try with."""
    made = QuestionSet.objects.using("owner").create(workspace=shop.workspace, name="Base")
    SetQuestion.objects.using("owner").create(
        workspace=shop.workspace, of_set=made, question="Quando arriva?", band="answer"
    )


def _newest() -> Rehearsal:
    return Rehearsal.objects.using("owner").order_by("-pk")[0]


def test_trying_is_offered_once_there_is_a_question_to_ask(client: Client, shop: Shop) -> None:
    assert _TRY not in client.get("/knowledge/new").content.decode()
    made = QuestionSet.objects.using("owner").create(workspace=shop.workspace, name="Base")
    SetQuestion.objects.using("owner").create(
        workspace=shop.workspace, of_set=made, question="Quando arriva?"
    )
    page = client.get("/knowledge/new").content.decode()
    assert _TRY in page
    assert "Salva" not in page


@pytest.mark.usefixtures("kept")
def test_a_new_pair_is_written_when_it_is_published_and_not_before(
    client: Client, shop: Shop
) -> None:
    known = Pair.objects.using("owner").count()

    answer = client.post("/knowledge/new", _NEW)

    told = _newest()
    assert answer["Location"] == f"/knowledge/rehearsals/{told.pk}/"
    assert Pair.objects.using("owner").count() == known
    page = client.get(answer["Location"]).content.decode()
    assert "hx-get" in page
    assert "<ins>Sì, gratis.</ins>" in page

    client.post(f"/knowledge/rehearsals/{told.pk}/publication")

    assert Pair.objects.using("owner").get(question=_PAIR["question"]).answer == "Sì, gratis."
    assert _newest().state == "published"
    assert client.post(f"/knowledge/rehearsals/{told.pk}/publication").status_code == 404
    assert shop.workspace.pk == told.workspace_id


@pytest.mark.usefixtures("kept")
def test_what_was_changed_meanwhile_is_not_written_over(client: Client, shop: Shop) -> None:
    pair = shop.pairs["Posso fare un reso?"]
    client.post(f"/knowledge/{pair.pk}/", _NEW)
    told = _newest()
    published(client, f"/knowledge/{pair.pk}/", _NEW | {"answer": "Un'altra mano."})

    page = client.post(f"/knowledge/rehearsals/{told.pk}/publication", follow=True)

    pair.refresh_from_db(using="owner")
    assert pair.answer == "Un'altra mano."
    assert "Nel frattempo è stato cambiato" in page.content.decode()
    client.post(f"/knowledge/rehearsals/{told.pk}/dropping")
    told.refresh_from_db(using="owner")
    assert told.state == "dropped"


@pytest.mark.usefixtures("kept")
def test_a_tone_is_a_version_only_once_it_is_published(client: Client, shop: Shop) -> None:
    form = {"form": "tu", "topics": "rimborso", "silent_from": "22:00", "silent_until": "07:30"}

    client.post("/assistant/tone", form)

    told = _newest()
    assert not Conduct.objects.using("owner").exists()
    assert "22:00" in client.get(f"/knowledge/rehearsals/{told.pk}/").content.decode()
    client.post(f"/knowledge/rehearsals/{told.pk}/publication")
    made = Conduct.objects.using("owner").get(workspace=shop.workspace)
    assert (made.form, made.topics, f"{made.silent_until:%H:%M}") == ("tu", ["rimborso"], "07:30")


@pytest.mark.usefixtures("kept")
def test_a_new_version_of_a_page_goes_from_its_trial_into_the_index(
    client: Client, shop: Shop
) -> None:
    document = holdings(shop)["review"]
    assert _TRY in client.get(f"/knowledge/documents/{document.pk}/").content.decode()

    client.post(f"/knowledge/documents/{document.pk}/publication")

    document.refresh_from_db(using="owner")
    assert document.state == "review"
    client.post(f"/knowledge/rehearsals/{_newest().pk}/publication")
    document.refresh_from_db(using="owner")
    assert document.state == "indexing"


@pytest.mark.usefixtures("kept")
def test_the_pages_of_a_site_are_tried_as_one_change(client: Client, shop: Shop) -> None:
    page = holdings(shop)["review"]
    assert "Prova 1 pagina prima di pubblicare" in client.get("/knowledge/pages/").content.decode()

    answer = client.post(f"/knowledge/pages/sites/{page.site_id}/publication")

    told = _newest()
    assert (told.kind, told.draft) == ("document", {"documents": [page.pk]})
    told.state, told.total, told.counts = "done", 3, {"same": 3, "new": 1240, "tried": 400}
    told.save(using="owner")
    shown = client.get(answer["Location"]).content.decode()
    assert page.title in shown
    assert "Dei 1240 passaggi o domande nuovi sono stati provati i 400" in shown
    client.post(f"/knowledge/rehearsals/{told.pk}/publication")
    page.refresh_from_db(using="owner")
    assert page.state == "indexing"


@pytest.mark.usefixtures("kept")
def test_a_new_document_waits_to_be_tried(client: Client) -> None:
    file = SimpleUploadedFile("listino.txt", b"Un listino di prezzi.")

    client.post("/knowledge/documents/", {"file": file, "language": "it"})

    assert not Document.objects.using("owner").get().publishes_itself


@pytest.mark.usefixtures("kept")
def test_an_older_tone_and_what_is_the_same(client: Client, shop: Shop) -> None:
    published(client, "/assistant/tone", {"form": "tu"})
    published(client, "/assistant/tone", {"form": "lei"})
    older = Conduct.objects.using("owner").get(version=1)

    published(client, f"/assistant/tone/{older.pk}/restoration", {})
    known = Rehearsal.objects.using("owner").count()
    pair = shop.pairs["Posso fare un reso?"]
    same = _PAIR | {"question": pair.question, "answer": pair.answer, "enabled": "on"}
    client.post("/assistant/tone", {"form": "tu"})
    client.post(f"/knowledge/{pair.pk}/", same | {"variants": "\n".join(pair.variants)})

    newest = Conduct.objects.using("owner").get(version=3)
    assert newest.form == "tu"
    assert Rehearsal.objects.using("owner").count() == known


def test_a_proposal_that_was_tried_is_accepted_by_publishing_it(client: Client, shop: Shop) -> None:
    reviews(shop)
    proposal = Proposal.objects.using("owner").get(kind="edit")

    client.post(f"/knowledge/review/{proposal.pk}/acceptance")
    told = _newest()
    assert (told.proposal_id, told.pair_id) == (proposal.pk, proposal.pair_id)
    client.post(f"/knowledge/rehearsals/{told.pk}/publication")

    proposal.refresh_from_db(using="owner")
    assert proposal.state == "accepted"
    pair = Pair.objects.using("owner").get(pk=proposal.pair_id)
    assert pair.answer == proposal.answer
    remembered = SetQuestion.objects.using("owner").get(question="quanto ci mette il pacco?")
    assert remembered.pair_id == pair.pk


def test_what_was_won_and_lost_is_shown_losses_first(client: Client, shop: Shop) -> None:
    reviews(shop)

    page = client.get(f"/knowledge/rehearsals/{_newest().pk}/").content.decode()

    assert "37 uguali, su 40 poste" in page
    assert page.index("arriva in 3 giorni?") < page.index("quanto ci mette il pacco?")
    assert "hx-get" not in page


def _judged(shop: Shop) -> tuple[Message, Turn, Pair]:
    said, _run = reviews(shop)
    turn = Turn.objects.using("owner").get(message=said)
    return said, turn, shop.pairs["Posso fare un reso?"]


def test_right_wrong_and_another_one_are_kept_one_for_each_answer(
    client: Client, shop: Shop
) -> None:
    said, turn, other = _judged(shop)
    turn.found = [turn.found[0], turn.found[1] | {"pair_id": other.pk}]
    turn.save(using="owner")
    to = f"/knowledge/review/messages/{said.pk}/correction"

    for verdict, kind, pair in (
        ("right", "right", turn.found[0]["pair_id"]),
        ("wrong", "wrong", turn.found[0]["pair_id"]),
        (str(other.pk), "other", other.pk),
    ):
        assert client.post(to, {"verdict": verdict}).status_code == 302
        kept = Correction.objects.using("owner").get(turn=turn)
        assert (kept.kind, kept.pair_id) == (kind, pair)
    assert Fitting.objects.using("owner").get().due_at is not None
    for nonsense in ("", "maybe", "9" * 30, "0"):
        assert client.post(to, {"verdict": nonsense}).status_code == 404


def test_the_setting_speaks_of_the_companys_own_questions_once_it_was_measured(
    client: Client, shop: Shop
) -> None:
    before = client.get("/assistant/").content.decode()
    assert "Servono ancora 50 domande" in before
    assert "risponde al 52%, sbaglia 1 volta su 7" in before
    Fitting.objects.using("owner").create(
        workspace=shop.workspace,
        fitted_at=NOW,
        labels=64,
        answerable=50,
        figures=[
            {"from": 0.48, "answered": 0.62, "wrong": 0.1},
            {"from": 0.53, "answered": 0.6, "wrong": 0.08},
        ],
    )

    page = client.get("/assistant/").content.decode()

    assert "risponde al 61%, sbaglia 1 volta su 11" in page
    assert "64 domande dell" in page
    client.post("/assistant/measurement")
    assert Fitting.objects.using("owner").get().due_at is not None


@pytest.mark.usefixtures("kept")
def test_a_file_is_tried_as_a_whole_and_comes_in_when_it_is_published(
    client: Client, shop: Shop
) -> None:
    known = shop.pairs["Posso fare un reso?"]
    rows = f"{known.question};Sì, entro 90 giorni.\nFate pacchetti regalo?;Sì, gratis.\nOrari?;\n"

    def given() -> dict[str, object]:
        raw = f"domanda;risposta\n{rows}".encode()
        return {"file": SimpleUploadedFile("domande.csv", raw), "language": "it"}

    assert _TRY in client.get("/knowledge/import").content.decode()
    answer = client.post("/knowledge/import", given())

    told = _newest()
    assert answer["Location"] == f"/knowledge/rehearsals/{told.pk}/"
    assert not Pair.objects.using("owner").filter(question="Fate pacchetti regalo?").exists()
    page = client.get(answer["Location"]).content.decode()
    assert "<ins>Sì, gratis.</ins>" in page
    assert "90" in page
    assert "Queste righe restano fuori" in page

    client.post(f"/knowledge/rehearsals/{told.pk}/publication")

    known.refresh_from_db(using="owner")
    assert known.answer == "Sì, entro 90 giorni."
    assert (
        Pair.objects.using("owner").get(question="Fate pacchetti regalo?").answer == "Sì, gratis."
    )
    assert _newest().state == "published"


@pytest.mark.usefixtures("kept")
def test_a_file_is_not_published_over_what_changed_meanwhile(client: Client, shop: Shop) -> None:
    known = shop.pairs["Posso fare un reso?"]
    raw = f"domanda;risposta\n{known.question};Entro 90 giorni.\n".encode()
    file = SimpleUploadedFile("domande.csv", raw)
    client.post("/knowledge/import", {"file": file, "language": "it"})
    told = _newest()
    published(client, f"/knowledge/{known.pk}/", _NEW | {"question": known.question})

    page = client.post(f"/knowledge/rehearsals/{told.pk}/publication", follow=True)

    assert "el frattempo è stato cambiato" in page.content.decode()
    known.refresh_from_db(using="owner")
    assert known.answer == "Sì, gratis."
    told.refresh_from_db(using="owner")
    assert told.state != "published"


def test_a_word_is_shown_in_its_place_and_another_text_as_a_whole() -> None:
    mended = difference("In 2 o 3 giorni.", "In 2 o 4 giorni.")
    other = difference("Passo la domanda a una persona.", "Arriva in 2 o 4 giorni, di solito.")

    assert [(one.kind, one.text) for one in mended if one.kind != "same"] == [
        ("gone", "3"), ("new", "4"),
    ]  # fmt: skip
    assert [one.kind for one in other] == ["gone", "same", "new"]
