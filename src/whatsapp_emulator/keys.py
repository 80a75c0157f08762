"""Where the running emulator is kept on the aiohttp application."""

from aiohttp import web

from whatsapp_emulator.emulator import Emulator

EMULATOR: web.AppKey[Emulator] = web.AppKey("emulator", Emulator)
