"""Texts and numbers of an event <-> what they say: times, lengths, escaped text. XML Schema part 2; XML 1.0 §2.2."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime
from functools import lru_cache

from mihari.core.errors import FormatError
from mihari.formats.cot.event import LATEST, UNKNOWN_FROM

# XML 1.0, production 2: what is no character of a document
ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
SPECIAL = re.compile('[\x00-\x1f&<>"\ud800-\udfff\ufffe\uffff]')
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}


def seconds(text: str | None) -> float:
    """An `xs:dateTime` as UTC s, from 1970 on; one without a zone is taken for UTC. FormatError "time".

    >>> seconds("2026-11-22T19:46:41.951892Z"), seconds("2026-11-22T21:46:41.5+02:00")
    (1795376801.951892, 1795376801.5)
    """
    try:
        if text is None or text[10] != "T" or text[16] != ":":
            raise ValueError
        moment = datetime.fromisoformat(text)
        time = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
        if not 0.0 <= time < LATEST - 1.0:
            raise ValueError
        return time
    except (ValueError, IndexError, OverflowError):
        raise FormatError("time", f"no date and time: {text!r:.60}") from None


@lru_cache(maxsize=1024)
def _minute(minute: int) -> str:
    return datetime.fromtimestamp(60 * minute, UTC).strftime("%Y-%m-%dT%H:%M:")


def written_time(time: float) -> str:
    """UTC s as TAK writes it, to the millisecond.

    >>> written_time(1795376801.9518)
    '2026-11-22T19:46:41.952Z'
    """
    if not 0.0 <= time < LATEST - 1.0:
        raise FormatError("time", f"no time that can be written: {time}")
    second, ms = divmod(round(time * 1000.0), 1000)
    minute, second = divmod(second, 60)
    return f"{_minute(minute)}{second:02d}.{ms:03d}Z"


def number(text: str) -> float:
    """A finite decimal number; FormatError "number".

    >>> number(" -33.35 ")
    -33.35
    """
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if value - value != 0.0 or "_" in text:  # NaN and infinity
        raise FormatError("number", f"no number: {text!r:.60}")
    return value


def position(lat_deg: float, lon_deg: float) -> None:
    """FormatError "position" for a place that is not on Earth (NaN too)."""
    if not (-90.0 <= lat_deg <= 90.0 and -180.0 <= lon_deg <= 180.0):
        raise FormatError("position", f"no place on Earth: {lat_deg} {lon_deg}")


def known(value: float) -> float | None:
    """A height; None for the values that mean "unknown".

    >>> known(9999999.0), known(999999.0), known(-3.5)
    (None, None, -3.5)
    """
    return value if -UNKNOWN_FROM < value < UNKNOWN_FROM else None


def known_error(value: float) -> float | None:
    """An error in m; None for "unknown" and for what is below 0, which no error is."""
    return value if 0.0 <= value < UNKNOWN_FROM else None


def legal(text: str) -> None:
    """FormatError "text" for characters that an XML document cannot hold."""
    if ILLEGAL.search(text):
        raise FormatError("text", f"characters that XML cannot hold: {text!r:.60}")


def escaped(text: str) -> str:
    """Text between double quotes or tags.

    >>> escaped('KAIYŌ "3" & <co>')
    'KAIYŌ &quot;3&quot; &amp; &lt;co&gt;'
    """
    if SPECIAL.search(text) is None:
        return text
    legal(text)
    return SPECIAL.sub(lambda found: ESCAPES[found[0]], text)
