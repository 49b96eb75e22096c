"""A still of a vessel by a MAVLink vehicle: its camera is turned to it, a picture is taken, fetched, kept by its hash.

https://mavlink.io/en/services/camera.html: MAV_CMD_IMAGE_START_CAPTURE, then CAMERA_IMAGE_CAPTURED tells where the file
is. It is fetched over HTTP from the place that the node file names for this vehicle, never from anywhere else: what a
message names is no reason to ask a stranger's server.
"""

from __future__ import annotations

import math
import urllib.error
import urllib.request
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

from mihari.cameras.attachments import Taken
from mihari.core.asset import Asset
from mihari.core.errors import BadInput, MihariError
from mihari.core.picture import Picture
from mihari.core.task import Task, TaskState
from mihari.formats.mavlink import Command, Encoder
from mihari.formats.mavlink.command import long
from mihari.tasks import flight
from mihari.tasks.driver import Told
from mihari.tasks.mavlink import AUTOPILOT, COMPONENT, SYSTEM, look_at

S = TaskState
TAKE_PICTURE = 2000  # MAV_CMD_IMAGE_START_CAPTURE
SETTLE_S = 8.0  # until a turned camera stands still and has found the vessel
ANSWER_S = 30.0  # until the picture is told of
FETCH_S = 20.0
MOST = 20 << 20  # bytes of a picture
AGAIN_S = 2.0  # between two words to its camera about where the vessel is
Fetch = Callable[[str], bytes]
Keep = Callable[[Taken, bytes, str], str]


def fetched(url: str) -> bytes:
    """The bytes at an HTTP address. BadInput where they cannot be had, or are too many."""
    try:
        with urllib.request.urlopen(url, timeout=FETCH_S) as answer:
            data: bytes = answer.read(MOST + 1)
    except (OSError, urllib.error.URLError, ValueError) as problem:
        raise BadInput(f"the picture cannot be fetched: {getattr(problem, 'reason', problem)}") from None
    if len(data) > MOST:
        raise BadInput(f"the picture has more than {MOST >> 20} MiB")
    return data


class StillDriver:
    """One task of kind STILL. `base`: the address under which pictures of this vehicle are."""

    def __init__(self, system: int, base: str, keep: Keep, fetch: Fetch = fetched) -> None:
        self.system, self.base, self.keep, self.fetch = system, base, keep, fetch
        self._encoder = Encoder(SYSTEM, COMPONENT)
        self._task: Task | None = None
        self._told: deque[Told] = deque()
        self._began = self._looked = -math.inf
        self._command: Command | None = None
        self._asked = math.nan  # when the picture was asked for
        self._place: tuple[float, float] | None = None
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="still")
        self._work: Future[str] | None = None
        self._over = False

    def begin(self, task: Task, asset: Asset, now: float) -> None:
        """See `Driver`. BadInput where the node file names no place to fetch pictures from."""
        if not self.base:
            raise BadInput("the node file says of no place where its pictures are: [[vehicle]] stills")
        self._task, self._began = task, now

    def hear(self, message: dict[str, Any], now: float) -> None:
        """The first autopilot that speaks is ours where none is named; its pictures and answers count."""
        name, system = message.get("message"), message.get("sysid")
        if not self.system and name == "HEARTBEAT" and message.get("compid") == AUTOPILOT and isinstance(system, int):
            self.system = system
        if system != self.system:
            return
        if self._command is not None:
            self._command.take(message, now)
        if name == "CAMERA_IMAGE_CAPTURED" and not math.isnan(self._asked) and self._work is None:
            self._captured(message, now)

    def tick(self, now: float, picture: Picture | None) -> list[bytes]:
        """Turn the camera, wait, take."""
        task = self._task
        if task is None or self._over:
            return []
        out: list[dict[str, Any]] = []
        place = task.places[0] if not task.vessel else flight.where_is(picture, task.vessel, now, 0.0)
        self._place = place or self._place
        if self._work is not None:
            self._fetched()
        elif not self.system or self._place is None:
            if now - self._began > ANSWER_S:
                self._end(S.FAILED, "no autopilot speaks" if self._place else "the vessel is not in the picture")
        elif math.isnan(self._asked):
            out += self._turn(now)
        elif now - self._asked > ANSWER_S:
            self._end(S.FAILED, "it told of no picture")
        if self._command is not None:
            out += self._command.tick(now)
            if self._command.state == "refused":
                self._end(S.DECLINED, f"it takes no picture: {self._command.reason}")
        return [self._encoder.encode(one) for one in out]

    def told(self) -> list[Told]:
        """See `Driver`."""
        return [self._told.popleft() for _ in range(len(self._told))]

    def stop(self, now: float) -> None:
        """A picture that is not taken yet is not asked for."""
        self._end(S.WITHDRAWN, "no picture is taken")

    def _turn(self, now: float) -> list[dict[str, Any]]:
        assert self._place is not None
        out = []
        if now - self._looked >= AGAIN_S:
            if self._looked == -math.inf:
                self._began = now
                self._told.append(Told(S.UNDER_WAY, 0.0, "its camera is turned there"))
            self._looked = now
            out.append(look_at(self.system, self._place))
        if now - self._began >= SETTLE_S:
            self._asked = now
            self._command = Command(long(TAKE_PICTURE, self.system, AUTOPILOT, 0, 0, 1, 0), SYSTEM, COMPONENT)
            out += self._command.start(now)
        return out

    def _captured(self, message: dict[str, Any], now: float) -> None:
        url = message.get("file_url") or ""
        if not message.get("capture_result"):
            self._end(S.FAILED, "its camera could not take it")
        elif not isinstance(url, str) or not url.startswith(self.base.rstrip("/") + "/"):
            self._end(S.FAILED, "it tells of a picture elsewhere than where the node file says")
        else:
            taken = message.get("time_utc_us")
            self._work = self._pool.submit(self._take, url, taken / 1e6 if taken else now, message)

    def _take(self, url: str, time: float, message: dict[str, Any]) -> str:
        task = self._task
        assert task is not None
        data = self.fetch(url)
        if not data.startswith((b"\xff\xd8", b"\x89PNG")):
            raise BadInput("what was fetched is no picture")
        lat, lon = self._place or (None, None)
        height = message.get("alt")
        where = {"sensor_height": height} if isinstance(height, float) else {}
        return self.keep(Taken("still", task.asset, time, task.vessel, 0, task.number, where, lat, lon), data, task.who)

    def _fetched(self) -> None:
        assert self._work is not None
        if not self._work.done():
            return
        try:
            self._end(S.DONE, self._work.result())
        except MihariError as problem:
            self._end(S.FAILED, str(problem))

    def _end(self, state: TaskState, why: str) -> None:
        if not self._over:
            self._over = True
            self._told.append(Told(state, 1.0 if state == S.DONE else math.nan, why))
            self._pool.shutdown(wait=False)
