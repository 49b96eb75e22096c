"""A run of inputs -> the bank after them: one kernel steps through sectors, batches and ticks and never leaves.

What comes of an input does not depend on how many are run at once: `Tracker.step` is a run of one.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.kernels import kernel, lean
from mihari.core.sensor import SensorKind
from mihari.core.steps import StepKind
from mihari.tracks.ais import SPOKEN, take_in, witness
from mihari.tracks.areas import areas_of, took
from mihari.tracks.bank import FREE, HIGH
from mihari.tracks.bearings import learn_rays, looked_along, rays_of
from mihari.tracks.clutter import learn, stand
from mihari.tracks.gate import wider
from mihari.tracks.hulls import joined_hulls
from mihari.tracks.in_step import joined
from mihari.tracks.index import refile, reindex
from mihari.tracks.intake import Ignored, plots_of, sector_refused, told_of
from mihari.tracks.lasting import fade
from mihari.tracks.life import CONFIRMED, heard_of, judge_all, judge_some, release
from mihari.tracks.radar import births, sweep_of, sweep_tracks
from mihari.tracks.registration import compare, fit, hear, lend, wanting
from mihari.tracks.tell import ROW, put_rows
from mihari.tracks.visibility import LIDAR, RADAR

LEAST = 0.05  # probability from which an association is told
SURELY = 0.9  # and from which another radar may rely on it
TICK_TIME, TIME, NEXT_DUE, FILED_UNTIL = range(4)  # places in `clock`: s UTC, see `Tracker`
DONE, FULL, CROWDED = range(3)  # why a run ended: no more inputs, no free slots, more tracks than `most`
PERSON, IMAGER = int(SensorKind.PERSON), int(SensorKind.IMAGER)
BATCH, TICK, NO_TIME = int(StepKind.BATCH), int(StepKind.TICK), int(Ignored.NO_TIME)
ASSOCIATED = np.dtype([("step", "i8"), ("row", "i8"), ("track", "i8"), ("probability", "f8")])


class StepArrays(NamedTuple):
    """The columns of `Steps`."""

    kind: Array
    sensor: Array
    time: Array
    start: Array
    end: Array
    first: Array
    last: Array
    lat_deg: Array
    lon_deg: Array
    near: Array
    far: Array

    def part(self, start: int, stop: int) -> StepArrays:
        """Inputs start to stop."""
        return self if stop - start == len(self.kind) else StepArrays(*(values[start:stop] for values in self))


class Scratch(NamedTuple):
    """Room that a step needs: slots `found` by the index, slots `touched` and `ended`, what one report speaks for."""

    found: Array
    touched: Array
    ended: Array
    slots: Array
    chance: Array


@kernel
def scratch_for(rows: int, slots: int) -> Scratch:
    """Room for a step of so many rows on a bank of so many slots."""
    return Scratch(
        np.empty(2 * slots + 64, np.int64),
        np.empty(2 * slots + 8 * rows + 64, np.int64),
        np.empty(2 * slots + 8 * rows + 64, np.int64),
        np.empty(max(rows, SPOKEN), np.int64),
        np.empty(SPOKEN),
    )


@kernel
def note(pairs: Array, n: int, step: int, row: int, track: int, probability: float) -> Array:
    """Writes association n; returns `pairs`, made longer where it was full."""
    if n == len(pairs):
        pairs = wider(pairs)
    p = pairs[n]
    p.step, p.row, p.track, p.probability = step, row, track, probability
    return pairs


@kernel
def look(
    bank: Any, radars: Array, plots: Array, sweep: Any, clock: Array, step: int, tell: bool, out: Any, w: Any, s: Any
) -> Any:
    """A radar looked: detections, misses, births. Returns (slots touched, associations, how many of these)."""
    pairs, used = out
    now = max(sweep.time, clock[TIME])
    if now > clock[FILED_UNTIL]:
        clock[FILED_UNTIL] = refile(bank, now, s)
    n, seen, gated_, probability, unclaimed = sweep_tracks(bank, plots, sweep, now, s, w.touched)
    if wanting(radars, sweep.sensor):
        for k in range(len(seen)):
            t = bank.tracks[seen[k].slot]
            for e in range(seen[k].begin, seen[k].end):
                if probability[e] >= SURELY and t.reports == 0 and t.status == CONFIRMED:
                    lend(radars, sweep.sensor, plots[gated_[e].plot], t.drift, t.id)
    if tell:
        for k in range(len(seen)):
            for e in range(seen[k].begin, seen[k].end):
                if probability[e] >= LEAST:
                    track = bank.tracks[seen[k].slot].id
                    pairs = note(pairs, used, step, plots[gated_[e].plot].row, track, probability[e])
                    used += 1
    births(bank, plots, unclaimed, sweep, now, s, w.slots)
    for j in range(len(plots)):
        i = w.slots[j]
        if i >= 0:
            w.touched[n] = i
            n += 1
            if tell:
                pairs = note(pairs, used, step, plots[j].row, bank.tracks[i].id, unclaimed[j])
                used += 1
    if sweep.kind != IMAGER:  # what an aircraft sees of the sea is never the same again
        learn(radars[sweep.sensor], plots, unclaimed, sweep.half, s.clutter_turns)
    if sweep.kind == RADAR:
        fade(radars[sweep.sensor], sweep.middle, sweep.half)
    return n, pairs, used


@kernel
def look_along(
    bank: Any, radars: Array, rays: Array, sweep: Any, clock: Array, step: int, tell: bool, out: Any, w: Any, s: Any
) -> Any:
    """What tells bearings or ranges looked. Returns (slots touched, associations, how many of these)."""
    pairs, used = out
    now = max(sweep.time, clock[TIME])
    if now > clock[FILED_UNTIL]:
        clock[FILED_UNTIL] = refile(bank, now, s)
    n, seen, met, probability, unclaimed = looked_along(bank, rays, sweep, now, s, w.touched)
    if tell:
        for k in range(len(seen)):
            for e in range(seen[k].begin, seen[k].end):
                if probability[e] >= LEAST:
                    pairs = note(pairs, used, step, rays[met[e].plot].row, bank.tracks[seen[k].slot].id, probability[e])
                    used += 1
    turns = max(s.clutter_turns, s.clutter_s / sweep.period)
    learn_rays(radars[sweep.sensor], rays, unclaimed, sweep.middle, sweep.half, turns)
    return n, pairs, used


@kernel
def hear_person(
    bank: Any, areas: Array, sensor: int, clock: Array, step: int, tell: bool, out: Any, w: Any, s: Any
) -> Any:
    """A person told of areas, one by one. Returns (slots touched, associations, how many of these)."""
    pairs, used = out
    n = 0
    for j in range(len(areas)):
        now = max(areas[j].time, clock[TIME])
        if now > clock[FILED_UNTIL]:
            clock[FILED_UNTIL] = refile(bank, now, s)
        spoken = took(bank, areas[j], sensor, now, s, w.slots, w.chance)
        for k in range(spoken):
            w.touched[n] = w.slots[k]
            n += 1
            if tell:
                pairs = note(pairs, used, step, areas[j].row, bank.tracks[w.slots[k]].id, w.chance[k])
                used += 1
    return unique(w.touched[:n]), pairs, used


@kernel
def listen(bank: Any, told: Array, clock: Array, step: int, tell: bool, out: Any, n: int, w: Any, s: Any) -> Any:
    """AIS spoke: all reports, one by one, in order. Returns (touched, associations, how many of these, late reports).

    A report more than `late` older than the clock counts only for the track of its own MMSI, if that is not further on.
    Slots touched come after the first n of `w.touched`.
    """
    pairs, used = out
    now, late = clock[TIME], 0
    for j in range(len(told)):
        r = told[j]
        old = r.time < now - s.late
        now = max(now, r.time)
        if now > clock[FILED_UNTIL]:
            clock[FILED_UNTIL] = refile(bank, now, s)
        spoken = take_in(bank, r, old, now, s, w.found, w.slots, w.chance)
        late += spoken == 0
        for k in range(spoken):
            i = w.slots[k]
            w.touched[n] = i
            n += 1
            if w.chance[k] > 0.5:
                o = joined(bank, i, now, s, w.found)
                if o >= 0:
                    w.touched[n] = i = o
                    n += 1
            if tell:
                pairs = note(pairs, used, step, r.row, bank.tracks[i].id, w.chance[k])
                used += 1
    return n, pairs, used, late


@kernel
def unique(slots: Array) -> int:
    """Sorts slots, in place, each once; how many."""
    slots.sort()
    n = 0
    for k in range(len(slots)):
        if n == 0 or slots[k] != slots[n - 1]:
            slots[n] = slots[k]
            n += 1
    return n


@lean
def known(bank: Any, slots: Array, count: int) -> int:
    """Of so many slots those that are not tentative, in place; how many."""
    n = 0
    for k in range(count):
        if heard_of(bank.tracks[slots[k]], CONFIRMED):
            slots[n] = slots[k]
            n += 1
    return n


@kernel
def run(
    bank: Any,
    radars: Array,
    steps: Any,
    first: int,
    g: Any,
    clock: Array,
    ignored: Array,
    window: Array,
    constants: Any,
    tell: bool,
    show: bool,
    given_up: Array,
    roomy: bool,
) -> Any:
    """Steps through inputs from `first` on: (next step, why it ended, late reports, ROWs, ASSOCIATED).

    Associations are told with `tell`, tracks but tentative ones with `show`. `ignored` counts by reason. `given_up`
    are slots dropped to make room for the first step; with `roomy` that step is not asked for room again.
    """
    s = constants[0]
    guess = 64 + 4 * min(len(g.kind), 2000)
    rows, told_rows = np.empty(guess if show else 0, ROW), 0
    pairs, used, late = np.empty(guess if tell else 0, ASSOCIATED), 0, 0
    counts = np.zeros(len(ignored), np.int64)
    w = scratch_for(256, len(bank.tracks))
    for k in range(first, len(steps.kind)):
        kind, a, b = steps.kind[k], steps.first[k], steps.last[k]
        held = bank.tally[HIGH] - bank.tally[FREE]
        if kind != TICK and held + b - a > len(bank.tracks):
            return k, FULL, late, rows[:told_rows], pairs[:used]
        if b - a > len(w.slots):
            w = scratch_for(2 * (b - a), len(bank.tracks))
        if kind == TICK:
            time = steps.time[k]
            if not math.isfinite(time):
                ignored[NO_TIME] += 1
                continue
            if not math.isnan(clock[TICK_TIME]):  # else what is ahead of time is refused elsewhere
                clock[TICK_TIME] = time
            if time < clock[TIME] - s.future:  # the clock was set back: what it said before was wrong
                clock[TIME], clock[NEXT_DUE] = time, -math.inf
                clock[FILED_UNTIL] = reindex(bank, time, constants)
            if time < clock[NEXT_DUE]:
                continue
            slots, ended, clock[NEXT_DUE] = judge_all(bank, time, constants)
        elif kind == BATCH:
            counts[:] = 0
            told = told_of(g, a, b, clock[TICK_TIME] + s.future, bank.hit.shape[1], counts, s)
            if held + len(told) > s.most and not (roomy and k == first):
                return k, CROWDED, late, rows[:told_rows], pairs[:used]
            ignored += counts
            if len(told) == 0:
                n = known(bank, w.touched, unique(w.touched[: witness(bank, g, a, b, 0, w.touched, w.found)]))
                if show and n:
                    if told_rows + n > len(rows):
                        rows = wider(rows, told_rows + n)
                    put_rows(rows, told_rows, k, bank, w.touched[:n], math.nan, window, s)
                    told_rows += n
                continue
            hear(radars, told)
            time = max(told[len(told) - 1].time, clock[TIME])
            n = 0
            for i in given_up if k == first else given_up[:0]:
                w.touched[n] = i
                n += 1
            n, pairs, used, too_late = listen(bank, told, clock, k, tell, (pairs, used), n, w, s)
            late += too_late
            n = unique(w.touched[: witness(bank, g, a, b, n, w.touched, w.found)])
            n, m, due = judge_some(bank, radars, -1, w.touched[:n], time, constants, w.ended)
            slots, ended, clock[NEXT_DUE] = w.touched[:n], w.ended[:m], min(clock[NEXT_DUE], due)
        else:
            time, sensor = steps.time[k], steps.sensor[k]
            place = steps.lat_deg[k], steps.lon_deg[k]
            refused = sector_refused(radars, sensor, time, clock[TICK_TIME] + s.future, place[0], place[1])
            if refused:
                ignored[refused] += b - a
                continue
            time -= radars[sensor].latency
            if time < clock[TIME] - s.late:
                late += b - a
                continue
            stand(radars[sensor], place[0], place[1])
            sweep = sweep_of(radars, sensor, time, steps.start[k], steps.end[k], steps.near[k], steps.far[k])
            weighs = -1
            if sweep.kind == RADAR or sweep.kind == LIDAR or sweep.kind == IMAGER:
                plots = plots_of(g, a, b, radars[sensor], time, ignored, s)
                if radars[sensor].hull > 0.0:
                    plots = joined_hulls(plots, radars[sensor])
                if sweep.kind == RADAR:
                    compare(radars[sensor], plots, sweep.middle, sweep.half, time)
                    fit(radars[sensor], time)
                    weighs = sensor if radars[sensor].moving == 0 else -1
                n, pairs, used = look(bank, radars, plots, sweep, clock, k, tell, (pairs, used), w, s)
            elif sweep.kind == PERSON:
                areas = areas_of(g, a, b, radars[sensor], time, ignored, s)
                n, pairs, used = hear_person(bank, areas, sensor, clock, k, tell, (pairs, used), w, s)
            else:
                rays = rays_of(g, a, b, radars[sensor], time, ignored, s)
                n, pairs, used = look_along(bank, radars, rays, sweep, clock, k, tell, (pairs, used), w, s)
            n, m, due = judge_some(bank, radars, weighs, w.touched[:n], time, constants, w.ended)
            slots, ended, clock[NEXT_DUE] = w.touched[:n], w.ended[:m], min(clock[NEXT_DUE], due)
        clock[TIME] = max(clock[TIME], time)
        if show:
            if told_rows + len(slots) > len(rows):
                rows = wider(rows, told_rows + len(slots))
            put_rows(rows, told_rows, k, bank, slots, time, window, s)
            told_rows += len(slots)
        release(bank, radars, ended)
    return len(steps.kind), DONE, late, rows[:told_rows], pairs[:used]
