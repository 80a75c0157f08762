"""The phone on screen: one page and its static files, served from this folder."""

from pathlib import Path

from aiohttp import web

HERE = Path(__file__).parent
STATIC = HERE / "static"


def add_phone(app: web.Application) -> None:
    app.router.add_get("/phone", _page)
    app.router.add_get("/phone/", _page)
    if STATIC.is_dir():
        app.router.add_static("/phone/static", STATIC)


async def _page(_request: web.Request) -> web.StreamResponse:
    page = HERE / "index.html"
    if not page.is_file():
        raise web.HTTPNotFound(text="This installation has no phone page.")
    return web.FileResponse(page, headers={"Cache-Control": "no-cache"})
