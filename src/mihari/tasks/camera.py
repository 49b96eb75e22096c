"""Tasks of a camera: look, follow, still, clip. A `Driver` whose camera is asked in threads, never in the runner's.

The runner's ticks are the only motor: each lets at most one step of the follower begin, so nothing is sent to a camera
that the gate (`charge.barred`) has not let through half a second before. `begin` of a task from before a new start of
the node does it again: aiming twice does no harm.
"""

from __future__ import annotations

import logging
import math
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.cameras.attachments import QUOTA, Taken, attach
from mihari.cameras.follow import Follower, Following, Seen
from mihari.cameras.geometry import Believed, believed_of
from mihari.cameras.mount import Mount, mount_of
from mihari.cameras.onvif import OnvifCamera, onvif_camera
from mihari.core.asset import Asset
from mihari.core.asset_sections import CameraSection
from mihari.core.camera import Camera
from mihari.core.errors import BadInput, MihariError
from mihari.core.picture import Picture
from mihari.core.task import Task, TaskKind, TaskState
from mihari.tasks.driver import Driver, Told

log = logging.getLogger("mihari.tasks")
KINDS = (TaskKind.LOOK, TaskKind.FOLLOW, TaskKind.STILL, TaskKind.CLIP)
SETTLED = 2  # steps in a row with it in the middle of the picture, before a picture is taken
CLIP_S = 10.0
GIVEN_UP_S = 60.0  # the camera does not answer, or the vessel cannot be seen, for so long
PLACE_SD = 20.0  # m, of a place that somebody told
STEP_S = 0.5  # between the runner's ticks
NM = 1852.0
Keep = Callable[[Taken, bytes, str], str]
S = TaskState


def keeping(records: Records, quota: int = QUOTA) -> Keep:
    """What is taken goes to the vessel's record, asked for by a person; a sentence says under which number."""

    def keep(taken: Taken, data: bytes, who: str) -> str:
        one = attach(records, By(who, taken.time), taken, data, quota)
        return f"{one.kind} kept as attachment {one.number}"

    return keep


@dataclass(slots=True)
class CameraDriver:
    """One task of one camera. `keep` takes what is taken, asked for by whom; `clip`: s of a clip."""

    camera: Camera
    mount: Mount
    keep: Keep
    clip: float = CLIP_S
    _task: Task | None = None
    _follower: Follower | None = None
    _pool: ThreadPoolExecutor | None = None
    _busy: Future[None] | None = None
    _taking: Future[bytes] | None = None
    _told: deque[Told] = field(default_factory=deque)
    _said: str = ""
    _settled: int = 0
    _good: float = math.nan  # when it was last in view or on the way there
    _stopping: bool = False
    _over: bool = False

    def begin(self, task: Task, asset: Asset, now: float) -> None:
        """See `Driver`."""
        if task.kind not in KINDS:
            raise BadInput(f"a camera cannot {task.kind}")
        if not task.vessel and not task.places:
            raise BadInput("a camera needs a vessel or a place to look at")
        self._task, self._good = task, now
        self._follower = Follower(self.camera, self.mount, STEP_S)
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix=f"task {task.number}")

    def hear(self, message: dict[str, object], now: float) -> None:
        """A camera tells nothing of its own accord."""

    def tick(self, now: float, picture: Picture | None) -> list[bytes]:
        """Let the next step begin, unless one is under way; no bytes, they go over the camera's own connection."""
        if self._task is None or self._pool is None or self._over or (self._busy is not None and not self._busy.done()):
            return []
        vessel = _wanted(self._task, picture, now)
        work = self._stop if self._stopping else lambda: self._step(now, vessel, picture)
        self._busy = self._pool.submit(self._guarded, work)
        return []

    def told(self) -> list[Told]:
        """See `Driver`."""
        return [self._told.popleft() for _ in range(len(self._told))]

    def stop(self, now: float) -> None:
        """The next tick stops the camera."""
        self._stopping, self._over = True, False

    # in a thread

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except MihariError as problem:
            self._end(S.FAILED, str(problem))
        except Exception as bug:
            log.exception("a camera's task failed by a bug")
            self._end(S.FAILED, f"an error in this program ({type(bug).__name__})")

    def _step(self, now: float, vessel: Believed | None, picture: Picture | None) -> None:
        task, follower = self._task, self._follower
        assert task is not None
        assert follower is not None
        if now >= task.until and task.kind == TaskKind.FOLLOW:
            follower.end()
            self._end(S.DONE, "followed until the time that was set")
            return
        found = follower.step(now, vessel)
        self._tell(found)
        self._settled = self._settled + 1 if found.settled else 0
        if found.seen in (Seen.IN_VIEW, Seen.TURNING):
            self._good = now
        if now - self._good > GIVEN_UP_S:
            state = S.LOST if found.seen == Seen.AWAY else S.FAILED
            self._end(state, found.said or f"{found.seen} for {GIVEN_UP_S:.0f} s")
        elif self._settled >= SETTLED or self._taking is not None:
            self._take(task, found, vessel, picture)

    def _take(self, task: Task, found: Following, vessel: Believed | None, picture: Picture | None) -> None:
        """What is wanted of a vessel that is in view; a clip is taken beside the following."""
        assert self._pool is not None
        if task.kind == TaskKind.LOOK:
            self._end(S.DONE, _where(found))
        elif task.kind == TaskKind.STILL:
            self._end(S.DONE, self._kept("still", self.camera.still(), task, found, vessel, picture))
        elif task.kind == TaskKind.CLIP and self._taking is None:
            self._taking = self._pool.submit(self.camera.clip, self.clip)
        elif self._taking is not None and self._taking.done():
            taken, self._taking = self._taking.result(), None
            self._end(S.DONE, self._kept("clip", taken, task, found, vessel, picture))

    def _kept(
        self, kind: str, data: bytes, task: Task, found: Following, vessel: Believed | None, picture: Picture | None
    ) -> str:
        aim = found.aim
        where = {} if aim is None else {
            "pan": aim.pan, "tilt": aim.tilt, "zoom": aim.zoom, "bearing": self.mount.bearing_at(aim.pan),
            "view": found.view,
        }  # fmt: skip
        place = (None, None) if vessel is None else (vessel.lat_deg, vessel.lon_deg)
        taken = Taken(
            kind, task.asset, found.time, task.vessel, _mmsi(task.vessel, picture), task.number, where, *place
        )
        return self.keep(taken, data, task.who)

    def _stop(self) -> None:
        assert self._follower is not None
        if not self._follower.end():
            self._end(S.WITHDRAWN, "the camera has stopped")

    def _tell(self, found: Following) -> None:
        said = found.said or (_where(found) if found.seen == Seen.IN_VIEW else str(found.seen))
        if found.seen == Seen.AWAY:
            self._told.append(Told(None, why=said))
        elif str(found.seen) != self._said:
            self._told.append(Told(S.UNDER_WAY, why=said))
        self._said = str(found.seen)

    def _end(self, state: TaskState, why: str) -> None:
        self._over = True
        self._told.append(Told(state, 1.0 if state == S.DONE else math.nan, why))
        if self._pool is not None:
            self._pool.shutdown(wait=False)
            self._pool = None if not self._stopping else self._pool


