"""The stage: `Tracker.step(Batch | Sector | Tick) -> Tracks`. The rest of this folder is what it is made of."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.geodesy_kernels import frame_of
from mihari.core.reports import Batch, Input, Sector, Tick
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.tracks import Associations, Tracks
from mihari.tracks import intake
from mihari.tracks.ais import hear, witness
from mihari.tracks.bank import FREE, HIGH, constants_of, new_bank, room_for, with_sensors
from mihari.tracks.clutter import RINGS, RingClutter
from mihari.tracks.gate import Plots, Sweep
from mihari.tracks.life import DROPPED, TENTATIVE, judge_all, judge_some, release_dropped
from mihari.tracks.radar import association_rows, births, half_of, sweep_tracks
from mihari.tracks.settings import TrackerSettings
from mihari.tracks.state import VERSION, State, bank_of, bank_state, checked, counted, settings_hash
from mihari.tracks.tell import told

LEAST = 0.05  # probability from which an association is told


class Tracker:
    """All tracks of a node, fed by all its sensors.

    Same input, same tracks, bit for bit. Nothing here reads a clock: time is that of what is given. Reports that
    cannot be used are counted by reason in `ignored`; those too old in `late`.

    Time that jumps: a report more than `settings.future` ahead of the last tick is refused and counted (before any
    tick, all are taken); a tick that jumps ahead is believed, and what its silence means follows (tracks coast, then
    drop). What is older than a track's own state by up to `settings.late` is moved along the track's velocity, an
    approximation that costs the manoeuvre of those seconds; older input is counted and changes nothing.
    """

    def __init__(
        self,
        sensors: Sequence[Sensor],
        settings: TrackerSettings | None = None,
        on_land: Callable[[Array, Array], Array] | None = None,
    ) -> None:
        self._given = settings or TrackerSettings()
        self.associations = Associations.empty()
        self.next_due = math.inf
        self.time = -math.inf  # of the newest input
        self.late = 0
        self.ignored: Counter[str] = Counter()
        self._on_land = on_land
        self._clutter: dict[int, RingClutter] = {}
        self._tick = math.inf
        self._bank = new_bank(256, 1)
        self.know(sensors)

    def know(self, sensors: Sequence[Sensor]) -> None:
        """These are the sensors from now on, by index; what was learned of those already known is kept."""
        self.sensors = tuple(sensors)
        self.settings = _for_turns(self._given, self.sensors)
        self._constants = constants_of(self.settings)
        self._by_index = {sensor.index: sensor for sensor in self.sensors}
        self._columns = 1 + max((sensor.index for sensor in self.sensors), default=0)
        self._bank = with_sensors(self._bank, self._columns)
        self._window = _windows(self.sensors, self._columns)
        self._frames = {
            s.index: np.array(frame_of(math.radians(s.lat_deg), math.radians(s.lon_deg)))
            for s in self.sensors
            if s.placed
        }
        for s in self.sensors:
            if s.kind == SensorKind.RADAR:
                self._clutter.setdefault(s.index, RingClutter(s, self.settings))

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on but for the sensors: arrays, numbers and the counts of `ignored`."""
        clutter = [self._clutter[k].state for k in sorted(self._clutter)]
        return bank_state(self._bank) | {
            "version": VERSION,
            "settings": settings_hash(self._given),
            "clock": np.array([self._tick, self.time, self.next_due]),
            "late": self.late,
            "ignored": dict(self.ignored),
            "clutter_sensor": np.array(sorted(self._clutter), np.int64),
            "clutter": np.stack(clutter) if clutter else np.zeros((0, 3, RINGS + 1)),
        }

    def restore(self, state: State) -> None:
        """Goes on from `state`, bit for bit; the sensors are those that this tracker knows. BadInput if it cannot.

        >>> first, second = Tracker([]), Tracker([])
        >>> _ = first.step(Tick(7.0))
        >>> second.restore(first.state())
        >>> second.state()["clock"].tolist() == first.state()["clock"].tolist()
        True
        """
        checked(state, self._given)
        self.associations = Associations.empty()
        self._bank = with_sensors(bank_of(state), self._columns)
        self._tick, self.time, self.next_due = (float(t) for t in state["clock"])
        self.late, self.ignored = int(state["late"]), counted(state)
        for index, learned in zip(state["clutter_sensor"].tolist(), state["clutter"], strict=True):
            if index in self._clutter:
                self._clutter[index].restore(learned)

    def __len__(self) -> int:
        return int(self._bank.tracks["alive"].sum())

    def step(self, given: Input) -> Tracks:
        """Takes one input in; returns the tracks it touched, at its time. A dropped track is told once, as DROPPED."""
        self.associations = Associations.empty()
        if isinstance(given, Tick):
            return self._pass(given)
        if isinstance(given, Sector):
            return self._look(given)
        return self._hear(given)

    def tracks(self, time: float | None = None) -> Tracks:
        """Everything alive, predicted to `time` (default: each track at its own), in the order of ids."""
        return self._tell(np.flatnonzero(self._bank.tracks["alive"]), math.nan if time is None else time)

    def _tell(self, slots: Array, time: float) -> Tracks:
        return told(self._bank, slots, time, self._window, self._constants)

    def _pass(self, tick: Tick) -> Tracks:
        """Time passes: tracks whose silence has lasted too long coast or are dropped."""
        if not math.isfinite(tick.time):
            self.ignored["no time"] += 1
            return Tracks.empty()
        self._tick = tick.time
        if tick.time < self.time - self.settings.future:  # the clock was set back: what it said before was wrong
            self.time, self.next_due = tick.time, -math.inf
        if tick.time < self.next_due:
            return Tracks.empty()
        changed, self.next_due = judge_all(self._bank, tick.time, self._constants)
        self.time = max(self.time, tick.time)
        return self._finish(changed, tick.time)

    def _finish(self, slots: Array, time: float) -> Tracks:
        told_now = self._tell(slots, time)
        release_dropped(self._bank, slots)
        return told_now

    def _judged(self, slots: Array, time: float) -> Tracks:
        self.next_due = min(self.next_due, judge_some(self._bank, slots, time, self._constants))
        self.time = max(self.time, time)
        return self._finish(slots, time)

    def _look(self, sector: Sector) -> Tracks:
        """A radar looked: detections, misses, births."""
        sensor = self._by_index.get(sector.sensor)
        reason = self._refused(sensor, sector.time)
        if sensor is None or reason:
            self.ignored[reason] += len(sector.reports)
            return Tracks.empty()
        if sector.time < self.time - self.settings.late:
            self.late += len(sector.reports)
            return Tracks.empty()
        rows, counts = intake.usable_plots(sector, sensor, self.settings)
        self.ignored.update(counts)
        sweep = self._sweep(sector, sensor)
        plots = intake.plots_of(sector.reports.take(rows), sensor, sweep.frame, self._clutter[sensor.index])
        touched, begin, plot, probability, unclaimed, slots = sweep_tracks(self._bank, plots, sweep, self._constants)
        row, track, chance = association_rows(begin, plot, probability, slots, self._bank, LEAST)
        born, source = self._bear(plots, unclaimed, sweep)
        self._clutter[sensor.index].learn(plots, unclaimed, sweep)
        self.associations = Associations(
            row=rows[np.concatenate([row, source])],
            track=np.concatenate([track, self._bank.tracks["id"][born]]),
            probability=np.concatenate([chance, unclaimed[source]]),
        )
        return self._judged(np.concatenate([touched, born]), sector.time)

    def _refused(self, sensor: Sensor | None, time: float) -> str:
        """Why a sector cannot be used; empty if it can."""
        if sensor is None:
            return "unknown sensor"
        if sensor.kind != SensorKind.RADAR:
            return "not a maritime radar"
        if not sensor.placed:
            return "radar without a place"
        if not math.isfinite(time):
            return "no time"
        return "ahead of time" if time > self._tick + self.settings.future else ""

    def _sweep(self, sector: Sector, sensor: Sensor) -> Sweep:
        half = half_of(sector.start, sector.end)
        return Sweep(
            sensor=sensor.index,
            frame=self._frames[sensor.index],
            time=sector.time,
            middle=sector.start + half,
            half=half,
            range_min=sensor.range_min,
            range_max=sensor.range_max,
            period=sensor.period,
            detection=sensor.detection,
        )

    def _bear(self, plots: Plots, unclaimed: Array, sweep: Sweep) -> tuple[Array, Array]:
        """New tracks from plots on water."""
        self._bank = room_for(self._bank, len(unclaimed))
        water: Array = np.ones(len(unclaimed), bool)
        if self._on_land is not None and len(unclaimed):
            water = ~np.asarray(self._on_land(np.degrees(plots.lat), np.degrees(plots.lon)), bool)
        born: tuple[Array, Array] = births(self._bank, plots, unclaimed, water, sweep, self._constants)
        return born

    def _hear(self, batch: Batch) -> Tracks:
        """AIS spoke."""
        reports = batch.reports
        rows, counts = intake.usable_positions(batch, self._tick + self.settings.future)
        self.ignored.update(counts)
        if len(rows) == 0:
            return self._finish(self._noted(batch), math.nan)
        rows = rows[np.argsort(reports.time[rows], kind="stable")]
        given = intake.told_of(batch, rows, self._columns, self.settings)
        given_up = self._make_room(len(rows))
        self._bank = room_for(self._bank, len(rows))
        touched, report, track, chance, late = hear(self._bank, given, self.time, self._constants)
        self.late += int(late)
        self.associations = Associations(row=rows[report], track=track, probability=chance)
        touched = np.unique(np.concatenate([touched, given_up, self._noted(batch)]))
        return self._judged(touched, max(float(reports.time[rows[-1]]), self.time))

    def _noted(self, batch: Batch) -> Array:
        """Slots of the tracks for which a second station has brought a message: who hears them is noted, no more."""
        mmsi, sensor = intake.witnesses(batch, self._columns)
        return np.unique(witness(self._bank, mmsi, sensor)) if len(mmsi) else np.zeros(0, np.int64)

    def _make_room(self, births: int) -> Array:
        """Give up the AIS tracks that were heard longest ago, tentative ones first, where `most` would be passed.

        A sender that invents a name with each message must not make each step slower than the last. A tenth goes at
        a time. Returns their slots, now DROPPED.
        """
        tracks, most = self._bank.tracks, self.settings.most
        if self._bank.tally[HIGH] - self._bank.tally[FREE] + births <= most:
            return np.zeros(0, np.int64)
        too_many = len(self) + births - most
        if too_many <= 0:
            return np.zeros(0, np.int64)
        rows = np.flatnonzero((tracks["alive"] == 1) & (tracks["plots"] == 0) & (tracks["status"] != DROPPED))
        order = np.lexsort((tracks["heard_ais"][rows], tracks["status"][rows] != TENTATIVE))
        chosen: Array = rows[order[: too_many + most // 10]]
        tracks["status"][chosen] = DROPPED
        self.ignored["given up for room"] += len(chosen)
        return chosen


def _for_turns(settings: TrackerSettings, sensors: Sequence[Sensor]) -> TrackerSettings:
    """Deadlines for radars that turn slowly: six turns until a track coasts, four until a tentative one is dropped."""
    period = max((s.period for s in sensors if s.kind == SensorKind.RADAR), default=0.0)
    return settings._replace(
        radar_coast=max(settings.radar_coast, 6 * period), tentative_drop=max(settings.tentative_drop, 4 * period)
    )


def _windows(sensors: Sequence[Sensor], columns: int) -> Array:
    """How long each sensor counts as supporting a track after its last report, s; NaN: AIS, by its interval."""
    window: Array = np.full(columns, math.nan)
    for sensor in sensors:
        if sensor.kind == SensorKind.RADAR:
            window[sensor.index] = 6 * sensor.period
    return window
