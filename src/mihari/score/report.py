"""What a judge has found -> one dictionary of all scores, ready for JSON: the same for `--json`, table and tests."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.times import told_time
from mihari.core.units import DAY_S
from mihari.score.alerts import AlertScore
from mihari.score.consistency import by_speed_and_range, consistency
from mihari.score.identity import identity
from mihari.score.judge import Judge
from mihari.score.pairing import pairing
from mihari.score.siap import siap
from mihari.score.tables import NOBODY, Followed, Held

RADAR_S = 30.0  # a radar supports a track that it saw so lately: two turns of the slowest coastal radar, and a miss
AIS_S = 360.0  # AIS: two reports of a vessel at anchor (ITU-R M.1371-5 table 1: 180 s)


def report(judge: Judge) -> dict[str, Any]:
    """All scores of the moments that the judge has taken; numbers that cannot be told are null."""
    held, followed = judge.held(), judge.followed()
    found = {
        "over": _over(judge, held, followed),
        "settings": asdict(judge.settings),
        "gospa": _gospa(judge),
        "ospa": _mean([i.ospa for i in judge.instants]),
        "ospa2": _mean([i.ospa2 for i in judge.instants]),
        "identity": asdict(identity(held.time, held.vessel, held.keeper)),
        "siap": _siap(held, followed),
        "consistency": _consistency(followed),
        "pairing": _pairing(held, followed),
    }
    return {name: told(value) for name, value in found.items()}


def told(value: Any) -> Any:
    """Numbers rounded to six figures, NaN as None, all the way down.

    >>> told({"a": [1.23456789, float("nan")], "b": 3})
    {'a': [1.23457, None], 'b': 3}
    """
    if isinstance(value, dict):
        return {key: told(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [told(one) for one in value]
    if isinstance(value, float | np.floating):
        return float(f"{value:.6g}") if math.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value


def over_time(judge: Judge) -> dict[str, list[Any]]:
    """The metrics of each moment, as columns."""
    columns: dict[str, list[Any]] = {
        "time": [i.time for i in judge.instants],
        "vessels": [i.vessels for i in judge.instants],
        "tracks": [i.tracks for i in judge.instants],
        "gospa": [told(i.gospa.value) for i in judge.instants],
        "localisation": [told(i.gospa.localisation) for i in judge.instants],
        "missed": [i.gospa.missed for i in judge.instants],
        "false": [i.gospa.false for i in judge.instants],
        "ospa": [told(i.ospa) for i in judge.instants],
        "ospa2": [told(i.ospa2) for i in judge.instants],
    }
    return columns


def vessel_days(judge: Judge) -> float:
    """Vessels, in cover or not, times the days they were out there."""
    times = [i.time for i in judge.instants]
    out = np.array([i.vessels + i.out for i in judge.instants], float)
    return float(np.trapezoid(out, times) / DAY_S)


def alerts_told(score: AlertScore) -> dict[str, Any]:
    """The scores of alerts, for JSON."""
    shares = {name: getattr(score, name) for name in ("precision", "recall", "false_per_1000_vessel_days")}
    return dict(told(asdict(score) | shares))


def _over(judge: Judge, held: Held, followed: Followed) -> dict[str, Any]:
    times = [i.time for i in judge.instants]
    return {
        "moments": len(times),
        "begin": told_time(times[0]) if times else None,
        "end": told_time(times[-1]) if times else None,
        "vessels": len(np.unique(held.vessel)),
        "vessels_mean": _mean([i.vessels for i in judge.instants]),
        "out_of_cover_mean": _mean([i.out for i in judge.instants]),
        "tracks": len(np.unique(followed.track)),
        "tracks_mean": _mean([i.tracks for i in judge.instants]),
    }


def _gospa(judge: Judge) -> dict[str, Any]:
    """Means over the moments; the parts are those of alpha 2, in m^order, and sum to the mean of value^order."""
    s, found = judge.settings, [i.gospa for i in judge.instants]
    each = s.cutoff**s.order / 2
    pairs = sum(len(g.pairs) for g in found)
    squares = sum(g.localisation for g in found)
    return {
        "mean": _mean([g.value for g in found]),
        "last": found[-1].value if found else math.nan,
        "localisation": _mean([g.localisation for g in found]),
        "missed": _mean([each * g.missed for g in found]),
        "false": _mean([each * g.false for g in found]),
        "missed_vessels": _mean([g.missed for g in found]),
        "false_tracks": _mean([g.false for g in found]),
        "rms": (squares / pairs) ** (1 / s.order) if pairs else math.nan,
    }


def _siap(held: Held, followed: Followed) -> dict[str, Any]:
    return asdict(
        siap(
            held.time, held.vessel, followed.time, followed.track, followed.follows,
            followed.position_error, followed.velocity_error,
        )
    )  # fmt: skip


def _consistency(followed: Followed) -> dict[str, Any]:
    f = followed.take(followed.holds != NOBODY)
    classes = by_speed_and_range(f.nees_position, f.nees_velocity, f.nees_state, f.speed, f.range)
    told_by = {name: {key: asdict(value) for key, value in found.items()} for name, found in classes.items()}
    return asdict(consistency(f.nees_position, f.nees_velocity, f.nees_state)) | {
        f"by_{k}": v for k, v in told_by.items()
    }


def _pairing(held: Held, followed: Followed) -> dict[str, Any] | None:
    """None where the track file does not tell by which MMSI its tracks go."""
    if len(followed) == 0 or (followed.mmsi < 0).any():
        return None
    found = pairing(
        followed.moment, followed.mmsi, followed.since_radar <= RADAR_S, followed.since_ais <= AIS_S, followed.sent,
        held.moment, held.mmsi,
    )  # fmt: skip
    return asdict(found) | {"precision": found.precision, "recall": found.recall}


def _mean(values: list[Any] | Array) -> float:
    return float(np.mean(values)) if len(values) else math.nan
