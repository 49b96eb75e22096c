"""Parquet files of alerts and of what happened -> what the score of alerts takes.

Alerts: kind (string), vessels or tracks (lists of int64), start (UTC s), end and raised (null: not known). A file that
tells `tracks` names them as the track file does: each is the vessel it held last before the alert was told.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np

from mihari.core.errors import BadInput
from mihari.score.alerts import Alerted, Happened
from mihari.score.files import SIMULATED, opened
from mihari.score.tables import NOBODY, Followed


def happened(path: Path) -> list[Happened]:
    """The events that `mihari simulate` wrote; BadInput for another file."""
    rows = _rows(path, "events", ["kind", "vessels", "start", "end", "innocent"], SIMULATED)
    return [
        Happened(
            r["kind"], frozenset(r["vessels"] or ()), _seconds(r["start"]), _seconds(r["end"]), bool(r["innocent"])
        )
        for r in rows
    ]


def alerted(path: Path, followed: Followed) -> list[Alerted]:
    """The alerts of a file; `followed` tells which vessel each track held. BadInput for another file."""
    rows = _rows(path, "alerts", ["kind", "start"], "see docs/scores.md")
    if rows and not {"vessels", "tracks"} & rows[0].keys():
        raise BadInput(f"{path}: no file of alerts: expected a column vessels, or tracks")
    found = []
    for r in rows:
        alert = Alerted(
            r["kind"], frozenset(r.get("vessels") or ()), _seconds(r["start"]), _seconds(r.get("end")),
            _seconds(r.get("raised")),
        )  # fmt: skip
        if "vessels" not in r:
            held = {held_by(track, alert.told, followed) for track in r["tracks"] or ()}
            alert = Alerted(alert.kind, frozenset(held), alert.start, alert.end, alert.raised)
        found.append(alert)
    return found


def held_by(track: int, time: float, followed: Followed) -> int:
    """The vessel that a track held last at `time` (UTC s); for a track that never held one a number of no vessel.

    >>> rows = Followed.of(2, time=[0.0, 10.0], track=5, holds=[7, 8])
    >>> held_by(5, 9.0, rows), held_by(5, 10.0, rows), held_by(6, 10.0, rows)
    (7, 8, -7)
    """
    rows = np.flatnonzero((followed.track == track) & (followed.holds != NOBODY) & (followed.time <= time))
    return int(followed.holds[rows[-1]]) if len(rows) else -1 - track


def _rows(path: Path, what: str, needed: list[str], told: str) -> list[dict[str, Any]]:
    file = opened(path, what, needed, told)
    rows: list[dict[str, Any]] = file.read().to_pylist()
    for number, row in enumerate(rows):
        wrong = _wrong(row)
        if wrong:
            raise BadInput(f"{path}: row {number + 1} of {what}: expected {wrong}")
    return rows


def _wrong(row: dict[str, Any]) -> str | None:
    """What was expected of a row that is none; None for a sound one.

    >>> _wrong({"kind": "dark", "start": 1.0, "vessels": [None]})
    'vessels as a list of whole numbers'
    """
    if not isinstance(row["kind"], str):
        return "a kind, and a start in UTC s"
    for name in ("start", "end", "raised"):
        value = row.get(name)
        known = isinstance(value, float | int) and not isinstance(value, bool) and math.isfinite(value)
        if not (known or (name != "start" and _absent(value))):
            return f"a {name} in UTC s" if name == "start" else f"{name} in UTC s, or null"
    for name in ("vessels", "tracks"):
        value = row.get(name)
        if value is not None and not (isinstance(value, list) and all(type(one) is int for one in value)):
            return f"{name} as a list of whole numbers"
    if not isinstance(row.get("innocent", False), bool):
        return "innocent as true or false"
    return None


def _absent(value: Any) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _seconds(value: float | None) -> float:
    return math.nan if value is None else float(value)
