"""A MAVLink vehicle comes in to land: at home by its own rules, or over a place or ship, where others take it down.

A place alone says too little to land by: not from which side, not how high the ground is; a deck sails on. So nobody is
sent `MAV_CMD_NAV_LAND`. Home is `MAV_CMD_NAV_RETURN_TO_LAUNCH`, as its autopilot is set up. Else it is led there by
`MAV_CMD_DO_REPOSITION`, over a ship every 5 s to where she will be, and circles (craft lie) until its pilot or the deck
takes it over, or it has landed. A ship that the picture does not have is looked for where she was expected.
"""

from __future__ import annotations

import math

from mihari.core.asset import Asset, AssetKind
from mihari.core.picture import Picture
from mihari.core.task import Task, TaskState
from mihari.tasks import flight
from mihari.tasks.mavlink import REPOSITION_S, STILL_MPS, STILL_S, MavlinkDriver

S = TaskState
AGAIN_S = 60.0  # a place that stays where it is is told again so often: a vehicle may have been held up


class LandingDriver(MavlinkDriver):
    """One landing of one vehicle."""

    def begin(self, task: Task, asset: Asset, now: float) -> None:
        """Home, or to where others take it down."""
        self._task, self._began, self._seen = task, now, now
        if task.places or task.vessel:
            self._step = self._bring
        else:
            self._step = self._watch_home if task.state in (S.UNDER_WAY, S.LATE) else self._call_home

    def _bring(self, now: float, picture: Picture | None) -> None:
        """To the place or ship, until it is down or somebody has taken it over."""
        task = self._task
        if task is None:
            return
        place = flight.where_is(picture, task.vessel, now, REPOSITION_S) if task.vessel else None
        place = place or (task.places[0] if task.places else None)
        if place is None:
            if now - self._began >= flight.LOOK_S:
                self._end(S.FAILED, f"vessel {task.vessel} is not in the picture, and no place is told")
            return
        asset = self._asset(picture)
        near = asset is not None and asset.placed
        near = near and flight.distance((asset.lat_deg, asset.lon_deg), place) <= self._reach  # type: ignore[union-attr]
        if self._was_led and self._led is False:
            self._end(S.DONE if near else S.FAILED, "its pilot has taken it over")
        elif near and self._lies(asset, now):
            self._end(S.DONE, "it lies there")
        else:
            self._tell_place(task, place, bool(near), now)

    def _tell_place(self, task: Task, place: tuple[float, float], near: bool, now: float) -> None:
        if self._was_led:
            self._progress(math.nan, "it is there, to be taken down" if near else "on its way there")
        every = REPOSITION_S if task.vessel else AGAIN_S
        if self._command is None and not 0 <= now - self._moved < every:
            self._moved = now
            self._do(self._reposition(task, place), now, self._led_there)

    def _lies(self, asset: Asset | None, now: float) -> bool:
        """Whether a craft has lain still for long enough."""
        if asset is None or self.craft.kind == AssetKind.AIRCRAFT:
            return False
        still = asset.speed < STILL_MPS and now - asset.time < STILL_S
        self._still = (now if math.isnan(self._still) else self._still) if still else math.nan
        return not math.isnan(self._still) and now - self._still >= STILL_S

    def _landed(self) -> None:
        if self._step in (self._bring, self._watch_home):
            self._end(S.DONE, "it has landed")
