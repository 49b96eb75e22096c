"""A node: feeds -> bounded queue -> pipeline -> publisher -> face process. The one place that wires the parts.

Two processes: this one, the *pipeline* (one thread owns the state; feeds hand it batches through a bounded queue), and
the *face* (web, API), so that a busy kernel never freezes a screen. A picture is published after every radar sector and
at every tick.
"""

from __future__ import annotations

import logging
import math
import queue
import random
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from mihari import __version__, coast
from mihari.alerts.desk import Desk, desk_of
from mihari.alerts.records import redacted as without_password
from mihari.archive.writer import Archive, ArchiveSettings
from mihari.core.asset import Asset
from mihari.core.columns import Array
from mihari.core.config import NodeConfig
from mihari.core.errors import BadInput
from mihari.core.health import FeedHealth, NodeHealth
from mihari.core.kernels import kernels_hash
from mihari.core.person_report import PersonReport
from mihari.core.picture import Picture
from mihari.core.reports import Batch, Input, Sector, Tick
from mihari.core.tracks import Tracks
from mihari.core.zones import Zone, geojson_of, read_zones
from mihari.crewing import assets_of, listed_of
from mihari.dispatch import Dispatch
from mihari.face.launch import Face
from mihari.face.publish import Publisher
from mihari.feeds.address import FeedAddress
from mihari.feeds.hub import Hub
from mihari.feeds.inputs import InputQueue
from mihari.feeds.line import FeedSpec
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.relay import OutputSpec
from mihari.feeds.schemes import redacted
from mihari.feeds.transport import Chunk
from mihari.feeds.witnesses import Witnesses
from mihari.health import HealthWatch, Limits, limits_of
from mihari.joining import Joining
from mihari.keeping import Keeper
from mihari.kept import CONTEXT, TOLD, Kept, Stateful, file_of
from mihari.library.outset import Outset
from mihari.library.watched import Watched
from mihari.listing import lists_of
from mihari.lookout import Lookout
from mihari.outlets import Outlets, spec_of
from mihari.picture.assets import AssetBook
from mihari.picture.told import ToldBook
from mihari.pipeline import Pipeline
from mihari.reordering import Reordering
from mihari.rerun import Reruns, Told
from mihari.sharing import sharing_of
from mihari.shown import Shown

log = logging.getLogger("mihari.node")
Clock = Callable[[], float]
RECORDED_S = 60  # ticks of tracks kept for a score at the end
DAY_S = 86400.0
OF_FEED = ("silent", "failed", "refused", "shed", "unsent", "clock")  # alarms whose key names a feed
UNWATCHED_S = 600.0  # of data, between two looks at recordings that are read at full speed and nobody watches
HEALTH_S = 1.0  # how often feed health is looked at
FIXED = ("node", "face", "archive", "alerts", "mesh", "link", "modem", "patrol", "library")  # kept by a running node
OTHERS = -1  # the feed under which the archive keeps what other nodes told
LATENCY_KEPT = 20_000  # sectors whose arrival is remembered until the screen has them


@dataclass(frozen=True, slots=True)
class Moment:
    """Confirmed tracks at one tick, for scoring."""

    time: float
    tracks: Tracks


def feeds_of(config: NodeConfig) -> list[FeedSpec]:
    """The feeds of a configuration; BadInput with the address that cannot be understood."""
    specs = []
    for feed in config.feed:
        address = FeedAddress.parse(feed.url, feed.format or None)
        specs.append(FeedSpec(replace(address, name=feed.name) if feed.name else address))
    return specs


def outputs_of(config: NodeConfig, feeds: Sequence[FeedSpec]) -> list[OutputSpec]:
    """The outputs of a configuration; each has the format of the feeds it passes on."""
    formats = {feed.address.name: feed.address.format for feed in feeds}
    return [spec_of(told, formats) for told in config.output]


def land_of(area: coast.Area | None) -> Callable[[Array, Array], Array] | None:
    """Whether a place is land, for an area's coastline."""
    return None if area is None else coast.LandMask(area).on_land


