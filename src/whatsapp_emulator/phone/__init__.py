"""The phone on screen: one page and its static files, served from this folder, and its routes."""

from whatsapp_emulator.phone.routes import add_phone

__all__ = ["add_phone"]
