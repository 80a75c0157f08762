"""The demo's templates went the real way: they lie at Meta, reviewed, after a restart too."""

from pathlib import Path
from typing import Any

import pytest

from tests.flow.running import Demo, until

_STATES = {
    "ordine_spedito": ("APPROVED", "UTILITY"),
    "promemoria_appuntamento": ("APPROVED", "UTILITY"),
    "pagamento_ricevuto": ("APPROVED", "UTILITY"),
    "order_ready": ("APPROVED", "UTILITY"),
    "corsi_di_tornio": ("APPROVED", "MARKETING"),
    "sconto_di_ritorno": ("APPROVED", "MARKETING"),
    "preventivo_pronto": ("APPROVED", "MARKETING"),
    "novita_inverno": ("REJECTED", "MARKETING"),
}


def _shown(demo: Demo) -> list[dict[str, Any]]:
    status, page = demo.api("GET", "/templates")
    assert status == 200
    found: list[dict[str, Any]] = page["items"]
    return found


def _states(demo: Demo) -> dict[str, tuple[str, str]]:
    return {one["name"]: (one["status"], one["category"]) for one in _shown(demo)}


def _at_meta(demo: Demo) -> dict[str, str]:
    account = demo.sim("PATCH", f"/wabas/{demo.block['waba_id']}", {})
    return {one["id"]: one["status"] for one in account["templates"]}


# Two whole starts, on a machine that may have other things to do.
@pytest.mark.timeout(400)
def test_the_demo_s_templates_are_reviewed_and_survive_a_restart(tmp_path: Path) -> None:
    demo = Demo(tmp_path / "data")
    try:
        demo.start()
        until(lambda: _states(demo) == _STATES)
        first = {one["meta_id"]: one["status"] for one in _shown(demo)}
        assert _at_meta(demo) == first
        demo.stop()

        demo.start()
        until(lambda: _states(demo) == _STATES)
        assert _at_meta(demo) == {one["meta_id"]: one["status"] for one in _shown(demo)}
    finally:
        demo.stop()
