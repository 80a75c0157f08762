"""The Django application of the pages."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    name = "sportello.console"
    label = "console"

    def ready(self) -> None:
        from sportello.console.team import sessions

        sessions.watch()
