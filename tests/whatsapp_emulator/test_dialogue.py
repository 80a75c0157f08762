"""The embedded signup as a browser sees it: the SDK's popup, the message, the code."""

import json
import shutil
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from playwright.async_api import async_playwright, expect

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SITE = """<!doctype html><html lang="it"><button>Collega</button><script>
window.told = []; window.answers = [];
window.fbAsyncInit = () => FB.init({appId: "APP", version: "v26.0"});
window.addEventListener("message", (e) => {
  if (e.origin === "HOME" && typeof e.data === "string") told.push(JSON.parse(e.data));
});
document.querySelector("button").onclick = () => FB.login((a) => answers.push(a), {
  config_id: "1", response_type: "code", override_default_response_type: true,
  extras: {setup: {}, sessionInfoVersion: "3"}});
</script><script src="HOME/it_IT/sdk.js"></script></html>"""

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="no chromium (apt install chromium)"),
]


@asynccontextmanager
async def site(p):
    """A business's page with the SDK on it, open in a browser 390 pixels wide."""
    text = SITE.replace("HOME", p.url).replace("APP", p.settings.app_id)

    async def page(_request: web.Request) -> web.Response:
        return web.Response(text=text, content_type="text/html")

    app = web.Application()
    app.router.add_get("/", page)
    async with TestServer(app) as server, async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        try:
            context = await browser.new_context(viewport={"width": 390, "height": 844})
            context.set_default_timeout(30_000)
            opened = await context.new_page()
            await opened.goto(str(server.make_url("/")))
            yield opened
        finally:
            await browser.close()


async def popup_of(page):
    async with page.expect_popup() as popping:
        await page.click("button")
    popup = await popping.value
    await popup.set_viewport_size({"width": 390, "height": 844})
    return popup


async def outcome(page) -> tuple[dict, dict]:
    """What the page was told, and what FB.login answered."""
    await page.wait_for_function("answers.length > 0")
    return (await page.evaluate("told"))[-1], (await page.evaluate("answers"))[-1]


def test_a_new_business_connects_and_its_code_is_good(play):
    async def scene(p):
        async with site(p) as page:
            popup = await popup_of(page)
            await expect(popup.get_by_role("heading")).to_have_text("Collega un account a WhatsApp")
            await popup.get_by_label("Uno nuovo").check()
            await popup.get_by_label("Nome dell'azienda").fill("Salone Rosa")
            await popup.get_by_label("Numero di telefono").fill("054612345")
            wide = await popup.evaluate("document.documentElement.scrollWidth")
            assert wide <= 390
            await popup.get_by_role("button", name="Continua").click()
            told, answer = await outcome(page)
        assert (told["type"], told["event"]) == ("WA_EMBEDDED_SIGNUP", "FINISH")
        query = {
            "client_id": p.settings.app_id,
            "client_secret": p.settings.app_secret,
            "code": answer["authResponse"]["code"],
        }
        status, given = await p.graph("GET", "oauth/access_token", params=query, token="")
        assert status == 200, json.dumps(given)
        number = told["data"]["phone_number_id"]
        assert (await p.graph("GET", number, token=given["access_token"]))[0] == 200

    play(scene, webhook=False)


def test_who_cancels_or_fails_gives_no_code(play):
    async def scene(p):
        async with site(p) as page:
            for turn, (button, event) in enumerate((("Annulla", "CANCEL"), ("Fallisci", "ERROR"))):
                popup = await popup_of(page)
                await popup.get_by_role("button", name=button).click()
                await page.wait_for_function(f"answers.length > {turn}")
                told, answer = await outcome(page)
                assert told["event"] == event
                assert answer["authResponse"] is None

    play(scene, webhook=False)


def test_without_a_popup_the_code_comes_back_by_redirect_in_english(play):
    async def scene(p):
        async with site(p) as page:
            back = page.url
            ask = f"client_id={p.settings.app_id}&redirect_uri={back}&state=s1&locale=en_US"
            await page.goto(f"{p.url}/v26.0/dialog/oauth?{ask}")
            await page.get_by_role("button", name="Continue").click()
            await page.wait_for_url(f"{back}?code=*")
            assert "state=s1" in page.url

    play(scene, webhook=False)
