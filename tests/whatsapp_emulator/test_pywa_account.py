"""Somebody else's client, pywa, unmodified, manages numbers, templates, blocks and links."""

import asyncio

import httpx
import pytest

pywa = pytest.importorskip("pywa")
from pywa import types as t  # noqa: E402 - only where pywa is installed
from pywa.types import templates as tt  # noqa: E402  # only where pywa is installed

ANNA = "393471112201"
PNG = b"\x89PNG\r\n\x1a\n" + b"0" * 90
DAY = 86_400
at_once = asyncio.to_thread


class ToEmulator(httpx.HTTPTransport):
    """Carries what is meant for Meta's hosts to the emulator; the client knows nothing."""

    def __init__(self, url: str) -> None:
        super().__init__()
        self._there = httpx.URL(url)

    def handle_request(self, request):
        if request.url.host in ("graph.facebook.com", "api.facebook.com"):
            there = self._there
            request.url = request.url.copy_with(
                scheme=there.scheme, host=there.host, port=there.port
            )
            request.headers["Host"] = f"{there.host}:{there.port}"
        return super().handle_request(request)


def run(play, act, **settings):
    """`act(p, wa)` is a coroutine; calls of the blocking client go through `at_once`."""

    async def scene(p):
        with httpx.Client(transport=ToEmulator(p.url)) as session:
            wa = pywa.WhatsApp(
                phone_id=p.number,
                token=p.settings.access_token,
                session=session,
                waba_id=p.waba,
                app_id=p.settings.app_id,
                app_secret=p.settings.app_secret,
            )
            await act(p, wa)

    play(scene, **settings)


def test_the_account_and_its_number_read_as_pywa_expects(play):
    async def act(p, wa):
        account = await at_once(wa.get_business_account)
        assert account.id == p.waba
        owned = await at_once(
            lambda: list(wa.get_owned_business_accounts(
                business_portfolio_id=p.settings.business_id
            ))
        )  # fmt: skip
        assert [w.id for w in owned] == [p.waba]
        number = await at_once(wa.get_business_phone_number)
        assert number.display_phone_number == "+39 06 1234 5678"
        numbers = await at_once(lambda: list(wa.get_business_phone_numbers()))
        assert [n.id for n in numbers] == [p.number]
        settings = await at_once(wa.get_business_phone_number_settings)
        assert settings.calling is not None
        commands = [t.Command(name="orari", description="Quando siamo aperti")]
        assert await at_once(wa.update_conversational_automation, ["Dove siete?"], commands)
        assert (await at_once(wa.update_commerce_settings, True, False)).success
        assert (await at_once(wa.get_commerce_settings)).is_catalog_visible is True
        token = await at_once(
            wa.get_app_access_token, int(p.settings.app_id), p.settings.app_secret
        )
        assert token == f"{p.settings.app_id}|{p.settings.app_secret}"

    run(play, act)


def test_a_number_is_registered_named_and_deregistered(play):
    async def act(p, wa):
        assert (await at_once(wa.deregister_phone_number)).success
        assert (await at_once(wa.register_phone_number, "123456")).success
        status = await at_once(wa.set_username, "bottega.azzurra")
        assert status.status == "approved"
        current = await at_once(wa.get_current_username)
        assert current.username == "bottega.azzurra"
        assert isinstance(await at_once(wa.get_reserved_usernames), tuple)
        assert (await at_once(wa.delete_username)).success

    run(play, act)


def test_people_are_blocked_and_links_are_made(play):
    async def act(p, wa):
        await p.says("Ciao")
        done = await at_once(wa.block_users, [ANNA])
        assert [u.wa_id for u in done.added_users] == [ANNA]
        blocked = await at_once(lambda: list(wa.get_blocked_users()))
        assert [u.wa_id for u in blocked] == [ANNA]
        undone = await at_once(wa.unblock_users, [ANNA])
        assert [u.wa_id for u in undone.removed_users] == [ANNA]
        code = await at_once(wa.create_qr_code, "Vorrei prenotare")
        assert code.qr_image_url.endswith(".png")
        await at_once(wa.update_qr_code, code.code, "Vorrei ordinare")
        found = await at_once(lambda: wa.get_qr_code(code.code, image_type="SVG"))
        assert (found.prefilled_message, found.qr_image_url[-4:]) == ("Vorrei ordinare", ".svg")
        assert len(await at_once(lambda: list(wa.get_qr_codes()))) == 1
        assert (await at_once(wa.delete_qr_code, code.code)).success

    run(play, act)


def test_templates_are_kept_compared_archived_and_unpaused(play):
    async def act(p, wa):
        made = await p.template()
        await at_once(wa.archive_templates, [made["id"]])
        shown = await at_once(wa.get_template, made["id"])
        assert shown.status == tt.TemplateStatus.ARCHIVED
        await at_once(wa.unarchive_templates, [made["id"]])
        await p.sim("POST", f"templates/{made['id']}/pause", {"pacing": True})
        assert (await at_once(wa.unpause_template, made["id"])).success
        other = await p.template(
            name="altro", components=[{"type": "BODY", "text": "La aspettiamo domani."}]
        )
        start = int(p.settings.start) - DAY
        compared = await at_once(
            lambda: wa.compare_templates(made["id"], other["id"], start=start, end=start + 7 * DAY)
        )
        assert compared is not None

    run(play, act)


def test_a_header_sample_travels_by_resumable_upload(play, tmp_path):
    picture = tmp_path / "foto.png"
    picture.write_bytes(PNG)

    async def act(p, wa):
        template = tt.Template(
            name="foto",
            language=tt.TemplateLanguage.ITALIAN,
            category=tt.TemplateCategory.UTILITY,
            components=[
                tt.HeaderImage(example=picture),
                tt.BodyText("Ecco la foto del suo ordine, grazie."),
            ],
        )
        made = await at_once(wa.create_template, template)
        listed = await at_once(lambda: list(wa.get_templates()))
        assert [x.id for x in listed] == [made.id]

    run(play, act)
