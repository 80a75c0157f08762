"""Logs: structured, one event a line, with ids; never texts, phone numbers or keys."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

# Graph tokens, our API keys, bearer headers, and anything that could be somebody's number.
_SECRET = re.compile(r"EAA\w+|sk_\w+|Bearer\s+\S+|\+?\d[\d ]{9,}\d")


def _redact(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """The last net: callers log ids alone, but an exception's text may quote what it met."""
    for name, value in event.items():
        if isinstance(value, str) and name != "timestamp":
            event[name] = _SECRET.sub("[…]", value)
    return event


def set_up(log_format: str, process: str) -> None:
    """Routes our logs and those of the libraries to standard error, in one shape."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _redact,
    ]
    last = (
        structlog.processors.JSONRenderer()
        if log_format == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    structlog.configure(
        processors=[*shared, last],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    structlog.contextvars.bind_contextvars(process=process)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.processors.add_log_level, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
