"""Times as people write them <-> UTC seconds since 1970."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

from mihari.core.errors import BadInput

UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
BACK = re.compile(r"^-\s*(\d+(?:\.\d+)?)\s*(s|min|m|h|d)$")
CLOCK = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d+)?))?Z?$")
LATEST = 253402300800.0  # UTC s: the end of 9999, beyond which no calendar goes
EXPECTED = "2026-11-20T17:05:30, 17:05 (of the newest day), -10min (before the end) or seconds since 1970"


def parse_time(text: str, newest: float = math.nan) -> float:
    """UTC seconds of a time; `newest` (UTC s) is what "-10min" and "17:05" count from. BadInput with what was expected.

    >>> parse_time("2025-11-20T17:20:00Z"), parse_time("2025-11-20 17:20"), parse_time("1763659200")
    (1763659200.0, 1763659200.0, 1763659200.0)
    >>> parse_time("-10min", 1763659200.0), parse_time("17:05", 1763659200.0)
    (1763658600.0, 1763658300.0)
    """
    text = text.strip()
    if (back := BACK.match(text)) and math.isfinite(newest):
        return max(newest - float(back[1]) * UNITS[back[2]], 0.0)
    clock = CLOCK.match(text)
    if clock and math.isfinite(newest) and int(clock[1]) < 24 and int(clock[2]) < 60 and float(clock[3] or 0) < 60:
        midnight = newest - newest % 86400.0
        return midnight + int(clock[1]) * 3600.0 + int(clock[2]) * 60.0 + float(clock[3] or 0)
    try:
        if re.fullmatch(r"\d{6,12}(\.\d+)?", text) and float(text) < LATEST:
            return float(text)
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise BadInput(f"time {text!r}: expected {EXPECTED}") from None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def told_time(time: float) -> str:
    """ISO 8601, UTC, to the second; empty for no time.

    >>> told_time(1763659200.5), told_time(float("nan"))
    ('2025-11-20T17:20:00Z', '')
    """
    if not math.isfinite(time):
        return ""
    return datetime.fromtimestamp(math.floor(time), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def duration(seconds: float) -> str:
    """How long, as people say it.

    >>> duration(59), duration(3000), duration(11520), duration(200000)
    ('59 s', '50 min', '3.2 h', '2.3 days')
    """
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86400:.1f} days"
