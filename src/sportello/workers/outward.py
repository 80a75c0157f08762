"""The context of the two workers that speak to Meta."""

from dataclasses import dataclass

from sportello.whatsapp.client import Client
from sportello.workers.context import Context


@dataclass(frozen=True, slots=True, kw_only=True)
class Outward(Context):
    """`client` is open while the workers run."""

    client: Client
