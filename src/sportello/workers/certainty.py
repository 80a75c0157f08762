"""How sure a company's assistant is: by the company's own weights, else by the shipped ones."""

import json
from collections import OrderedDict
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

import structlog

from sportello.assistant import calibration
from sportello.assistant.calibration import Calibration
from sportello.assistant.search import Findings
from sportello.store import fittings
from sportello.store.pool import Connection

_KEPT_MAX: Final = 256
_log = structlog.get_logger()


class Certainty:
    """Keeps the weights of the companies that were asked about last."""

    def __init__(self) -> None:
        self._kept: OrderedDict[int, tuple[datetime, Calibration]] = OrderedDict()

    async def of(self, connection: Connection, workspace_id: int, findings: Findings) -> float:
        """Between 0 and 1."""
        own = await fittings.weights(connection, workspace_id)
        if own is None:
            return calibration.shipped().confidence(findings)
        return self._read(workspace_id, *own).confidence(findings)

    def _read(self, workspace_id: int, at: datetime, told: Mapping[str, Any]) -> Calibration:
        kept = self._kept.get(workspace_id)
        if kept is None or kept[0] != at:
            kept = self._kept[workspace_id] = at, _loaded(workspace_id, told)
        self._kept.move_to_end(workspace_id)
        while len(self._kept) > _KEPT_MAX:
            self._kept.popitem(last=False)
        return kept[1]


def _loaded(workspace_id: int, told: Mapping[str, Any]) -> Calibration:
    """Weights of an older version, which knew other features, say nothing any more."""
    try:
        return calibration.loads(json.dumps(told))
    except (ValueError, KeyError, TypeError):
        _log.warning("own_weights_outdated", workspace=workspace_id)
        return calibration.shipped()