def _where(found: Following) -> str:
    """Bearing and distance, in words.

    >>> from mihari.cameras.geometry import Sight
    >>> _where(Following(Seen.IN_VIEW, 0.0, sight=Sight(0.7854, -0.01, 3704.0, 0.0)))
    'in view at 045°, 2.0 NM'
    """
    if found.sight is None:
        return str(found.seen)
    return f"{found.seen} at {math.degrees(found.sight.bearing):03.0f}°, {found.sight.distance / NM:.1f} NM"


def _wanted(task: Task, picture: Picture | None, now: float) -> Believed | None:
    """What the camera is to look at: the vessel as the picture has it, else the first place."""
    if not task.vessel:
        lat_deg, lon_deg = task.places[0]
        return Believed(now, lat_deg, lon_deg, 0.0, 0.0, np.diag([PLACE_SD**2, PLACE_SD**2, 0.0, 0.0]))
    row = _row(task.vessel, picture)
    if picture is None or row < 0:
        return None
    identity = picture.identities.get(task.vessel)
    lengths = [] if identity is None else [one.length for one in identity.claims if one.length]
    return believed_of(picture.vessels, row, lengths[0] if lengths else math.nan)


def _row(vessel: int, picture: Picture | None) -> int:
    """Its row among the picture's vessels; -1 where it has none."""
    if picture is None or not vessel:
        return -1
    found = np.flatnonzero(np.asarray(picture.vessels.id) == vessel)
    return int(found[0]) if len(found) else -1


def _mmsi(vessel: int, picture: Picture | None) -> int:
    row = _row(vessel, picture)
    return 0 if picture is None or row < 0 else int(picture.vessels.mmsi[row])


class _Unusable(CameraDriver):
    """The driver of a camera whose section cannot be used: every task is declined with why."""

    def __init__(self, problem: BadInput) -> None:
        self.problem = problem

    def begin(self, task: Task, asset: Asset, now: float) -> None:
        raise self.problem


def cameras_of(address: str, clock: Callable[[], float]) -> Cameras:
    """The cameras of a node whose records are at this address."""
    records = Records(address, clock)
    return Cameras(keeping(records), clock, records)


class Cameras:
    """The cameras of a node, each with one connection for all its tasks; `making` is what `posts_of` takes."""

    def __init__(self, keep: Keep, clock: Callable[[], float], records: Records | None = None) -> None:
        self.keep, self.clock, self._records = keep, clock, records
        self._open: dict[str, tuple[CameraSection, OnvifCamera]] = {}
        self._lock = threading.Lock()

    @property
    def making(self) -> tuple[tuple[TaskKind, ...], Callable[[CameraSection], Driver]]:
        """Kinds of tasks, and what makes a driver for one camera."""
        return KINDS, self.driver

    def driver(self, section: CameraSection) -> Driver:
        """A driver for one task of that camera; one that refuses where it cannot be used as it is told."""
        try:
            return CameraDriver(self.camera(section), mount_of(section), self.keep)
        except BadInput as problem:
            return _Unusable(problem)

    def camera(self, section: CameraSection) -> OnvifCamera:
        """Its connection; a new one where the node file tells it otherwise than before."""
        with self._lock:
            was = self._open.get(section.name)
            if was is not None and was[0] == section:
                return was[1]
            if was is not None:
                was[1].close()
            one = onvif_camera(section, self.clock)
            self._open[section.name] = section, one
            return one

    def close(self) -> None:
        """End all connections, and its own to the records."""
        if self._records is not None:
            self._records.close()
        with self._lock:
            for _, camera in self._open.values():
                camera.close()
            self._open.clear()
