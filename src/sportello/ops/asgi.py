"""One port for all: the edge in front, Django's pages behind it on a thread pool."""

import asyncio
import os
import sys
from importlib import import_module
from typing import Any

import uvicorn
from a2wsgi import WSGIMiddleware

from sportello.edge.app import make_app
from sportello.ops import observe
from sportello.ops.settings import Settings
from sportello.store import vault

# Meta keeps its connections: closing them after uvicorn's 5 s would cost a handshake each time.
_KEEP_ALIVE_S = 75


def serve_edge(
    settings: Settings, *, pages: bool, edge: bool = True, on_word: bool = False
) -> None:
    """Runs until SIGTERM: webhooks and live updates, the console's pages, or both on one port.

    `on_word`: reads its code, but neither tables nor files before standard input ends.
    """
    observe.set_up(settings.log_format, "edge" if edge else "web")
    if pages:
        _read_pages()
    if on_word:
        sys.stdin.buffer.read()
    app = _edge(settings, _pages(settings) if pages else None) if edge else _pages(settings)
    config = uvicorn.Config(
        app,
        host=settings.host,
        port=settings.port,
        http="httptools",
        loop="uvloop",
        lifespan="on" if edge else "off",
        log_config=None,
        access_log=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=5,
        server_header=False,
        date_header=True,
        backlog=1024,
    )
    asyncio.set_event_loop_policy(None)
    uvicorn.Server(config).run()


def _edge(settings: Settings, pages: Any) -> Any:
    secret = settings.app_secret
    verify = settings.verify_token
    database = settings.database_url
    assert database is not None, "the start gives the processes their database"
    return make_app(
        database_url=database.get_secret_value(),
        app_secrets=(secret.get_secret_value().encode(),) if secret else (),
        verify_token=verify.get_secret_value() if verify else "",
        ticket_key=settings.read_secret_key().encode(),
        fallback=pages,
        vault_key=vault.key_of(*settings.read_secret_keys()),
    )


def _read_pages() -> None:
    """All that the first page would otherwise read."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sportello.ops.django_settings")
    import django
    from django.conf import settings

    django.setup(set_prefix=False)
    import_module(settings.ROOT_URLCONF)


def _pages(settings: Settings) -> Any:
    from django.core.handlers.wsgi import WSGIHandler

    handler: Any = WSGIHandler()  # a2wsgi types its callable more narrowly than WSGI does
    return WSGIMiddleware(handler, workers=settings.web_threads)
