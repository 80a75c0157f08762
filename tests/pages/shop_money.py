"""A month of the shop's ledger: three markets, free replies, one of every difference."""

from datetime import timedelta
from typing import Any

from sportello.schema import models
from tests.pages.shop import Shop

_ITALY = {"market": "Italy", "calling_code": "39"}
_SPAIN = {"market": "Spain", "calling_code": "34"}
_REGULAR = {"expected_kind": "regular", "kind": "regular", "stated_by": 2}
_PRICES = {"marketing": 65_800, "utility": 24_800, "authentication": 24_800, "service": 24_800}


def fill_spend(shop: Shop) -> Shop:
    """Twenty days of November and some of months before, in euros; August was quiet."""
    for day in range(20):
        at = shop.now - timedelta(days=day, hours=2)
        _many(shop, 3 + day * 7 % 11, at, "utility")
        _many(shop, 40 if day in {3, 12} else day % 3, at, "marketing")
        _many(shop, 6, at, "service", free="allowance")
    _many(shop, 9, shop.now - timedelta(days=33), "utility")
    _many(shop, 1, shop.now - timedelta(days=120), "utility")
    _many(shop, 4, shop.now - timedelta(hours=1), "marketing", billed=False)
    _differences(shop)
    return shop


def _many(
    shop: Shop, count: int, at: Any, category: str, *, free: str = "", billed: bool = True
) -> None:
    micros = 0 if free else _PRICES[category]
    told = {"category": category, "kind": "free_customer_service" if free else "regular"}
    delivered = told | {"micros": micros, "billed_at": at + timedelta(seconds=3)}
    models.Charge.objects.using("owner").bulk_create(
        models.Charge(
            workspace=shop.workspace,
            number=shop.number,
            currency="EUR",
            **_ITALY,
            expected_category=category,
            expected_kind=free or "regular",
            expected_micros=micros,
            sent_at=at + timedelta(minutes=n),
            **(delivered if billed else {}),
        )
        for n in range(count)
    )


def _differences(shop: Shop) -> None:
    anna = shop.messages["answer"]
    at = shop.now - timedelta(days=1)
    when = {"sent_at": at, "billed_at": at}
    dear = {"category": "marketing", "micros": 65_800}
    _charge(shop, **_ITALY, **_REGULAR, **dear, **when, message=anna, expected_category="utility",
            expected_micros=24_800)  # fmt: skip
    _charge(shop, **_SPAIN, **_REGULAR, **when, expected_category="utility",
            expected_micros=None, category="utility", micros=None)  # fmt: skip
    _charge(shop, **_ITALY, **when, expected_category="service", expected_kind="allowance",
            expected_micros=0, category="service", kind="regular", micros=24_800)  # fmt: skip


def _charge(shop: Shop, **values: Any) -> models.Charge:
    return models.Charge.objects.using("owner").create(
        workspace=shop.workspace, number=shop.number, currency="EUR", **values
    )
