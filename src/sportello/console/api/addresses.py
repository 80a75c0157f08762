"""The API's addresses, below its prefix: read when the first of them is asked for."""

from sportello.console.api.app import api

urlpatterns = api.urls[0]
