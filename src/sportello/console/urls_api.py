"""Where the outward API lies; `urls` includes it."""

from django.urls.resolvers import RoutePattern, URLResolver


class _Later(URLResolver):
    """Addresses that are read when somebody asks for one of them: to read the whole API takes as
    long as all pages do, and no page names an address of it.
    """

    def _populate(self) -> None:
        """Nothing: of an included part with a name of its own Django keeps that name alone."""


urlpatterns = [
    _Later(
        RoutePattern("api/v1/"),
        "sportello.console.api.addresses",
        app_name="ninja",
        namespace="api",
    )
]
