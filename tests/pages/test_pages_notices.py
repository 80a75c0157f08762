"""Notices: the bell, the list, what one chooses, and the browsers that are woken."""

from django.test import Client

from sportello.schema.models import Membership, Notice, NoticeWish, PushPlace, User
from tests.pages.conftest import NOW
from tests.pages.shop import Shop

_ADDRESS = "https://push.example/abc"


def _notice(shop: Shop, user: User) -> Notice:
    chat = shop.chats["Carla Neri"]
    return Notice.objects.using("owner").create(
        workspace=shop.workspace, user=user, kind="handed_over", conversation_id=chat.pk, at=NOW
    )


def test_the_bell_counts_what_is_new_and_the_list_leads_there(client: Client, shop: Shop) -> None:
    Notice.objects.using("owner").all().delete()  # what the shop itself brought about
    assert client.get("/notifications/fresh").json()["count"] == 0
    row = _notice(shop, shop.user)
    colleague = User.objects.using("owner").create(email="altra@example.org")
    Membership.objects.using("owner").create(workspace=shop.workspace, user=colleague)
    _notice(shop, colleague)

    told = client.get("/notifications/fresh").json()
    page = client.get("/notifications/").content.decode()

    assert (told["count"], told["newest"]) == (1, row.pk)
    assert told["url"] == f"/conversations/{row.conversation_id}/"
    assert "Carla" not in told["words"]
    assert page.count('class="is-new"') == 1
    assert "Carla Neri" in page
    client.post("/notifications/seen")
    assert client.get("/notifications/fresh").json()["count"] == 0
    assert Notice.objects.using("owner").filter(seen_at=None).count() == 1


def test_a_number_is_called_as_people_read_it(client: Client, shop: Shop) -> None:
    Notice.objects.using("owner").create(
        workspace=shop.workspace, user=shop.user, kind="blocked", thing_id=shop.number.pk, at=NOW
    )

    assert "+39 06 1234 5678" in client.get("/notifications/").content.decode()


def test_a_person_chooses_of_what_and_when(client: Client, shop: Shop) -> None:
    page = "/profile/notifications"
    assert client.get(page).content.decode().count(" checked") == 6

    assert client.post(page, {"events": ["tutto"]}).status_code == 422
    assert client.post(page, {"events": [], "quiet_from": "22:00"}).status_code == 422
    chosen = {"events": ["assigned"], "quiet_from": "22:00", "quiet_until": "07:00"}
    assert client.post(page, chosen).status_code == 302

    row = NoticeWish.objects.using("owner").get()
    assert (row.user_id, row.events, str(row.quiet_until)) == (
        shop.user.pk,
        ["assigned"],
        "07:00:00",
    )
    assert client.get(page).content.decode().count(" checked") == 1


def test_a_browser_is_kept_once_by_an_https_address_and_removed(client: Client, shop: Shop) -> None:
    at = "/profile/notifications/push"
    for wrong in (
        "",
        "push",
        "http://push.example/x",
        "https://u:p@push.example",
        "https://x/" + "y" * 1000,
    ):
        assert client.post(at, {"address": wrong}).status_code == 422, wrong

    for _ in range(2):
        assert client.post(at, {"address": _ADDRESS}).status_code == 204

    place = PushPlace.objects.using("owner").get()
    assert (place.user_id, place.address) == (shop.user.pk, _ADDRESS)
    client.post(f"{at}/{place.pk}/end")
    assert not PushPlace.objects.using("owner").exists()


def test_a_colleague_s_browser_is_nobody_else_s_matter(client: Client, shop: Shop) -> None:
    colleague = User.objects.using("owner").create(email="altra@example.org")
    place = PushPlace.objects.using("owner").create(
        workspace=shop.workspace, user=colleague, address=_ADDRESS
    )

    assert client.post(f"/profile/notifications/push/{place.pk}/end").status_code == 404
    assert _ADDRESS not in client.get("/profile/notifications").content.decode()


def test_the_script_of_woken_browsers_lies_at_the_root_and_knows_nobody(shop: Shop) -> None:
    told = Client(SERVER_NAME="localhost").get("/push-worker.js")
    script = b"".join(told).decode()  # type: ignore[arg-type]  # it streams

    assert told["Content-Type"].startswith("text/javascript")
    assert "showNotification" in script
    assert "event.data" not in script


def test_a_note_offers_colleagues_and_tells_whom_it_names_alone(
    client: Client, shop: Shop, stranger: Shop
) -> None:
    for name in ("Marta Riva", "Marta Bo", "Élio (turno B)", ""):
        email = f"{len(name)}@example.org"
        user = User.objects.using("owner").create(email=email, name=name)
        Membership.objects.using("owner").create(workspace=shop.workspace, user=user)
    chat = shop.chats["Bruno Verdi"]

    offered = client.get("/colleagues").json()["items"]
    for text in (
        "@Marta Riva e @élio (turno b), guardate",
        "mail@marta.example",
        "chiedi a @marta",
    ):
        client.post(f"/conversations/{chat.pk}/messages", {"kind": "note", "text": text})

    assert [one["name"] for one in offered] == ["Marta Bo", "Marta Riva", "Élio (turno B)"]
    named = Notice.objects.using("owner").filter(kind="mentioned").order_by("pk")
    told = sorted(named.values_list("user__name", flat=True))
    assert told == ["Marta Bo", "Marta Riva", "Marta Riva", "Élio (turno B)"]
