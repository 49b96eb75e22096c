"""The stage that waits for nobody: inputs in any order, up to a minute late -> the tracks of inputs in order.

`RewindingTracker` has the face of `Tracker`. What comes in order is taken in at once. What comes late marks how far its
tracks are wrong; with the next tick, or a sector where little is to be done again, the tracker goes back to a state
before it and takes everything in once more, in order. The result is that of `Tracker` on the same entries, sorted.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import BadInput
from mihari.core.reports import Batch, Input, Sector, Tick
from mihari.core.sensor import Sensor
from mihari.core.steps import StepKind, Stretch
from mihari.core.tracks import Associations, Believed, Tracks, TrackStatus
from mihari.tracks import held
from mihari.tracks.changes import changes
from mihari.tracks.entries import FIRST_OF_ALL, GRID_S, LATEST, NO_TIME, Door, Entries, Key
from mihari.tracks.intake import REASONS
from mihari.tracks.older import put_in_place, told_late, too_late
from mihari.tracks.registration import Registered
from mihari.tracks.retold import NO_TRACKS, Turned, confirmed, dropped, joined, latest_of, paired
from mihari.tracks.ring import Kept, Ring
from mihari.tracks.settings import TrackerSettings
from mihari.tracks.state import State
from mihari.tracks.tracker import Followed, Tracker

RING_S = 60.0  # how late a report may come: AIS through a chain of servers is seconds late, a satellite's by hours
AT_ONCE = 2000  # reports, entries and a quarter of the tracks: some 3 ms; what is more waits for the tick
STATES = 32  # kept before they are thinned out
MOST = (
    4_000_000  # reports and entries that a ring holds, some 450 MB: a million plots a turn, 30,000 AIS reports a second
)
NO_PAIRS = Associations.empty()


class Footing(NamedTuple):
    """The tracker after all entries before `order`, of a run in which what was `begin` or later came in its place.

    `state` is `Tracker.state`; ids from `young` on were given in that run.
    """

    order: float
    begin: float
    young: int
    state: dict[str, Any]


class Known(NamedTuple):
    """After the entry with this key the sensors are these."""

    key: Key
    sensors: tuple[Sensor, ...]


class RewindingTracker:
    """All tracks of a node, whatever the order in which its sensors' reports come.

    Within `ring` seconds the tracks are bit for bit those of the same reports in order: by time, then by what they are,
    who sent them and what they say. Of more than `most` reports and entries the ring begins anew: what is older counts
    as too late. A late sector waits for the tick where more than `at_once` must come again. Ids are given in that
    order, too, so late reports may change the ids of tracks that began after them: `turned` tells how.
    """

    def __init__(
        self,
        sensors: Sequence[Sensor],
        settings: TrackerSettings | None = None,
        on_land: Callable[[Array, Array], Array] | None = None,
        ring: float = RING_S,
        most: int = MOST,
        at_once: int = AT_ONCE,
    ) -> None:
        self.most, self.at_once = most, at_once
        self.overfull = -math.inf  # when the ring last held too much, UTC s
        self._tracker = Tracker(sensors, settings, on_land)
        self._tracker.trust()
        self._door = Door(ring, self._tracker.settings.future)
        self._waiting: dict[int, Batch] = {}  # batches of which a part was late, by number
        self.oldest_late = math.inf  # time of the oldest that came too late, until who asks sets it back
        self.oldest_look = math.inf  # and of the oldest look
        self.late_from = -math.inf  # what is older than that is not meant by the two, UTC s
        self._begin(-math.inf)
        self._tell_nothing()

    def _begin(self, order: float) -> None:
        """Nothing before `order` will come."""
        self._ring = Ring(Kept(order, self._tracker.moment()))
        self._held = math.inf  # nothing from this order on is let go
        self._top: Key = FIRST_OF_ALL if order == -math.inf else (order, 99, 0, 0)  # of the last entry taken in
        self._dirty = math.inf  # from this order on the tracks are not those of the entries
        self._known: list[Known] = []

    def _tell_nothing(self) -> None:
        self.associations = NO_PAIRS  # of the last input's reports
        self.belated: list[tuple[Batch, Associations]] = []  # of earlier batches' reports that had to wait
        self.turned: Turned | None = None

    @property
    def sensors(self) -> tuple[Sensor, ...]:
        """The sensors as they are known."""
        return self._tracker.sensors

    @property
    def settings(self) -> TrackerSettings:
        """Those in force."""
        return self._tracker.settings

    @property
    def time(self) -> float:
        """Of the newest input, UTC s."""
        return max(self._tracker.time, self._door.newest)

    @property
    def ids(self) -> Array:
        """Of all tracks there are, in no order."""
        tracks = self._tracker.bank.tracks
        found: Array = tracks["id"][tracks["alive"] == 1]
        return found

    @property
    def unsettled(self) -> bool:
        """Whether late reports wait to be taken in."""
        return self._dirty < math.inf

    @property
    def overfull_s(self) -> float | None:
        """Since when the ring held too much and began anew; None: it never did."""
        return self.time - self.overfull if self.overfull > -math.inf else None

    @property
    def next_due(self) -> float:
        """Data time before which a tick changes nothing."""
        return -math.inf if self.unsettled else self._tracker.next_due

    @property
    def late(self) -> int:
        """Reports too old to change anything."""
        return self._tracker.late

    @property
    def ignored(self) -> Counter[str]:
        """How many reports could not be used, by reason."""
        refused = self._door.refused
        return self._tracker.ignored + Counter({REASONS[k]: int(refused[k]) for k in np.flatnonzero(refused)})

    def __len__(self) -> int:
        return len(self._tracker)

    # what is known of sensors

    def know(self, sensors: Sequence[Sensor]) -> None:
        """These are the sensors from now on; those that could not be used so far are known to the whole ring."""
        now, ring, begun = tuple(sensors), self._ring, self._top != FIRST_OF_ALL
        changed = now != self.sensors
        self._tracker.know(now)
        if not begun:
            self._ring.states = [Kept(-math.inf, self._tracker.moment())]
            return
        if not changed:
            return
        before = [s.moment.sensors for s in ring.states] + [k.sensors for k in self._known]
        ring.states = [s._replace(moment=completed(s.moment, now)) for s in ring.states]
        self._known = [k._replace(sensors=held.completed(k.sensors, now)) for k in self._known]
        self._known.append(Known(self._top, now))
        if any(held.longest_turn(held.completed(one, now)) != held.longest_turn(one) for one in before):
            self._dirty = min(self._dirty, ring.states[0].order)  # deadlines are others now

    # one input after another

    def step(self, given: Input) -> Tracks:
        """Takes one input in; returns the tracks that are others than was told before, be it by late reports.

        A dropped track is told once, as DROPPED, and so is one that is tentative again, since tentative ones are not
        told; what is no more since ids were given anew is in `turned`.
        """
        self._tell_nothing()
        if isinstance(given, Tick):
            tracks = self._tick(given.time)
        elif len(entries := self._admitted(Stretch.of([given]))) == 0:
            return NO_TRACKS
        elif isinstance(given, Sector):
            tracks = self._sector(entries)
        else:
            tracks = self._batch(entries, given)
        if self._dirty < self._door.floor or (self.unsettled and self._full()):
            tracks = latest_of([tracks, self._catch_up(self._door.newest)])
        self._let_go()
        return tracks

    def _tick(self, time: float) -> Tracks:
        if not math.isfinite(time):
            self._door.refused[NO_TIME] += 1
            return NO_TRACKS
        if time < self._door.newest - self._door.future:
            return self._set_back(time)
        entries = self._door.tick(time)
        behind = entries.key(0) <= self._top
        if self.unsettled or (behind and time >= self._tracker.next_due):
            self._wait(entries)
            return self._catch_up(time)
        if behind:  # it changes nothing, so it might as well have come in its turn
            self._ring.add(entries)
            return NO_TRACKS
        return self._onwards(entries)

    def _set_back(self, time: float) -> Tracks:
        """The node's clock was set back: what it said before was wrong, and the ring begins anew."""
        told = [self._catch_up(self._door.newest)] if self.unsettled else []
        told.append(self._tracker.step(Tick(time)))
        self._door.set_back(time)
        self._begin(time)
        return latest_of(told)

    def _sector(self, entries: Entries) -> Tracks:
        behind = entries.key(0) <= self._top
        if not behind and not self.unsettled:
            return self._onwards(entries)
        dirty = min(self._dirty, entries.key(0)[0])
        if self._ring.weight(dirty) + len(entries.reports) + self._tracker.slots // 4 <= self.at_once:
            self._wait(entries)
            return self._catch_up(float(entries.entries["time"][0]))
        if not behind:
            return self._onwards(entries)
        self._wait(entries)
        return NO_TRACKS

    def _batch(self, entries: Entries, given: Batch) -> Tracks:
        if not self.unsettled and entries.key(0) > self._top:
            return self._onwards(entries)
        self._wait(entries)  # all of it: once something waits, the rest costs less together with it
        self._waiting[self._door.source - 1] = given
        return NO_TRACKS

    def _admitted(self, stretch: Stretch) -> Entries:
        entries = self._door.admit(stretch, self._tracker.water(stretch), self._tracker.radars)
        late, look = told_late(entries, self.late_from)
        self.oldest_late, self.oldest_look = min(self.oldest_late, late), min(self.oldest_look, look)
        return entries.in_order()

    def _wait(self, entries: Entries) -> None:
        """Takes late entries into the ring alone."""
        entries.entries["waits"] = 1
        self._ring.add(entries)
        self._dirty = min(self._dirty, float(entries.entries["order"][0]))

    def _onwards(self, entries: Entries) -> Tracks:
        """Takes entries in that come after all others."""
        if len(entries) == 0:
            return NO_TRACKS
        self._ring.add(entries)
        followed = self._follow(entries, tell=True, show=True)
        self.associations = paired(followed, entries.entries).get(self._door.source - 1, NO_PAIRS)
        return latest_of([followed.tracks])

    def _catch_up(self, time: float, young: float = math.inf) -> Tracks:
        """Takes in what waits: goes back to before it and comes again. The tracks that are others now, each at its
        own time; coasted and dropped ones at `time`. Ids from `young` on were given anew."""
        before = self._tracker.bank
        entries = self._go_back()
        young = int(min(self._tracker.next_id, young))
        followed = self._follow(entries, tell=bool(entries.entries["waits"].any()))
        found = paired(followed, entries.entries, waiting=True)
        entries.entries["waits"] = 0
        self._dirty = math.inf
        self.associations = found.get(self._door.source - 1, self.associations)
        waiting, self._waiting = self._waiting, {}
        self.belated += [(batch, found[k]) for k, batch in sorted(waiting.items()) if k in found]
        change = changes(before, self._tracker.bank, young)
        bank = self._tracker.bank
        status = bank.tracks["status"][change.changed]
        coasted, tentative = status == TrackStatus.COASTED, status == TrackStatus.TENTATIVE
        heard = self._tracker.told(bank, change.changed[~coasted & ~tentative], math.nan)
        doubted = change.changed[tentative & np.isin(bank.tracks["id"][change.changed], confirmed(before, change))]
        changed = latest_of([heard, self._tracker.told(bank, change.changed[coasted], time)])
        gone = self._tracker.told(before, change.gone, time)
        gone = gone.take(gone.status != TrackStatus.TENTATIVE)
        others = gone.id >= young
        anew = bool(others.any()) or bool(np.any(change.renamed[:, 0] != change.renamed[:, 1]))
        gone, doubtful = dropped(gone), dropped(self._tracker.told(bank, doubted, time))
        if anew:
            self.turned = Turned(gone.take(gone.id >= young), change.renamed, young)
            gone = gone.take(gone.id < young)
        return latest_of([gone, doubtful, changed])  # of one id there is one row: what it means now

    # many inputs at once

    def run(self, stretch: Stretch) -> None:
        """Takes many inputs in, with the result of `step` one by one. Nothing is told but by `tracks`."""
        self._tell_nothing()
        done = 0
        for at in self._falling(stretch):
            self._run(stretch.part(done, at))
            self.step(Tick(float(stretch.steps.time[at])))
            self._tell_nothing()
            done = at + 1
        self._run(stretch.part(done, len(stretch)) if done else stretch)

    def _falling(self, stretch: Stretch) -> list[int]:
        """The ticks that may set the clock back: those before another one, and the first of all."""
        ticks = np.flatnonzero((stretch.steps.kind == StepKind.TICK) & np.isfinite(stretch.steps.time))
        times = np.concatenate([[self._door.times[LATEST]], stretch.steps.time[ticks]])
        found: list[int] = ticks[(times[1:] < times[:-1]) | (times[:-1] == -np.inf)].tolist()
        return found

    def _run(self, stretch: Stretch) -> None:
        entries = self._admitted(stretch)
        if len(entries) == 0:
            return
        if not self.unsettled and entries.key(0) > self._top:
            self._ring.add(entries)
            self._follow(entries, tell=False)
        else:
            self._wait(entries)
            self._settle()
        self._waiting.clear()
        self._let_go()

    def _settle(self) -> None:
        entries = self._go_back()
        self._follow(entries, tell=False)
        entries.entries["waits"] = 0
        self._dirty = math.inf

    # going back and on

    def _go_back(self) -> Entries:
        """Puts the tracker back to before what waits; returns all entries since then."""
        kept = self._ring.back_to(self._dirty)
        self._ring.came_late(self._door.newest, self._dirty)
        self._tracker.put_back(kept.moment)
        self._top = (kept.order, -1, 0, 0)
        return self._ring.since(kept.order)

    def _follow(self, entries: Entries, tell: bool, show: bool = False) -> Followed:
        """Takes entries in, in their order; keeps states on the way. Tells associations and shows tracks if asked."""
        orders, tracker = entries.entries["order"], self._tracker
        wanted = self._ring.wanted(self._top[0], orders, min(self._door.floor, self._held))
        events: list[tuple[int, float, Any]] = [(place, order, None) for place, order in wanted]
        known = [k for k in self._known if k.key > self._top]
        events += [(entries.place_after(k.key), k.key[0], k.sensors) for k in known]
        events += [(place, order, self._look) for place, order in self._looks(orders)]
        steps, given = entries.arrays()
        found, done = [], 0
        for place, order, sensors in sorted(events, key=lambda e: (e[0], e[1], e[2] is not None)):
            if place > done:
                found.append((done, tracker.follow(steps.part(done, place), given, tell, show)))
                done = place
            if sensors is None:
                self._ring.keep(Kept(order, tracker.moment()))
            elif callable(sensors):
                sensors(order)
            else:
                tracker.know(sensors)
        if done < len(entries):
            found.append((done, tracker.follow(steps.part(done, len(entries)), given, tell, show)))
            self._top = entries.key(len(entries) - 1)
        return joined(found) if tell else found[0][1]

    def _looks(self, orders: Array) -> list[tuple[int, float]]:
        """(place, order) of the looks that somebody wants in a run of entries with these orders: nobody here."""
        return []

    def _look(self, order: float) -> None:
        """All entries before `order` are taken in."""

    def _let_go(self) -> None:
        """Forgets what is too old to come late."""
        ring, floor = self._ring, min(self._door.floor, self._held)
        if len(ring.states) > STATES:
            ring.thin(self._door.newest)
        if floor > ring.states[0].order and not self.unsettled:
            ring.let_go(floor, self._tracker.moment if self._top[0] < floor else None)
            self._known = [k for k in self._known if k.key[0] >= ring.states[0].order]
        if not self.unsettled and self._full():
            self._give_up()

    def _full(self) -> bool:
        return self._ring.load > self.most and self._ring.weight(self._ring.states[0].order) > self.most

    def _give_up(self) -> None:
        """The ring holds too much: it begins anew, and what comes late from before now is taken in as it comes."""
        self.overfull = self._door.newest
        order = math.nextafter(self._door.newest, math.inf)
        self._door.begin(order)
        self._begin(order)

    # what is older than the ring

    def hold(self) -> float | None:
        """Keeps all that the ring holds until `release`; returns the order from which on it does, None if it cannot."""
        order = self._ring.states[0].order
        if not math.isfinite(order) or order % GRID_S:
            return None
        self._held = order
        return order

    @property
    def holding(self) -> bool:
        """Whether it does."""
        return self._held < math.inf

    def release(self) -> None:
        """The ring may be as short again as it should be."""
        self._held = math.inf

    @property
    def inputs(self) -> int:
        """How many came in."""
        return self._door.source

    def stand_on(self, footing: Footing, inputs: int) -> Tracks:
        """Goes on from a footing at the order that was told by `hold`, when `inputs` had come in: as `step`, the tracks
        that are others now. BadInput where the ring has begun anew meanwhile."""
        self._tell_nothing()
        base = self._ring.states[0]
        if base.order != footing.order or self._held != footing.order:
            raise BadInput("the ring has begun anew while older reports were run again; nothing is changed")
        scratch = Tracker(base.moment.sensors, self._tracker.given)
        scratch.restore(footing.state)
        entries = self._ring.all()
        late = too_late(entries, footing.begin)
        late = late[entries.entries["source"][late] < inputs]
        put_in_place(entries, late)
        entries = entries.take(np.flatnonzero(entries.entries["order"] >= footing.order)).in_order()
        self._ring = Ring(Kept(base.order, scratch.moment()))
        self._ring.add(entries)
        self._dirty = base.order
        tracks = self._catch_up(self._door.newest, footing.young)
        self.release()
        self._let_go()
        return tracks

    # what is believed

    def tracks(self, time: float | None = None) -> Tracks:
        """Everything alive with all that has come in, as `Tracker.tracks`. Asking changes nothing."""
        found: Tracks = self._asked(lambda: self._tracker.tracks(time))
        return found

    def believed(self, time: float) -> Believed:
        """The same at `time`, with the MMSI that each track goes by."""
        found: Believed = self._asked(lambda: self._tracker.believed(time))
        return found

    def registered(self) -> dict[int, Registered]:
        """What is known of each radar's bias, as `Tracker.registered`; what waits does not count yet."""
        return self._tracker.registered()

    def _asked(self, ask: Callable[[], Any]) -> Any:
        if not self.unsettled:
            return ask()
        top, aside = self._top, self._tracker.aside()
        self._follow(self._go_back(), tell=False)
        found = ask()
        self._tracker.resume(aside)
        self._top = top
        return found

    # states

    def state(self) -> dict[str, Any]:
        """All that the next input meets: the tracker before the ring, what the ring holds, and who waits."""
        scratch = Tracker((), self._tracker.given)
        scratch.put_back(self._ring.states[0].moment)
        return scratch.state() | held.state_of(
            self._ring, self._door, self._top, self._known, self._waiting, scratch.sensors
        )

    def restore(self, state: State) -> None:
        """Goes on from `state`, bit for bit; the sensors are those that this tracker knows. BadInput if it cannot."""
        now, tracker = self.sensors, self._tracker
        if "ring_times" not in state:  # of a `Tracker`
            tracker.restore(state)
            tracker.trust()
            self._door.begin(tracker.time)
            self._begin(tracker.time)
            return
        tracker.know(held.sensors_of(state["ring_sensors"]))
        tracker.restore(state)
        order = held.restored(state, self._door)
        self._begin(order)
        self._known = [Known(key, sensors) for key, sensors in held.known_of(state)]
        self._waiting = held.waiting_of(state)
        entries = held.entries_of(state)
        self._top = (order, -1, 0, 0)
        waits = entries.entries["waits"] == 1
        if len(entries) > int(waits.sum()):
            taken = entries.take(np.flatnonzero(~waits))
            self._ring.add(taken)
            self._follow(taken, tell=False)
        else:  # all that was known is known, and what comes next follows the same one
            self._top = held.top_of(state, order)
            for known in self._known[-1:]:
                tracker.know(known.sensors)
        if waits.any():
            self._wait(entries.take(np.flatnonzero(waits)))
        self._tell_nothing()
        self.know(now)


def completed(moment: Any, now: tuple[Sensor, ...]) -> Any:
    """The same moment with those sensors of now that could not be used then."""
    return moment._replace(sensors=held.completed(moment.sensors, now))
