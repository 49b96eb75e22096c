"""Truth against what the node believed: the figures of a run whose truth is known. Nothing else reads a truth."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from mihari.core.sensor import Sensor


def judged(path: Path, moments: Sequence[Any], sensors: Sequence[Sensor], seconds: float) -> dict[str, Any]:
    """GOSPA (p 2, c 100 m, alpha 2; mean over the ticks of the last `seconds`), false tracks at the end, and so on."""
    from mihari.score.files import TruthFile
    from mihari.score.summary import score_tracks

    truth = TruthFile(path)
    last = max((m.time for m in moments), default=-np.inf)
    scores = []
    for moment in sorted(moments, key=lambda moment: float(moment.time)):
        now = truth.at(moment.time) if moment.time > last - seconds else None
        if now is not None and len(now):
            scores.append(score_tracks(now, moment.tracks, sensors))
    if not scores:
        return {"vessels_true": 0, "false_tracks": 0, "gospa": None}
    return {
        "vessels_true": scores[-1].vessels,
        "tracks_confirmed": scores[-1].confirmed,
        "false_tracks": scores[-1].false,
        "gospa": round(float(np.mean([s.gospa for s in scores])), 1),
        "missed": round(float(np.mean([s.missed for s in scores])), 1),
        "rms_m": _rounded([s.rms for s in scores if np.isfinite(s.rms)]),
    }


def _rounded(values: list[float]) -> float | None:
    return round(float(np.mean(values)), 1) if values else None
