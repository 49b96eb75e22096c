"""Tasks of a camera through the runner's seam: looked at, stilled, clipped, followed, called off; over HTTP once."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
from alert_helpers import check

from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.cameras.attachments import Taken, bytes_of, of_vessel
from mihari.cameras.mount import Mount, mount_of
from mihari.core.asset import Asset, AssetKind
from mihari.core.asset_sections import CameraSection
from mihari.core.camera import CameraAway
from mihari.core.config import NodeConfig
from mihari.core.errors import BadInput
from mihari.core.geodesy import direct
from mihari.core.picture import ClaimedIdentity, Identity, Picture, Vessels
from mihari.core.task import Task, TaskKind, TaskState
from mihari.feeds.talk import Talk
from mihari.formats.avi import decode
from mihari.simulate.cameras import Body, CameraServer, SimulatedCamera
from mihari.tasks import book, shelf
from mihari.tasks.camera import CameraDriver, Cameras, cameras_of, keeping
from mihari.tasks.driver import Told
from mihari.tasks.runner import runner_of
from mihari.tasks.shelf import Wanted

T0 = 1790000000.0
BODY = Body(size=(160, 90))
MOUNT = Mount(BODY.lat_deg, BODY.lon_deg, BODY.height)
PIER = Asset("pier", AssetKind.CAMERA)


def picture(bearing: float = 1.0, miles: float = 2.0, now: float = T0) -> Picture:
    lat_deg, lon_deg = direct(BODY.lat_deg, BODY.lon_deg, bearing, miles * 1852.0)
    row = {"id": 17, "time": now, "lat_deg": float(lat_deg), "lon_deg": float(lon_deg), "mmsi": 431000001}
    zeros = dict.fromkeys(("east_mps", "north_mps", "cov_en", "cov_eu", "cov_ev", "cov_nu", "cov_nv", "cov_uv"), 0.0)
    spread = {"cov_ee": 100.0, "cov_nn": 100.0, "cov_uu": 0.04, "cov_vv": 0.04}
    vessels = Vessels.of(1, **row | zeros | spread)
    claims = (ClaimedIdentity(431000001, 1.0, length=80.0),)
    return Picture(now, 1, vessels, {17: Identity(17, claims, 1)})


class Kept:
    """What was kept, in memory."""

    def __init__(self) -> None:
        self.all: list[tuple[Taken, bytes, str]] = []

    def __call__(self, taken: Taken, data: bytes, who: str) -> str:
        self.all.append((taken, data, who))
        return f"{taken.kind} kept as attachment {len(self.all)}"


class Stage:
    """A driver on the simulated camera, on a clock of its own."""

    def __init__(self, kind: TaskKind, camera: Any = None, **more: Any) -> None:
        self.now = T0
        self.camera = camera or SimulatedCamera(BODY, clock=lambda: self.now)
        self.kept = Kept()
        self.driver = CameraDriver(self.camera, MOUNT, self.kept, clip=1.0)
        asked: dict[str, Any] = {"vessel": 17} | more
        self.driver.begin(Task(4, "pier", kind, "Sato", T0, **asked), PIER, T0)

    def run(self, steps: int, seen: Callable[[float], Picture | None] = lambda now: picture(now=now)) -> list[Told]:
        """Ticks each half a second, each step done before the next."""
        told = []
        for _ in range(steps):
            assert self.driver.tick(self.now, seen(self.now)) == []
            if self.driver._busy is not None:
                self.driver._busy.exception(10.0)
            if self.driver._taking is not None:
                self.driver._taking.exception(10.0)
            told += self.driver.told()
            self.now += 0.5
        return told


def test_a_look_is_done_when_the_vessel_is_in_view():
    stage = Stage(TaskKind.LOOK)
    told = stage.run(10)
    assert [one.state for one in told] == [TaskState.UNDER_WAY, TaskState.UNDER_WAY, TaskState.DONE]
    assert (told[0].why, told[-1].why, told[-1].progress) == ("turning to it", "in view at 057°, 2.0 NM", 1.0)
    assert stage.camera.where().pan == pytest.approx(1.0, abs=1e-3)


def test_a_look_at_a_place_needs_no_vessel():
    lat_deg, lon_deg = direct(BODY.lat_deg, BODY.lon_deg, 2.0, 3 * 1852.0)
    stage = Stage(TaskKind.LOOK, vessel=0, places=((float(lat_deg), float(lon_deg)),))
    assert stage.run(12, lambda _: None)[-1].state == TaskState.DONE
    assert stage.camera.where().pan == pytest.approx(2.0, abs=1e-3)


def test_a_still_is_kept_with_where_it_looked_and_who_asked():
    stage = Stage(TaskKind.STILL)
    assert stage.run(10)[-1].why == "still kept as attachment 1"
    (taken, data, who) = stage.kept.all[0]
    assert (taken.kind, taken.asset, taken.vessel, taken.mmsi, taken.task, who) == (
        "still",
        "pier",
        17,
        431000001,
        4,
        "Sato",
    )
    assert (data[:2], taken.aim["bearing"]) == (b"\xff\xd8", pytest.approx(1.0, abs=1e-3))
    assert taken.aim["view"] == pytest.approx(MOUNT.view_at(taken.aim["zoom"]))
    assert taken.lat_deg == pytest.approx(float(picture().vessels.lat_deg[0]))


def test_a_clip_is_taken_while_it_is_followed():
    stage = Stage(TaskKind.CLIP)
    assert stage.run(12)[-1].why == "clip kept as attachment 1"
    assert len(decode(stage.kept.all[0][1])[0]) == 5


def test_it_follows_until_the_time_that_was_set():
    stage = Stage(TaskKind.FOLLOW, until=T0 + 20.0)
    told = stage.run(60, lambda now: picture(1.0 + 0.01 * (now - T0), now=now))
    assert (told[-1].state, told[-1].why) == (TaskState.DONE, "followed until the time that was set")
    assert stage.camera.where().pan == pytest.approx(1.2, abs=0.03)


def test_no_picture_is_taken_before_the_zoom_is_there():
    stage = Stage(TaskKind.STILL)
    stage.run(20)
    taken, _, _ = stage.kept.all[0]
    wanted = MOUNT.zoom_for((80.0 + 4 * 10.0) / (2 * 1852.0) / 0.6)
    assert taken.aim["zoom"] == pytest.approx(wanted, abs=0.05)


def test_withdrawn_the_camera_stops_and_says_so():
    stage = Stage(TaskKind.FOLLOW)
    stage.run(1, lambda now: picture(3.0, now=now))
    assert stage.camera.where().moving
    stage.driver.stop(stage.now)
    assert [one.state for one in stage.run(2)][-1] == TaskState.WITHDRAWN
    assert not stage.camera.where().moving


def test_a_vessel_that_nobody_has_or_sees_fails_after_a_minute():
    last = Stage(TaskKind.LOOK).run(130, lambda _: None)[-1]
    assert (last.state, last.why) == (TaskState.FAILED, "lost for 60 s")
    assert Stage(TaskKind.LOOK).run(130, lambda now: picture(1.0, 30.0, now))[-1].why == "out of reach for 60 s"


class Gone:
    def where(self) -> None:
        raise CameraAway("camera pier: does not answer within 5 s")

    def move(self, *_: float) -> None:
        raise CameraAway("camera pier: does not answer within 5 s")


def test_a_camera_that_is_away_for_a_minute_has_lost_its_task():
    told = Stage(TaskKind.FOLLOW, Gone()).run(130)
    assert told[0] == Told(None, pytest.approx(math.nan, nan_ok=True), "camera pier: does not answer within 5 s")
    assert told[-1].state == TaskState.LOST
    stage = Stage(TaskKind.FOLLOW, Gone())
    stage.driver.stop(T0)
    assert stage.run(3) == []  # nobody says that it has understood


def test_what_it_cannot_do_is_refused():
    driver = CameraDriver(SimulatedCamera(BODY), MOUNT, Kept())
    with pytest.raises(BadInput, match="a camera cannot search"):
        driver.begin(Task(1, "pier", TaskKind.SEARCH, "Sato", T0), PIER, T0)
    with pytest.raises(BadInput, match="needs a vessel or a place"):
        driver.begin(Task(1, "pier", TaskKind.LOOK, "Sato", T0), PIER, T0)


def test_a_slow_camera_does_not_hold_up_the_runner(tmp_path):
    class Slow(Gone):
        def where(self) -> None:
            time.sleep(0.5)
            super().where()

    stage = Stage(TaskKind.FOLLOW, Slow())
    began = time.monotonic()
    for _ in range(20):
        stage.driver.tick(stage.now, picture())
    assert time.monotonic() - began < 5.0  # waiting for each would take ten


def test_over_http_a_still_comes_into_the_vessels_record(tmp_path):
    records = Records(tmp_path / "naha.sqlite").open()
    Watch(records).begin(T0)
    (tmp_path / "password").write_text("s3cret")
    with CameraServer(SimulatedCamera(BODY, clock=time.time), "watch", "s3cret") as server:
        section = CameraSection(
            name="pier", url=server.url, user="watch", password_file=str(tmp_path / "password"), operator="Mori",
            lat_deg=BODY.lat_deg, lon_deg=BODY.lon_deg, height_m=BODY.height,
        )  # fmt: skip
        cameras = Cameras(keeping(records), time.time)
        kinds, make = cameras.making
        assert set(kinds) == {TaskKind.LOOK, TaskKind.FOLLOW, TaskKind.STILL, TaskKind.CLIP}
        driver = make(section)
        driver.begin(Task(4, "pier", TaskKind.STILL, "Sato", time.time(), vessel=17), PIER, time.time())
        told, end = [], time.monotonic() + 20.0
        while not (told and told[-1].state == TaskState.DONE) and time.monotonic() < end:
            driver.tick(time.time(), picture(now=time.time()))
            told += driver.told()
            time.sleep(0.1)
        assert told[-1].why == "still kept as attachment 1"
        assert cameras.camera(section) is cameras.camera(section)
        cameras.close()
    with records.read() as connection:
        assert [one.who for one in of_vessel(connection, 17)] == ["Sato"]
    one, data = bytes_of(records, 1)
    assert (one.task, one.mmsi, data[:2]) == (4, 431000001, b"\xff\xd8")
    assert one.aim["bearing"] == pytest.approx(1.0, abs=0.01)
    assert mount_of(section).lat_deg == BODY.lat_deg
    check(records)
    records.close()
    assert np.isfinite(one.time)


def looked(runner: Any, records: Records, number: int, state: TaskState, seconds: float = 20.0) -> Task:
    """The task when it has come to that state, or after so long."""
    end = time.monotonic() + seconds
    while True:
        runner.news(picture(now=time.time()))
        runner.look()
        with records.read() as connection:
            task = shelf.one(connection, number)
        assert task is not None
        if task.state == state or time.monotonic() > end:
            return task
        time.sleep(0.1)


def test_a_task_goes_through_the_gate_of_the_runner_to_the_camera(tmp_path):
    file = tmp_path / "naha.sqlite"
    records = Records(file).open()
    Watch(records).begin(time.time())
    with CameraServer(SimulatedCamera(BODY, clock=time.time)) as server:
        place = {"lat_deg": BODY.lat_deg, "lon_deg": BODY.lon_deg, "height_m": BODY.height, "url": server.url}
        pier = CameraSection(name="pier", operator="Mori", accepts=(TaskKind.STILL,), **place)
        mole = CameraSection(name="mole", operator="", **place)
        roof = CameraSection(name="roof", operator="Mori", password_file=str(tmp_path / "none"), **place)
        config = NodeConfig(camera=(pier, mole, roof))
        cameras = cameras_of(str(file), time.time)
        runner = runner_of(config, str(file), Talk(), lambda *_: True, cameras=cameras.making)
        runner.look()
        with pytest.raises(BadInput, match="mole takes no tasks: the node file names no operator"):
            shelf.propose(records, By("Sato", time.time()), Wanted("mole", TaskKind.LOOK, vessel=17))
        still = shelf.propose(records, By("Sato", time.time()), Wanted("pier", TaskKind.STILL, vessel=17))
        follow = shelf.propose(records, By("Sato", time.time()), Wanted("pier", TaskKind.FOLLOW, vessel=17))
        wrong = shelf.propose(records, By("Sato", time.time()), Wanted("roof", TaskKind.LOOK, vessel=17))
        done = looked(runner, records, still.number, TaskState.DONE)
        assert (done.state, done.turns[-1].why) == (TaskState.DONE, "still kept as attachment 1")
        assert looked(runner, records, follow.number, TaskState.PROPOSED, 0.5).state == TaskState.PROPOSED
        asked = len(server.services.asked)
        shelf.decide(records, By("Mori", time.time()), follow.number, book.accept)
        assert looked(runner, records, follow.number, TaskState.UNDER_WAY).state == TaskState.UNDER_WAY
        assert len(server.services.asked) > asked
        shelf.decide(records, By("Mori", time.time()), follow.number, book.withdraw)
        end = time.monotonic() + 10.0
        while not looked(runner, records, follow.number, TaskState.WITHDRAWN).called_off and time.monotonic() < end:
            time.sleep(0.1)
        assert "Stop" in server.services.asked
        shelf.decide(records, By("Mori", time.time()), wrong.number, book.accept)
        declined = looked(runner, records, wrong.number, TaskState.DECLINED)
        assert (declined.state, "no such file" in declined.turns[-1].why) == (TaskState.DECLINED, True)
        runner.stop()
        cameras.close()
    assert [one.who for one in listed_of(records)] == ["Sato"]
    check(records)
    records.close()


def listed_of(records: Records) -> list[Any]:
    with records.read() as connection:
        return of_vessel(connection, 17)
