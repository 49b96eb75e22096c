"""Log records -> lines for people, or one JSON object a line (RFC 8259), to standard error or to a file."""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path

from mihari.core.config import HealthSection
from mihari.core.errors import BadInput

FILE_BYTES, FILES = 10_000_000, 5  # a log that nobody rotates must not fill the disk
OWN = ("feed", "alarm")  # what our records carry beside their message


class JsonLines(logging.Formatter):
    """One JSON object a record: time (UTC), level, logger, message; feed and alarm where it is about one.

    >>> record = logging.LogRecord("mihari.node", logging.WARNING, "", 0, "Feed %s is silent.", ("cape",), None)
    >>> record.created, record.feed = 1_790_000_000.0, "cape"
    >>> JsonLines().format(record)[:74]
    '{"time": "2026-09-21T14:13:20.000Z", "level": "warning", "logger": "mihari'
    >>> json.loads(JsonLines().format(record))["feed"]
    'cape'
    """

    def format(self, record: logging.LogRecord) -> str:
        """The record as one line."""
        told = {
            "time": _time(record.created, "milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        told |= {name: str(getattr(record, name)) for name in OWN if getattr(record, name, "")}
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False)


class TextLines(logging.Formatter):
    """Lines for people, with the time where they go into a file."""

    def __init__(self, timed: bool) -> None:
        super().__init__("%(message)s")
        self.timed = timed

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line, tracebacks below it."""
        before = f"{_time(record.created, 'seconds')} {record.levelname.lower()}: " if self.timed else "mihari: "
        return before + super().format(record)


def _time(seconds: float, precision: str) -> str:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def _not_told_already(record: logging.LogRecord) -> bool:
    """`mihari run` itself says on standard error that a feed has failed."""
    return not str(getattr(record, "alarm", "")).startswith("failed:")


def handler_of(told: HealthSection) -> logging.Handler:
    """Where the log goes; BadInput, one sentence, where it cannot be written."""
    handler: logging.Handler
    if told.log_file:
        path = Path(told.log_file).expanduser()
        try:
            handler = RotatingFileHandler(path, maxBytes=FILE_BYTES, backupCount=FILES, encoding="utf-8")
        except OSError as error:
            why = error.strerror or str(error)
            raise BadInput(f"{path}: the log cannot be written there: {why.lower()}") from None
    else:
        handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines() if told.log == "json" else TextLines(timed=bool(told.log_file)))
    if told.log == "text" and not told.log_file:
        handler.setLevel(logging.WARNING)
        handler.addFilter(_not_told_already)
    return handler


@contextmanager
def logging_to(told: HealthSection) -> Iterator[None]:
    """While inside, what Mihari logs goes where `[health]` says."""
    logger, handler = logging.getLogger("mihari"), handler_of(told)
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
        handler.close()
