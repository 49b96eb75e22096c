"""The stage: `Tracker.step(Batch | Sector | Tick) -> Tracks`. The rest of this folder is what it is made of."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.reports import Input, ReportKind, Tick
from mihari.core.sensor import Sensor, SensorKind
from mihari.core.steps import StepKind, Stretch
from mihari.core.tracks import Associations, Believed, Tracks
from mihari.tracks.bank import FREE, HIGH, NEXT_ID, Bank, constants_of, new_bank, room_for, with_sensors
from mihari.tracks.clutter import RADAR, radars_of
from mihari.tracks.index import reindex
from mihari.tracks.intake import REASONS, Given, Ignored, _whole, given_of
from mihari.tracks.life import DROPPED, TENTATIVE
from mihari.tracks.registration import Registered, registered_of
from mihari.tracks.run import CROWDED, DONE, FILED_UNTIL, NEXT_DUE, TICK_TIME, TIME, StepArrays, run
from mihari.tracks.settings import TrackerSettings
from mihari.tracks.state import State, bank_of, checked, learned_of, state_of
from mihari.tracks.tell import told, tracks_of

SHORTEST_S = 3.0  # a camera that looks ten times a second still supports a track that it last saw two seconds ago


class Followed(NamedTuple):
    """What a run told, input by input: `step` is the row of the input in the stretch.

    `tracks` are those that each input touched, at its time, but for tentative ones; `associations` have the rows of
    each input's own reports.
    """

    tracks: Tracks
    tracks_step: Array
    associations: Associations
    associations_step: Array


class Moment(NamedTuple):
    """All that the next input meets, in memory of its own: what `Tracker.put_back` goes on from."""

    tracks: Array
    hit: Array
    free: Array
    tally: Array
    radars: Array
    clock: Array
    ignored: Array
    late: int
    sensors: tuple[Sensor, ...]


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
        self.late = 0
        self._on_land = on_land
        self._clock = np.array([math.inf, -math.inf, math.inf, -math.inf])  # see `run`
        self._ignored = np.zeros(len(REASONS), np.int64)
        self._bank, self._radars = new_bank(256, 1), np.zeros(0, RADAR)
        self.know(sensors)

    def know(self, sensors: Sequence[Sensor]) -> None:
        """These are the sensors from now on, by index; what was learned of those already known is kept."""
        self.sensors = tuple(sensors)
        self.settings = _for_turns(self._given, self.sensors)
        columns = 1 + max((sensor.index for sensor in self.sensors), default=0)
        longest = max((s.period for s in self.sensors if s.kind == SensorKind.RADAR), default=0.0)
        self._constants = constants_of(self.settings, longest)
        self._bank = with_sensors(self._bank, columns)
        self._window = _windows(self.sensors, columns)
        self._radars = radars_of(self.sensors, max(columns, len(self._radars)), self.settings, self._radars)
        self._clock[FILED_UNTIL] = reindex(self._bank, self.time, self._constants)

    @property
    def time(self) -> float:
        """Of the newest input, UTC s."""
        return float(self._clock[TIME])

    @property
    def next_due(self) -> float:
        """Data time before which a tick changes nothing."""
        return float(self._clock[NEXT_DUE])

    @property
    def ignored(self) -> Counter[str]:
        """How many reports could not be used, by reason."""
        return Counter({REASONS[k]: int(self._ignored[k]) for k in np.flatnonzero(self._ignored)})

    def state(self) -> dict[str, Any]:
        """Everything that the next step depends on but for the sensors: arrays, numbers and the counts of `ignored`."""
        return state_of(self._bank, self._radars, self._clock[:FILED_UNTIL], self._given) | {
            "late": self.late,
            "ignored": dict(self.ignored),
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
        self.associations, self.late = Associations.empty(), int(state["late"])
        self._ignored = np.array([state["ignored"].get(reason, 0) for reason in REASONS], np.int64)
        self._clock[:FILED_UNTIL] = state["clock"]
        self._bank = bank_of(state)
        self._radars = learned_of(state, self._radars)
        self.know(self.sensors)

    def moment(self) -> Moment:
        """A copy of all that the next input meets: of the bank the slots ever used, and no index."""
        bank, high = self._bank, int(self._bank.tally[HIGH])
        return Moment(
            bank.tracks[:high].copy(),
            bank.hit[:high].copy(),
            bank.free[: bank.tally[FREE]].copy(),
            bank.tally.copy(),
            self._radars.copy(),
            self._clock.copy(),
            self._ignored.copy(),
            self.late,
            self.sensors,
        )

    @property
    def bank(self) -> Bank:
        """The tracks themselves; `put_back` begins another bank and leaves this one as it is."""
        return self._bank

    @property
    def radars(self) -> Array:
        """(sensors,) of RADAR: each with what was learned of its clutter."""
        return self._radars

    @property
    def given(self) -> TrackerSettings:
        """The settings as they were given, before radars that turn slowly made some deadlines longer."""
        return self._given

    @property
    def next_id(self) -> int:
        """Of the next track to be born."""
        return int(self._bank.tally[NEXT_ID])

    @property
    def slots(self) -> int:
        """Slots of the bank that were ever used."""
        return int(self._bank.tally[HIGH])

    def trust(self) -> None:
        """What is ahead of time is refused before it comes here: ticks tell nothing of that any more."""
        self._clock[TICK_TIME] = math.nan

    def aside(self) -> tuple[Any, ...]:
        """What this tracker works on, not copied: `put_back` takes others, and `resume` these again."""
        return self._bank, self._radars, self._clock, self._ignored, self.late, self.sensors

    def resume(self, aside: tuple[Any, ...]) -> None:
        """Goes on with what was set aside."""
        self._bank, self._radars, self._clock, self._ignored, self.late, sensors = aside
        if sensors is not self.sensors:
            self.know(sensors)

    def told(self, bank: Bank, slots: Array, time: float) -> Tracks:
        """The tracks in these slots of a bank of this tracker, at `time` (NaN: each at its own), by id."""
        return told(bank, slots, time, self._window, self._constants)

    def put_back(self, moment: Moment) -> None:
        """Goes on from `moment`, bit for bit, with the sensors known then; the bank is a new one."""
        high, columns = len(moment.tracks), moment.hit.shape[1]
        bank = new_bank(max(len(self._bank.tracks), high), columns)
        bank.tracks[:high], bank.hit[:high] = moment.tracks, moment.hit
        bank.free[: len(moment.free)], bank.tally[:] = moment.free, moment.tally
        self._bank, self._radars, self._clock = bank, moment.radars.copy(), moment.clock.copy()
        self._ignored, self.late = moment.ignored.copy(), moment.late
        if moment.sensors is self.sensors:
            self._clock[FILED_UNTIL] = reindex(bank, self.time, self._constants)
        else:
            self.know(moment.sensors)

    def __len__(self) -> int:
        return int(self._bank.tracks["alive"].sum())

    def step(self, given: Input) -> Tracks:
        """Takes one input in; returns the tracks it touched, at its time, each dropped one once, as DROPPED.

        Tentative ones are not told: `tracks` has them.
        """
        if isinstance(given, Tick) and self.time - self.settings.future <= given.time < self.next_due:
            if not math.isnan(self._clock[TICK_TIME]):
                self._clock[TICK_TIME] = given.time
            self.associations = Associations.empty()
            return Tracks.empty()
        followed = self.run(Stretch.of([given]), tell=True)
        self.associations = followed.associations
        return followed.tracks

    def run(self, stretch: Stretch, tell: bool = False) -> Followed:
        """Takes many inputs in, exactly as `step` would one by one; tells what each did only where `tell` is set."""
        self.associations = Associations.empty()
        steps = StepArrays(*(_whole(values) for values in stretch.steps.columns().values()))
        return self.follow(steps, given_of(stretch.reports, stretch.claims, self.water(stretch)), tell)

    def follow(self, steps: StepArrays, given: Given, tell: bool = False, show: bool | None = None) -> Followed:
        """As `run`, of columns as the kernels take them; `tell` associations, and `show` tracks (as `tell`)."""
        show = tell if show is None else show
        rows, pairs, first, given_up, roomy = [], [], 0, np.zeros(0, np.int64), False
        while first < len(steps.kind):
            first, why, late, told_rows, told_pairs = run(
                self._bank, self._radars, steps, first, given, self._clock, self._ignored,
                self._window, self._constants, tell, show, given_up, roomy,
            )  # fmt: skip
            self.late += late
            rows.append(told_rows)
            pairs.append(told_pairs)
            given_up, roomy = np.zeros(0, np.int64), False
            if why != DONE:
                births = int(steps.last[first] - steps.first[first])
                if why == CROWDED:
                    given_up, roomy = self._make_room(births), True
                self._bank = room_for(self._bank, births)
        return _followed(rows, pairs)

    def tracks(self, time: float | None = None) -> Tracks:
        """Everything alive, predicted to `time` (default: each track at its own), in the order of ids."""
        slots = np.flatnonzero(self._bank.tracks["alive"])
        return told(self._bank, slots, math.nan if time is None else time, self._window, self._constants)

    def believed(self, time: float) -> Believed:
        """The same at `time`, with the MMSI that each track goes by.

        >>> len(Tracker([]).believed(7.0))
        0
        """
        alive = self._bank.tracks[self._bank.tracks["alive"] == 1]
        mmsi = alive["mmsi"][np.argsort(alive["id"])]
        return Believed.of(len(alive), **self.tracks(time).columns(), mmsi=mmsi, moment=time)

    def registered(self) -> dict[int, Registered]:
        """What is known of the bias of each radar that was compared with AIS or another radar, by sensor index."""
        known = np.flatnonzero((self._radars["kind"] == SensorKind.RADAR) & (self._radars["fitted"] > 0))
        return {k: registered_of(self._radars[k]) for k in known.tolist()}

    def water(self, stretch: Stretch) -> Array:
        """(reports,) 0 where a plot lies on land; empty if nothing is known of land."""
        reports, steps = stretch.reports, stretch.steps
        if self._on_land is None:
            return np.zeros(0, np.uint8)
        water: Array = np.ones(len(reports), np.uint8)
        sectors = steps.kind == StepKind.SECTOR
        low, high = int(steps.first[sectors].min(initial=len(reports))), int(steps.last[sectors].max(initial=0))
        rows = low + np.flatnonzero(reports.kind[low:high] == ReportKind.PLOT)  # a part of a stretch has all reports
        if len(rows):
            water[rows] = ~np.asarray(self._on_land(reports.lat_deg[rows], reports.lon_deg[rows]), bool)
        return water

    def _make_room(self, births: int) -> Array:
        """Give up the AIS tracks that were heard longest ago, tentative ones first, where `most` would be passed.

        A sender that invents a name with each message must not make each step slower than the last. A tenth goes at
        a time. Returns their slots, now DROPPED.
        """
        tracks, most = self._bank.tracks, self.settings.most
        too_many = int(self._bank.tally[HIGH] - self._bank.tally[FREE]) + births - most
        rows = np.flatnonzero((tracks["alive"] == 1) & (tracks["plots"] == 0) & (tracks["status"] != DROPPED))
        order = np.lexsort((tracks["heard_ais"][rows], tracks["status"][rows] != TENTATIVE))
        chosen: Array = rows[order[: too_many + most // 10]]
        tracks["status"][chosen] = DROPPED
        self._ignored[Ignored.NO_ROOM] += len(chosen)
        return chosen


def _followed(rows: list[Array], pairs: list[Array]) -> Followed:
    told_rows, told_pairs = (one[0] if len(one) == 1 else np.concatenate(one) if one else None for one in (rows, pairs))
    if told_rows is None or told_pairs is None:
        none = np.zeros(0, np.int64)
        return Followed(Tracks.empty(), none, Associations.empty(), none)
    associations = Associations(row=told_pairs["row"], track=told_pairs["track"], probability=told_pairs["probability"])
    return Followed(tracks_of(told_rows), told_rows["step"].copy(), associations, told_pairs["step"].copy())


def _for_turns(settings: TrackerSettings, sensors: Sequence[Sensor]) -> TrackerSettings:
    """Deadlines for slow radars: three turns until a track coasts, four until a tentative one is dropped."""
    period = max((s.period for s in sensors if s.kind == SensorKind.RADAR), default=0.0)
    return settings._replace(
        radar_coast=max(settings.radar_coast, 3 * period), tentative_drop=max(settings.tentative_drop, 4 * period)
    )


def _windows(sensors: Sequence[Sensor], columns: int) -> Array:
    """How long each sensor counts as supporting a track after its last report, s; NaN: AIS, by its interval."""
    window: Array = np.full(columns, math.nan)
    for sensor in sensors:
        if sensor.kind == SensorKind.RADAR:
            window[sensor.index] = 6 * sensor.period
        elif sensor.kind not in (SensorKind.AIS, SensorKind.AIR_RADAR):
            window[sensor.index] = max(6 * sensor.period, SHORTEST_S)
    return window
