"""An ONVIF camera as a `Camera`: device, media and PTZ services over onvif-zeep-async, stills over HTTP.

ONVIF Core, Media and PTZ Service Specifications; WS-UsernameToken by the library, its time shifted by what the camera's
clock is ahead. The calls block; they run on an event loop in a thread of their own, each within `patience` seconds. One
that fails breaks the connection; the next waits, longer each time, and answers at once why until then. The password is
in no message and no log.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import random
import threading
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from mihari.cameras import scale
from mihari.cameras.mount import Mount, mount_of
from mihari.cameras.session import Session, open_session, place_of
from mihari.cameras.trouble import sentence
from mihari.core.asset_sections import CameraSection
from mihari.core.camera import CLIP_MAX_S, About, Aim, CameraAway, CameraRefuses
from mihari.core.errors import BadInput
from mihari.feeds.retry import backoff
from mihari.formats.avi import encode as avi

T = TypeVar("T")
log = logging.getLogger("mihari.cameras")
PATIENCE_S = 5.0
TURNS_S = 3.0  # a turn that is not told again ends by itself
STILL_EVERY_S = 0.1  # at most 10 stills a second for a clip
CLIP_MAX_BYTES = 256 << 20
LONGEST_WAIT_S = 30.0
PASSWORD_MAX = 1024


@dataclass(frozen=True, slots=True)
class Address:
    """Where a camera is, and how to sign in."""

    url: str
    user: str = ""
    password: str = ""

    def __repr__(self) -> str:
        """Without the password."""
        return f"Address({self.url!r}, {self.user!r})"


class OnvifCamera:
    """`OnvifCamera(address, mount, "pier")`; `clock`: UTC s; close it when done. See `Camera` for what it is asked."""

    def __init__(
        self, address: Address, mount: Mount, name: str = "camera", clock: Callable[[], float] = time.time,
        patience: float = PATIENCE_S, rng: random.Random | None = None,
    ) -> None:  # fmt: skip
        self.address, self.mount, self.name, self.clock, self.patience = address, mount, name, clock, patience
        try:
            place_of(address.url)
        except BadInput as problem:
            raise BadInput(f"camera {name}: {problem}") from None
        self._rng = rng or random.Random()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._guard = threading.Lock()
        self._session: Session | None = None
        self._joining: asyncio.Lock | None = None
        self._failures, self._not_before, self._why = 0, 0.0, ""

    def aim(self, pan: float, tilt: float, zoom: float) -> None:
        """See `Camera`; CameraRefuses where it has no absolute positions."""

        async def asked(session: Session) -> None:
            spaces = session.spaces
            if spaces.pan is None or spaces.tilt is None:
                raise CameraRefuses("takes no absolute positions")
            slowly = self.mount.fastest < self.mount.rate
            if slowly and spaces.speed is None:
                raise CameraRefuses("takes no speed, so it cannot be kept from turning faster than allowed_deg_s")
            x = spaces.pan.from_share(scale.share_of(pan, self.mount.pan))
            y = spaces.tilt.from_share(scale.share_of(tilt, self.mount.tilt))
            told: dict[str, Any] = {"PanTilt": {"x": x, "y": y, "space": spaces.pan.uri}}
            if spaces.zoom is not None:
                told["Zoom"] = {"x": spaces.zoom.from_share(2 * zoom - 1), "space": spaces.zoom.uri}
            asked = {"ProfileToken": session.profile, "Position": told}
            if spaces.speed is not None and slowly:
                share = 2 * self.mount.fastest / self.mount.rate - 1
                one = spaces.speed.from_share(share)
                asked["Speed"] = {"PanTilt": {"x": one, "y": one, "space": spaces.speed.uri}}
            await session.ptz.AbsoluteMove(asked)

        self._do(asked)

    def move(self, pan_rate: float, tilt_rate: float, zoom_rate: float) -> None:
        """See `Camera`; a turn ends by itself after `TURNS_S`."""

        async def asked(session: Session) -> None:
            if not (pan_rate or tilt_rate or zoom_rate):
                await session.ptz.Stop({"ProfileToken": session.profile, "PanTilt": True, "Zoom": True})
                return
            spaces, mount = session.spaces, self.mount
            if spaces.pan_rate is None or spaces.tilt_rate is None:
                raise CameraRefuses("takes no rates")
            x = spaces.pan_rate.from_share(scale.rate_share(pan_rate, mount, mount.pan))
            y = spaces.tilt_rate.from_share(scale.rate_share(tilt_rate, mount, mount.tilt))
            told: dict[str, Any] = {"PanTilt": {"x": x, "y": y, "space": spaces.pan_rate.uri}}
            if spaces.zoom_rate is not None:
                zoom = spaces.zoom_rate.from_share(min(max(zoom_rate, -1.0), 1.0))
                told["Zoom"] = {"x": zoom, "space": spaces.zoom_rate.uri}
            how_long = timedelta(seconds=TURNS_S)
            await session.ptz.ContinuousMove({"ProfileToken": session.profile, "Velocity": told, "Timeout": how_long})

        self._do(asked)

    def where(self) -> Aim:
        """See `Camera`."""

        async def asked(session: Session) -> Aim:
            began, at = time.monotonic(), self.clock()
            status = await session.ptz.GetStatus({"ProfileToken": session.profile})
            delay = time.monotonic() - began
            return replace(_aim_of(status, session.spaces, self.mount), time=at + delay / 2, delay=delay)

        return self._do(asked)

    def still(self) -> bytes:
        """See `Camera`."""

        async def asked(session: Session) -> bytes:
            return await session.snapshot()

        return self._do(asked)

    def clip(self, seconds: float) -> bytes:
        """See `Camera`: stills at the best rate the camera gives, up to 10 a second."""
        pictures: list[bytes] = []
        began = time.monotonic()
        end, size = began + min(max(seconds, 0.0), CLIP_MAX_S), 0
        while True:
            at = time.monotonic()
            pictures.append(self.still())
            size += len(pictures[-1])
            now = time.monotonic()
            if now >= end or size > CLIP_MAX_BYTES:
                break
            time.sleep(max(min(at + STILL_EVERY_S, end) - now, 0.0))
        took = max(time.monotonic() - began, 0.001)
        try:
            return avi(pictures, min(max(len(pictures) / took, 0.01), 1000.0))
        except BadInput as problem:
            raise CameraRefuses(f"camera {self.name}: {problem}") from None

    def about(self) -> About:
        """See `Camera`."""

        async def asked(session: Session) -> About:
            return await session.about()

        return self._do(asked)

    def close(self) -> None:
        """Break the connection and end the thread."""
        with self._guard:
            loop, self._loop = self._loop, None
        if loop is None:
            return
        ended = asyncio.run_coroutine_threadsafe(self._leave(), loop)
        with contextlib.suppress(TimeoutError):
            ended.result(self.patience)
        loop.call_soon_threadsafe(loop.stop)

    def _do(self, work: Callable[[Session], Awaitable[T]]) -> T:
        """What the work on a session brings; CameraAway with one sentence where it cannot."""
        if time.monotonic() < self._not_before:
            raise CameraAway(self._why)
        return asyncio.run_coroutine_threadsafe(self._tried(work), self._running()).result()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._guard:
            if self._loop is None:
                self._loop, self._joining = asyncio.new_event_loop(), asyncio.Lock()
                threading.Thread(target=_serve, args=(self._loop,), name=f"camera {self.name}", daemon=True).start()
            return self._loop

    async def _tried(self, work: Callable[[Session], Awaitable[T]]) -> T:
        try:
            session = await self._joined()
            async with asyncio.timeout(self.patience):
                found = await work(session)
        except CameraRefuses as problem:
            raise CameraRefuses(f"camera {self.name}: {problem}") from None
        except Exception as error:
            raise await self._failed(error) from None
        self._failures = 0
        return found

    async def _joined(self) -> Session:
        assert self._joining is not None
        async with self._joining:
            if self._session is None:
                a = self.address
                self._session = await open_session(a.url, a.user, a.password, self.patience)
            return self._session

    async def _failed(self, error: Exception) -> CameraAway:
        """What is told of an error; one that is more than a no to this question breaks the connection."""
        said, breaks = sentence(error, self.patience)
        log.debug("camera %s: %s", self.name, type(error).__name__)  # its words may hold an address with a password
        kind = CameraRefuses if isinstance(said, CameraRefuses) else CameraAway
        if breaks:
            await self._leave()
            self._failures += 1
            wait = backoff(self._failures, self._rng, LONGEST_WAIT_S)
            self._not_before = time.monotonic() + wait
            self._why = f"camera {self.name}: {said}; it is tried again {wait:.0f} s after that"
            return kind(f"camera {self.name}: {said}")
        return kind(f"camera {self.name}: {said}")

    async def _leave(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()


def _serve(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()


def _aim_of(status: Any, spaces: scale.Spaces, mount: Mount) -> Aim:
    position = getattr(status, "Position", None)
    both, zoom = getattr(position, "PanTilt", None), getattr(position, "Zoom", None)
    if both is None or both.x is None or both.y is None or spaces.pan is None or spaces.tilt is None:
        raise CameraRefuses("does not tell where it looks")
    pan = scale.value_of(spaces.pan.to_share(float(both.x)), mount.pan)
    tilt = scale.value_of(spaces.tilt.to_share(float(both.y)), mount.tilt)
    level = 0.0 if zoom is None or zoom.x is None or spaces.zoom is None else spaces.zoom.to_share(float(zoom.x))
    moves = getattr(status, "MoveStatus", None)
    told = [str(word) for word in (getattr(moves, "PanTilt", None), getattr(moves, "Zoom", None)) if word]
    moving = None if not told or "UNKNOWN" in told else "MOVING" in told
    return Aim(pan, tilt, (level + 1) / 2, moving)


def password_in(path: str) -> str:
    """The password that a file holds alone; BadInput where it cannot be read. '' for no file."""
    if not path:
        return ""
    try:
        with Path(path).expanduser().open(encoding="utf-8") as file:
            told = file.read(PASSWORD_MAX + 1)
    except (OSError, UnicodeDecodeError) as error:
        why = (error.strerror or "cannot be read").lower() if isinstance(error, OSError) else "no text"
        raise BadInput(f"{path}: {why}; expected a file that holds the camera's password alone") from None
    if len(told) > PASSWORD_MAX or "\n" in told.rstrip("\r\n"):
        raise BadInput(f"{path}: expected a file that holds the camera's password alone, in one line")
    return told.rstrip("\r\n")


def onvif_camera(section: CameraSection, clock: Callable[[], float] = time.time) -> OnvifCamera:
    """The camera of a section of the node file; BadInput where its password cannot be read. It is not asked yet."""
    address = Address(section.url, section.user, password_in(section.password_file))
    return OnvifCamera(address, mount_of(section), section.name, clock)