def archive_of(config: NodeConfig, clock: Clock) -> Archive | None:
    """The archive that a configuration asks for. Where all feeds are recordings, they wait for the disk."""
    told = config.archive
    if not told.enabled:
        return None
    settings = ArchiveSettings(
        told.folder(config.node.name),
        told.keep_days * DAY_S,
        told.quota_gb * 1e9,
        told.free_gb * 1e9,
        told.snapshot_s,
        told.tracks_s,
    )
    recorded = all(FeedAddress.parse(f.url, f.format or None).recorded for f in config.feed)
    return Archive(settings, clock, patient=bool(config.feed) and recorded)


def lookout_of(config: NodeConfig, area: coast.Area | None) -> Lookout | None:
    """The look-out that a configuration asks for; BadInput where its zones or lists cannot be read."""
    if not config.alerts.enabled:
        return None
    lookout = Lookout(area, read_zones(Path(config.node.zones).expanduser()) if config.node.zones else ())
    lookout.look_for(lists_of(config.node.watch_lists, config.node.registers))
    return lookout


class Node:
    """A running node. `start`, then `wait` or `stop`; or as a context manager.

    `clock` gives UTC seconds, `steady` seconds that only grow; `feeds` replaces what the configuration lists (for parts
    that hold bytes already).
    `score` keeps the tracks of the last minute's ticks in `moments`.
    """

    def __init__(
        self,
        config: NodeConfig,
        clock: Clock = time.time,
        feeds: Sequence[FeedSpec] | None = None,
        score: bool = False,
        archive: Archive | None = None,
        steady: Clock = time.monotonic,
    ) -> None:
        self.config, self.clock, self.score, self.steady = config, clock, score, steady
        self.area = coast.load(config.node.area) if config.node.area else None
        self.registry = SensorRegistry([s.sensor(i) for i, s in enumerate(config.sensor)])
        self.assets, self.told = AssetBook(), ToldBook()
        self._list_assets()
        self.pipeline = Pipeline(self.registry.all(), land_of(self.area), ring=config.node.late_s)
        self.reordering = Reordering()
        self.inputs = InputQueue()
        self.witnesses = Witnesses()
        self.hub = Hub(
            feeds_of(config) if feeds is None else feeds,
            self.registry,
            clock,
            self.inputs,
            rng=random.Random(),  # of its own: two nodes must not knock at a server in step
            next_due=self._next_due,
            outputs=outputs_of(config, feeds_of(config) if feeds is None else feeds),
        )
        self.outlets = Outlets(config.node.name, self.hub.tell)
        self.outlets.reconfigure(config.output)
        self.archive = archive or archive_of(config, clock)
        self._keeper = None if self.archive is None else Keeper(self.archive, self.pipeline)
        if self.archive is not None:
            self.hub.tap = self._tapped
        self._reruns: Reruns | None = None
        if self.archive is not None and self._keeper is not None and config.node.rerun_h:
            told, waits = (self.archive, self.pipeline, self._keeper, config.node.rerun_h, steady), self.hub.ticking
            self._reruns = Reruns(*told, self._retell, waits)
        self.desk: Desk | None = None  # of alerts, from the start on
        self.talk = self.registry.roll.talk  # what vehicles answer
        self.dispatch = Dispatch(clock, steady)
        self.kept: list[tuple[Kept, Stateful]] = []  # what outlives a stop, with where it lies
        self.shown: Shown | None = None  # what was learned, for the map
        self._zones: tuple[Zone, ...] | None = None  # those that the look-out was given last
        self.lookout = lookout_of(config, self.area)
        self.patterns = Watched()
        self._watching = self.patterns.now
        if self.lookout is not None:
            self.lookout.know(self.registry.all())
        self.sharing = sharing_of(config, clock, steady)
        self.publisher: Publisher | None = None
        self.face: Face | None = None
        self.moments: deque[Moment] = deque(maxlen=RECORDED_S)
        self.arrivals: deque[tuple[int, float]] = deque(maxlen=LATENCY_KEPT)  # (picture, UTC s the sector came in)
        self.started = math.nan
        self.failure: BaseException | None = None
        self.file_problem = ""  # what is wrong with the node file as it is now; "" when it is in force
        self.watch = HealthWatch(self._limits(), clock())
        self.health = NodeHealth()
        self.reordering.lags = self._lags()
        self._feeds: tuple[FeedHealth, ...] = ()
        self._looked = -math.inf
        self._lag = 0.0
        self._known = -1  # the version of the registry that the pipeline knows
        self._turns = 0  # of the pipeline's loop
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pipeline", daemon=True)

    # life

    def start(self) -> None:
        """Start face, feeds and pipeline; BadInput when the face's port cannot be used."""
        self.started = self.clock()
        if self.archive is not None:
            self.archive.open(self._made_by(), self.registry.all())
        recorded = not any(feed.address.live for feed in self.hub.feeds)
        zones = () if self.lookout is None else self.lookout.zones
        self.desk = desk_of(self.config, recorded, self.started, self.clock, zones)
        if self.desk is not None:
            self.desk.beside += [Outset(self.config.library.starting).look, self.patterns.look]
            self.desk.start()
        self._begin_lookout(recorded)
        if self.lookout is not None and recorded and not self.config.face.enabled:
            self.lookout.every = UNWATCHED_S
        if self.config.face.enabled:
            self.shown = None if self.lookout is None else Shown()
            self.publisher = Publisher(node=self._about())
            records = "" if self.desk is None else self.desk.address
            self.face = Face(self.publisher.address, self.config.face.port, self.config.face.host, records=records)
            try:
                self.face.start()
            except BadInput:
                self.publisher.close()
                if self.desk is not None:
                    self.desk.stop()
                raise
        if self.desk is not None:
            self.dispatch.start(self.config, self.desk.address, recorded, self.talk, self.hub.send)
        self._thread.start()
        if self.sharing is not None and self.archive is not None:
            archive = self.archive
            self.sharing.deciding.keep = lambda batch: archive.heard(OTHERS, self.clock(), batch.cut, batch.raw)
        if self.sharing is not None:
            self.sharing.start("" if self.desk is None else self.desk.address, self.started)
        self.hub.start()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until all recordings have ended and everything is through, or for `seconds`; whether it ended."""
        deadline = None if seconds is None else time.monotonic() + seconds
        while self._thread.is_alive() and (deadline is None or time.monotonic() < deadline):
            if self.hub.ended and len(self.inputs) == 0:
                self.inputs.close()
                self._thread.join()
                break
            self._thread.join(0.05)
        if self.failure is not None:
            raise self.failure
        return not self._thread.is_alive()

    def stop(self) -> None:
        """Stop everything in order: feeds, pipeline, face."""
        self._stopping.set()
        self.dispatch.stop()
        self.hub.stop()
        self.inputs.close()
        self.hub.join(2.0)
        if self._thread.ident is not None:
            self._thread.join(5.0)
        if self.sharing is not None:
            self.sharing.stop()
        if self._reruns is not None and not self._thread.is_alive():
            self._reruns.stop()
        if self.archive is not None:
            self.archive.close()
        if self.face is not None:
            self.face.stop()
        if self.desk is not None:
            self.desk.stop()
        for file, what in () if self._thread.is_alive() else self.kept:
            file.close(what)
        if self.shown is not None:
            self.shown.close()
        if self.publisher is not None:
            self.publisher.close()

    def reload(self, config: NodeConfig) -> list[str]:
        """Go on with another configuration, without a gap in the feeds that stay; tracks are kept.

        Returns a sentence for each change that needs a new start, and goes on with what was there before. BadInput,
        and nothing is changed, where the feeds or outputs cannot be. May be called from any thread.
        """
        feeds = feeds_of(config)
        self.hub.change(feeds, outputs_of(config, feeds))
        self.registry.reconfigure([s.sensor(i) for i, s in enumerate(config.sensor)])  # the pipeline sees its version
        fixed = [name for name in FIXED if getattr(config, name) != getattr(self.config, name)]
        self.config = config.model_copy(update={name: getattr(self.config, name) for name in FIXED})
        self._list_assets()
        self.outlets.reconfigure(self.config.output)
        self.dispatch.reconfigure(self.config)
        self.watch.limits = self._limits()
        self.reordering.lags = self._lags()
        if self.archive is not None:
            self.archive.note("configuration", {"config": self._told()})
        return [f"[{name}] has changed, which takes effect when the node is started again" for name in fixed]

    def __enter__(self) -> Node:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def progress(self) -> float | None:
        """A number that changes at least every second while the pipeline gets on; None once it has read everything."""
        return self._turns if self._thread.is_alive() else None

    def _about(self) -> dict[str, Any]:
        node = self.config.node
        a = self.area
        box = None if a is None else [a.south_deg, a.west_deg, a.north_deg, a.east_deg]
        return {
            "name": node.name,
            "area": node.area,
            "box": box,
            "version": __version__,
            "started": self.started,
            "exercise": node.exercise,
            "escalate_s": self.config.alerts.escalate_s,
            "context": "" if self.shown is None else str(self.shown.folder),
            "patrol": self.config.patrol.file,
            "archive": "" if self.archive is None else str(self.archive.settings.folder.resolve()),
        }

    def _made_by(self) -> dict[str, Any]:
        """What the archive is told of this node: enough to make the same of the same input."""
        about = {"version": __version__, "kernels": kernels_hash(), "started": self.started}
        return {**about, "config": self._told()}

    def _told(self) -> dict[str, Any]:
        """The configuration as it may be shown and kept: without passwords."""
        config = self.config.model_dump(mode="json", by_alias=True)
        for way in (*config["feed"], *config["output"]):
            way["url"] = redacted(way["url"])
        config["alerts"]["records"] = without_password(config["alerts"]["records"])
        return config

    def _tapped(self, feed: int, chunk: Chunk) -> None:
        if self.archive is not None:
            recorded = self.hub.feeds[feed].address.recorded
            received = self.pipeline.time if recorded else chunk.received  # a recording came in at its own time
            self.archive.heard(feed, received, chunk.time, chunk.data)

    def _next_due(self) -> float:
        """Ticks that change nothing may be left out where nobody watches: no screen, no score."""
        if self._reruns is not None and self._reruns.pending:
            return -math.inf
        watched = self.config.face.enabled or self.score or len(self.outlets) > 0
        return -math.inf if watched else self.pipeline.next_due

    # the pipeline's thread

    def _run(self) -> None:
        try:
            self._work()
        except BaseException as error:
            log.exception("the pipeline stopped by a bug")
            self.failure = error
            self.hub.stop()
            self.inputs.close()

    def _work(self) -> None:
        ticked = math.floor(self.clock())
        watched = self.config.face.enabled or self.score or not self.hub.ticking or len(self.outlets) > 0
        joining = None if watched else Joining(self._take, self._next_due)
        while not self._stopping.is_set():
            self._turns += 1
            given, ticked = self._next(ticked)
            if given is not None:
                self._take(given) if joining is None else joining.take(given)
            elif self.inputs.closed:
                break
        if joining is not None:
            joining.flush()
        for one in self.reordering.flush():
            self._take_in(one)
        self._finish()
        if self.publisher is not None or self.sharing is not None or len(self.outlets):
            self._publish()  # what the last inputs changed, for who looks

    def _finish(self) -> None:
        """A recording has ended: looks that came too late at its end are run again, and looked at."""
        time = self.pipeline.time
        if self._reruns is not None and self.inputs.closed and self._reruns.finish(time):
            self._look_out(Tick(time))

    def _next(self, ticked: int) -> tuple[Input | None, int]:
        """The next input: what is queued, or the tick that is due; ticks of recordings come with them."""
        if self.hub.ticking:
            try:
                return self.inputs.get(timeout=0.2), ticked
            except queue.Empty:
                return None, ticked
        now = self.clock()
        if now < ticked - 1:  # the clock was set back: the next tick tells it
            ticked = math.floor(now) - 1
        if now >= ticked + 1:
            ticked = math.floor(now)
            return Tick(float(ticked)), ticked
        try:
            return self.inputs.get(timeout=ticked + 1 - now), ticked
        except queue.Empty:
            return None, ticked

    def _take(self, given: Input) -> None:
        for one in self.reordering.take(given):
            self._take_in(one)

    def _take_in(self, given: Input) -> None:
        if self.registry.version != self._known:
            self._known, sensors = self.registry.known()  # once: what the archive keeps is what the pipeline knows
            self.pipeline.know(sensors)
            if self.lookout is not None:
                self.lookout.know(sensors)
            if self._keeper is not None:
                self._keeper.knew(sensors)
        if self._reruns is not None and isinstance(given, Tick):
            self._reruns.pass_time(given.time)
        if self._keeper is not None:
            self._keeper.before()
        given = self.witnesses.take(given)
        self.watch.saw(given, self.witnesses)
        self.pipeline.take(given)
        self._look_out(given)
        self._see(given)
        if isinstance(given, Sector):
            self.arrivals.append((self.pipeline.compiler.sequence + 1, given.received))
        if isinstance(given, Tick) and self.score:
            self.moments.append(Moment(given.time, self.pipeline.tracker.tracks(given.time)))
        published = isinstance(given, Sector | Tick) and self._publish()
        if self._keeper is not None:
            self._keeper.after(given, published)

    def _look_out(self, given: Input) -> None:
        """What vessels do, as found by this input, to the desk of alerts."""
        if self.lookout is None or self.desk is None:
            return
        if isinstance(given, Tick):
            self._rezone()
            self._adopt()
        found = self.lookout.take(given, self.pipeline.compiler.vessels)
        if found is not None:
            self.patterns.take(found.behaviours)
            fleets = found.fleets if self.sharing is None else self.sharing.gather(found.fleets)
            theirs = [] if self.sharing is None else self.sharing.exchange(found.alerting)
            self.desk.take([*found.alerting, *theirs], fleets, found.time)
            if self.lookout.context.busy:  # for two seconds an hour at most
                return
            for file, what in self.kept:
                file.keep(what, found.time)
            if self.shown is not None:
                self.shown.offer(self.lookout.context, self.lookout.sensors, self.steady())

    def _retell(self, told: Told) -> None:
        """Where tracks were in the last hours is better known: what vessels did may be other than was found."""
        if self.lookout is None or len(told.was) == 0:
            return
        pipeline = self.pipeline
        vessels, fresh = pipeline.vessels_of(np.unique(told.was.id)), pipeline.compiler.vessel_of_the_past
        self.lookout.retell(told.was, vessels, fresh, told.begin, pipeline.time, told.why)

    def _rezone(self) -> None:
        """Take over what somebody has drawn on the map."""
        if self.lookout is None or self.desk is None or self.desk.zones is self._zones:
            return
        self._zones = self.desk.zones
        if self._zones != self.lookout.zones:
            self.lookout.rezone(self._zones)
            if self._keeper is not None:
                self._keeper.note("zones", {"zones": geojson_of(self._zones)})

    def _adopt(self) -> None:
        """Take over the patterns that people have made active, or put on trial."""
        if self.lookout is not None and self.patterns.now is not self._watching:
            self._watching = self.patterns.now
            self.lookout.adopt(self._watching.definitions, self._watching.silent)

    def _begin_lookout(self, recorded: bool) -> None:
        """Go on from where the node's last run ended."""
        self._rezone()
        self._adopt()
        path = file_of(self.config, recorded)
        if path is not None and self.lookout is not None:
            self.kept.append((Kept(path), self.lookout))
            if self.kept[0][0].fill(self.lookout) and self.desk is not None:
                self.desk.take(self.lookout.going_on(), (), self.clock())  # followed again, which calls nobody
            learned = Kept(path.with_suffix(CONTEXT), "what the coast has taught")
            learned.fill(self.lookout.context)
            self.kept.append((learned, self.lookout.context))
            said = Kept(path.with_suffix(TOLD), "what people told")
            said.fill(self.told)
            self.kept.append((said, self.told))

    def _publish(self) -> bool:
        """Publish a picture where there is a screen or another node for it; whether that was done."""
        told = self.publisher, self.sharing, self.dispatch.tasks
        nobody = all(part is None for part in told) and not len(self.outlets)
        if nobody or not math.isfinite(self.pipeline.time):  # nothing has a time yet
            return False
        own = replace(
            self.pipeline.picture(self._feeds, self.clock()), assets=self._hear_assets(), told=self._hear_people()
        )
        shown = own if self.sharing is None else self.sharing.offer(own, self.publisher is not None)
        self.dispatch.news(shown, own.assets)
        if shown is not None:
            self.outlets.offer(shown)
        if self.publisher is not None and shown is not None:
            self.publisher.publish(replace(shown, health=self.health))
        return True

    def _list_assets(self) -> None:
        """Take over the vehicles and cameras of the node file."""
        self.registry.roll.listed = listed_of(self.config)
        self.assets.reconfigure(assets_of(self.config))

    def _hear_assets(self) -> tuple[Asset, ...]:
        """Vehicles, cameras and crews as they are by now."""
        for told, kind in self.registry.roll.drained():
            self.assets.take(told, kind)
        self.assets.pass_time(self._now)
        return self.assets.assets

    def _hear_people(self) -> tuple[PersonReport, ...]:
        """What people told lately."""
        for report in self.registry.people.drained():
            self.told.take(report)
        self.told.pass_time(self._now)
        return self.told.reports

    @property
    def _now(self) -> float:
        """UTC s of data: by recordings where nothing else is heard, else by the clock."""
        return self.pipeline.time if self.hub.ticking else self.clock()

    def picture(self) -> Picture:
        """The picture once the node has ended."""
        self._look(self.steady())
        own = self.pipeline.picture(self._feeds, self.clock())
        return replace(own, health=self.health, assets=self._hear_assets(), told=self._hear_people())

    # health

    def _limits(self) -> Limits:
        named = {s.address.name: told for s, told in zip(feeds_of(self.config), self.config.feed, strict=True)}
        return limits_of(self.config, named, [feed.address for feed in self.hub.feeds])

    def _lags(self) -> dict[int, float]:
        """How long the reports of feeds wait for those before them, s by feed."""
        told = {s.address.name: f.reorder_s for s, f in zip(feeds_of(self.config), self.config.feed, strict=True)}
        lags = {index: told.get(feed.address.name, 0.0) for index, feed in enumerate(self.hub.feeds)}
        return {index: lag for index, lag in lags.items() if lag}

    def _see(self, given: Input) -> None:
        """What the input just taken tells of sensors and lag; twice a second a look at all."""
        if isinstance(given, Tick):
            if self.publisher is not None or not self.hub.ticking:  # else nobody asks for a recording's health
                self.watch.passed(given.time, lambda: self.pipeline.tracks(given.time), self.pipeline.sensors)
            self._lag = self._lag if len(self.inputs) else 0.0
        elif not self.hub.ticking and (isinstance(given, Sector) or len(given.reports)):
            received = given.reports.received[-1] if isinstance(given, Batch) else given.received
            self._lag = max(self.clock() - float(received), 0.0)
        steady = self.steady()
        if steady - self._looked >= HEALTH_S:
            self._look(steady)

    def _look(self, steady: float) -> None:
        pipeline, self._looked = self.pipeline, steady
        found = NodeHealth(
            queue_rows=self.inputs.rows,
            queue_limit=self.inputs.limit,
            lag_s=self._lag,
            overfull_s=pipeline.tracker.overfull_s,
            reports=pipeline.reports,
            plots=pipeline.plots,
            sectors=pipeline.sectors,
            vessels=len(pipeline.compiler),
            archive=None if self.archive is None else asdict(self.archive.health()),
            alerts=None if self.desk is None else self.desk.health() | {"unread": list(self.patterns.now.unread)},
            file_problem=self.file_problem,
            older=0 if self._reruns is None else self._reruns.reports,
            mesh=None if self.sharing is None else self.sharing.status(),
        )
        feeds, counted = self.hub.health(), self.hub.healths
        known = pipeline.tracker.registered()
        self.watch.biases = {index: radar.told() for index, radar in known.items() if radar.notable}
        self._feeds, self.health = self.watch.look(
            self.clock(), steady, feeds, counted, pipeline.sensors, self.witnesses, found
        )
        for alarm in self.watch.book.changed:
            tell = log.info if alarm.until is not None else log.warning
            about = alarm.key.split(":")
            feed = self.hub.feeds[int(about[1])].address.name if about[0] in OF_FEED and about[1:] else ""
            over = "" if alarm.until is None else "over: "
            tell("%s%s", over, alarm.text, extra={"alarm": alarm.key, "feed": feed})
            if self._keeper is not None:
                self._keeper.note("alarm", {"key": alarm.key, "over": alarm.until is not None, "text": alarm.text})
        if self._keeper is not None:
            self._keeper.shed({feed.name: feed.shed for feed in feeds if feed.shed})
