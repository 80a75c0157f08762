"""A report of the doctor's about the shop's number, with findings of every weight."""

from typing import Any

from sportello.schema.models import Examination
from tests.pages.shop import Shop


def well(shop: Shop) -> Examination:
    """Of the same number, with nothing found."""
    seen = _seen(shop)
    looks = dict.fromkeys(("rows", "house", "token", "number", "account", "apps"), seen)
    return Examination.objects.using("owner").create(
        workspace=shop.workspace, number=shop.number, subject="number",
        subject_id=shop.number.pk, state="done", looks=looks, by=shop.user,
        asked_at=shop.now, done_at=shop.now,
    )  # fmt: skip


def _seen(shop: Shop) -> dict[str, Any]:
    return {"at": shop.now.isoformat(), "miss": None, "code": None, "said": ""}


def examined(shop: Shop) -> Examination:
    """Kept as `tend` writes it."""
    at, seen = shop.now.isoformat(), _seen(shop)
    looks: dict[str, Any] = dict.fromkeys(("rows", "house", "token", "number"), seen)
    looks["apps"] = {**seen, "miss": "rejected", "code": 10, "said": "(#10) Permission denied"}
    return Examination.objects.using("owner").create(
        workspace=shop.workspace,
        number=shop.number,
        subject="number",
        subject_id=shop.number.pk,
        state="done",
        looks=looks,
        findings=[
            _finding("payment_missing", "stops", "administrator", None, at, meta=131042),
            _finding("number_paused", "stops", "administrator", "resume", at),
            _finding("limit_reached", "waits", "nobody", None, at, reached=250, limit=250),
            _finding("set_aside", "warns", "installer", None, at, count=2),
        ],
        by=shop.user,
        asked_at=shop.now,
        done_at=shop.now,
    )


def _finding(  # the parts of a finding
    code: str, weight: str, turn: str, deed: str | None, at: str, **values: Any
) -> dict[str, Any]:
    meta = values.pop("meta", None)
    health = {"entity": "WABA", "state": "LIMITED", "code": 141006, "said": "Add a payment method"}
    evidence = [{"source": "meta", "what": "health", "at": at, "values": health}]
    return {
        "code": code,
        "weight": weight,
        "turn": turn,
        "deed": deed,
        "meta": meta,
        "values": values,
        "evidence": evidence if code == "payment_missing" else [],
    }
