"""Hypothesis without a stop-watch: a busy machine is not a broken decoder."""

from hypothesis import settings

settings.register_profile("whatsapp", deadline=None)
settings.load_profile("whatsapp")
