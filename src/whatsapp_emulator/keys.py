"""What the parts of the HTTP face know each other by: the running emulator, the paths of Graph."""

from aiohttp import web

from whatsapp_emulator.emulator import Emulator

EMULATOR: web.AppKey[Emulator] = web.AppKey("emulator", Emulator)
GRAPH_PATHS = ("/{version}/{node}/{edge}", "/{path}")
"""Whatever leads to the Graph API: its commonest shape, which is found first, and all else."""
