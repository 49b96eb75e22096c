"""A rehearsal -> its figures, for machines and for the words of people."""

from __future__ import annotations

import collections
import math
from typing import Any

import numpy as np

from mihari.core.times import told_time
from mihari.patrol.plan import Plan
from mihari.rehearse.pilot import Turn, Visit
from mihari.rehearse.rehearsal import LATE_MIN, Kind, Rehearsal, together

HOME_MIN = 15.0  # after its planned landing a vehicle is still home in time
FORMAT = "mihari rehearsal 1"


def to_json(one: Rehearsal) -> dict[str, Any]:
    """Everything that a rehearsal tells, without the ways. What is not a number is None."""
    share, interval, predicted = together(one.kinds)
    return {
        "format": FORMAT, "patrol": one.file.name, "begin": one.begin, "hours": one.file.hours,
        "faults": [{"hour": f.hour, "kind": f.kind, "what": f.told} for f in one.faults],
        "replanned": len(one.plans) - 1,
        "crossings": [
            *(_kind(kind) for kind in one.kinds),
            {"family": "all", "vessels": sum(len(k.first) for k in one.kinds), "seen": share,
             "interval_95": list(interval), "predicted": predicted},
        ],
        "fresh": {"planned": one.fresh_planned, "flown": one.fresh_flown, "worst_flown": one.worst_flown},
        "looks": looks(one), "arrivals": arrivals(one),
        "stations": [
            {"station": s.station, "gap_min": s.gap_min, "longest_min": s.longest_min,
             "gaps": [list(g) for g in s.gaps]}
            for s in one.stations
        ],
        "met": [{"vessel": m.vessel, "by": m.by, "time": m.time} for m in one.met],
        "sorties": [_sortie(name, turn) for name, turn in one.flown.turns], "home": home(one),
    }  # fmt: skip


def _kind(kind: Kind) -> dict[str, Any]:
    by = collections.Counter(kind.seen.by.tolist())
    return {
        "family": kind.family.name, "vessels": len(kind.first), "seen": kind.share, "interval_95": list(kind.interval),
        "predicted": kind.predicted.seen, "sightings_each": len(kind.seen.vessel) / max(len(kind.first), 1),
        "sightings_by": dict(by.most_common()),
    }  # fmt: skip


def _sortie(name: str, turn: Turn) -> dict[str, Any]:
    return {
        "vehicle": name, "planned_launch": turn.sortie.launch, "launched": _number(turn.launched),
        "planned_landing": turn.sortie.landing, "landed": _number(turn.landed), "at": turn.place,
        "planned_at": turn.sortie.end, "energy_left": _number(turn.energy), "why": turn.why,
    }  # fmt: skip


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None


def in_force(one: Rehearsal, visit: Visit) -> bool:
    """Whether a stop was to be done before the plan's end."""
    return visit.stop.arrive <= one.begin + 3600 * one.file.hours


def looks(one: Rehearsal) -> dict[str, Any]:
    """Looks at cells: planned, done, and those not done by why."""
    visits = [v for v in one.flown.visits if v.stop.purpose == "cell" and in_force(one, v)]
    missed = collections.Counter(v.why or "on its way at the end" for v in visits if math.isnan(v.left))
    done = sum(math.isfinite(v.left) for v in visits)
    return {"planned": len(visits), "done": done, "not_done": dict(missed.most_common())}


def arrivals(one: Rehearsal) -> dict[str, float]:
    """How late stops were reached: how many by more than 5 min, the median and the worst in min."""
    late = np.array([(v.arrived - v.stop.arrive) / 60 for v in one.flown.visits if math.isfinite(v.arrived)])
    if not len(late):
        return {"reached": 0, "late": 0, "median_min": 0.0, "worst_min": 0.0}
    worst = max(float(late.max()), 0.0)
    return {"reached": len(late), "late": int((late > LATE_MIN).sum()), "median_min": float(np.median(late)),
            "worst_min": worst}  # fmt: skip


def home(one: Rehearsal) -> dict[str, Any]:
    """Sorties flown, those home in time, those not, with why, and the least energy that was left over the reserve."""
    flown = [(name, turn) for name, turn in one.flown.turns if math.isfinite(turn.launched)]
    late, not_home, least = [], [], math.inf
    reserve = {v.name: v.platform.reserve / v.platform.endurance for v in one.flown.vehicles}
    for name, turn in flown:
        if math.isnan(turn.landed):
            not_home.append(f"{name}: {turn.why or 'still out'}")
            continue
        least = min(least, turn.energy / reserve[name]) if reserve[name] else least
        if turn.landed > turn.sortie.landing + 60 * HOME_MIN:
            late.append(f"{name}: {(turn.landed - turn.sortie.landing) / 60:.0f} min late")
    return {
        "flown": len(flown), "in_time": len(flown) - len(late) - len(not_home), "late": late, "not_home": not_home,
        "least_energy_over_reserve": _number(least),
        "not_flown": [f"{name}: {t.why}" for name, t in one.flown.turns if math.isnan(t.launched) and t.why],
    }  # fmt: skip


def sentences(one: Rehearsal) -> list[str]:
    """The rehearsal in lines for people."""
    share, interval, predicted = together(one.kinds)
    plan: Plan = one.plans[0]
    lines = [f"{one.file.name}: {len(plan.sorties)} sorties flown over {one.file.hours:.0f} h"]
    lines += [f"  {told_time(one.begin + 3600 * f.hour)[11:16]} {f.told}" for f in one.faults]
    lines += [f"  planned again {len(one.plans) - 1} times"] * (len(one.plans) > 1)
    lines.append("seen at least once, of vessels that cross (95 % interval); the plan's own prediction:")
    for name, count, got, (low, high), told in (
        *((k.family.name, len(k.first), k.share, k.interval, k.predicted.seen) for k in one.kinds),
        ("all", sum(len(k.first) for k in one.kinds), share, interval, predicted),
    ):
        lines.append(f"  {name:<10} {count:>4}  {got:6.1%}  ({low:.1%} to {high:.1%})  predicted {told:.1%}")
    done, late = looks(one), arrivals(one)
    lines.append(f"fresh {one.fresh_flown:.1%} of weight and time, planned {one.fresh_planned:.1%}")
    lines.append(f"looks at cells: {done['done']} of {done['planned']} done")
    lines += [f"  {count} not: {why}" for why, count in done["not_done"].items()]
    lines.append(
        f"arrivals: {late['late']} of {late['reached']} more than {LATE_MIN:.0f} min late, "
        f"the worst {late['worst_min']:.0f} min"
    )
    for s in one.stations:
        told_gap = f"nobody there for {s.gap_min:.1f} min, {s.longest_min:.1f} on end" if s.gap_min else "never empty"
        lines.append(f"station {s.station}: {told_gap}")
    for m in one.met:
        when = f"met by {m.by} at {told_time(m.time)[11:16]}" if m.time is not None else "nobody was with it in time"
        lines.append(f"{m.vessel}: {when}")
    back = home(one)
    lines.append(f"home in time: {back['in_time']} of {back['flown']} sorties")
    lines += [f"  {words}" for words in (*back["late"], *back["not_home"])]
    lines += [f"  not flown: {words}" for words in back["not_flown"]]
    return lines
