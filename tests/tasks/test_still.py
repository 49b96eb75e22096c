"""A still of a vessel by a MAVLink vehicle: turned to, taken, fetched from where the node file says, kept by hash."""

from __future__ import annotations

import time

import numpy as np
import pytest

from mihari.cameras.attachments import Taken
from mihari.core.asset import Asset, AssetKind
from mihari.core.errors import BadInput
from mihari.core.picture import Picture, Vessels
from mihari.core.task import Task, TaskKind, TaskState
from mihari.formats.mavlink import decode_many, to_dicts
from mihari.simulate.aboard.stills import Stills, serving
from mihari.tasks.still import StillDriver, fetched

JPEG = b"\xff\xd8picture\xff\xd9"
ASSET = Asset("tb3", AssetKind.AIRCRAFT)
BEAT = {"message": "HEARTBEAT", "sysid": 7, "compid": 1, "type": 1, "autopilot": 3, "base_mode": 140}


def picture(now: float) -> Picture:
    vessels = Vessels.of(1, id=17, time=now, lat_deg=26.1, lon_deg=127.2, east_mps=0.0, north_mps=0.0)
    return Picture(now, 1, vessels)


class Desk:
    """Runs one driver by hand and keeps what it keeps."""

    def __init__(self, base: str, fetch=lambda url: JPEG) -> None:  # type: ignore[no-untyped-def]
        self.kept: list[tuple[Taken, bytes, str]] = []
        self.driver = StillDriver(0, base, self.keep, fetch)
        self.sent: list[dict] = []  # type: ignore[type-arg]
        self.told: list = []  # type: ignore[type-arg]
        self.now = 1000.0

    def keep(self, taken: Taken, data: bytes, who: str) -> str:
        self.kept.append((taken, data, who))
        return "still kept as attachment 1"

    def run(self, seconds: float, vessels: bool = True) -> None:
        for _ in range(int(seconds * 2)):
            self.now += 0.5
            shown = picture(self.now) if vessels else Picture(self.now, 1, Vessels.empty())
            for piece in self.driver.tick(self.now, shown):
                self.sent += to_dicts(decode_many(piece))
            self.told += self.driver.told()

    def settle(self) -> None:
        for _ in range(200):
            self.run(0.5)
            if self.told and self.told[-1].state in (TaskState.DONE, TaskState.FAILED, TaskState.DECLINED):
                return
            time.sleep(0.01)

    def captured(self, url: str, good: int = 1) -> None:
        self.driver.hear(
            {"message": "CAMERA_IMAGE_CAPTURED", "sysid": 7, "compid": 100, "time_utc_us": 1_012_500_000, "alt": 900.0,
             "file_url": url, "capture_result": good}, self.now,
        )  # fmt: skip


def begun(base: str = "http://192.0.2.9/", **more) -> Desk:  # type: ignore[no-untyped-def]
    desk = Desk(base, **more)
    desk.driver.begin(Task(5, "tb3", TaskKind.STILL, "Sato", 1000.0, vessel=17), ASSET, 1000.0)
    desk.driver.hear(BEAT, 1000.0)
    return desk


def test_the_camera_is_turned_there_then_takes_one_picture() -> None:
    desk = begun()
    desk.run(9.0)
    looks = [m for m in desk.sent if m.get("command") == 195]
    assert len(looks) >= 3
    assert looks[0]["lat_deg"] == pytest.approx(26.1, abs=1e-6)
    assert [m["command"] for m in desk.sent][-1] == 2000
    assert desk.told[0].state == TaskState.UNDER_WAY


def test_what_it_took_is_fetched_and_kept_with_where_the_vessel_was() -> None:
    desk = begun()
    desk.run(9.0)
    desk.captured("http://192.0.2.9/1.jpg")
    desk.settle()
    [(taken, data, who)] = desk.kept
    assert (data, who, taken.vessel, taken.task, taken.asset) == (JPEG, "Sato", 17, 5, "tb3")
    assert taken.time == pytest.approx(1012.5)
    assert taken.lat_deg == pytest.approx(26.1)
    assert desk.told[-1].state == TaskState.DONE
    assert desk.told[-1].why == "still kept as attachment 1"


@pytest.mark.parametrize(
    "url",
    ["http://198.51.100.1/1.jpg", "http://192.0.2.9.evil.example/1.jpg", "file:///etc/passwd", "", "ftp://192.0.2.9/1"],
)
def test_a_picture_from_elsewhere_is_not_fetched(url: str) -> None:
    asked: list[str] = []
    desk = begun(fetch=lambda one: asked.append(one) or JPEG)
    desk.run(9.0)
    desk.captured(url)
    desk.settle()
    assert asked == []
    assert desk.kept == []
    assert desk.told[-1].state == TaskState.FAILED


def test_what_is_no_picture_is_not_kept() -> None:
    desk = begun(fetch=lambda url: b"<html>")
    desk.run(9.0)
    desk.captured("http://192.0.2.9/1.jpg")
    desk.settle()
    assert desk.kept == []
    assert "no picture" in desk.told[-1].why


def test_silence_a_failure_and_a_vessel_that_is_gone_end_it() -> None:
    silent = begun()
    silent.run(60.0)
    assert silent.told[-1].state == TaskState.FAILED
    failed = begun()
    failed.run(9.0)
    failed.captured("http://192.0.2.9/1.jpg", good=0)
    failed.settle()
    assert failed.told[-1].state == TaskState.FAILED
    gone = begun()
    gone.run(60.0, vessels=False)
    assert gone.told[-1].state == TaskState.FAILED
    assert not [m for m in gone.sent if m.get("command") == 2000]


def test_a_vehicle_without_a_place_for_its_pictures_is_not_asked() -> None:
    with pytest.raises(BadInput, match="stills"):
        begun(base="")


def test_over_real_http_and_what_cannot_be_had_is_one_sentence() -> None:
    stills = Stills()
    with serving(stills, 0):
        url = stills.put("tb3", JPEG)
        assert fetched(url) == JPEG
        with pytest.raises(BadInput, match="cannot be fetched"):
            fetched(stills.base + "/nothing.jpg")
    with pytest.raises(BadInput, match="cannot be fetched"):
        fetched(url)


def test_pictures_that_nobody_fetches_are_bounded() -> None:
    stills = Stills("http://127.0.0.1:1")
    for k in range(500):
        stills.put("tb3", np.random.default_rng(k).bytes(10))
    assert len(stills._held) == 200
