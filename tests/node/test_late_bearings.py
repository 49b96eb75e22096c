"""A glider's bearings come six hours late: the past track is sharper, a meeting that was missed is told, with why."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import httpx
import numpy as np
import orjson
import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "gallery"))
from late_sea import LEAVES, MEETS, MMSI, SENSORS, START, Sea, metres

from mihari.alerts.records import Records
from mihari.archive.reader import ArchiveReader
from mihari.core.behaviour import Standing, picture_id
from mihari.core.config import NodeConfig
from mihari.core.reports import Batch, Reports, Sector
from mihari.face.app import create_app
from mihari.face.state import FaceState
from mihari.feeds.stage import open_stage
from mihari.formats.ais import encode
from mihari.node import Node
from mihari.rebuild import verified

pytestmark = pytest.mark.slow

COLUMNS = ("time", "bearing", "bearing_var", "range", "range_var", "lat_deg", "lon_deg", "cov_ee", "cov_en", "cov_nn")


class Looks:
    """Looks as lines of JSON: until a feed of vehicles takes their place."""

    def __init__(self, index, sensors, health):
        self.index, self.rest = index, b""

    def take(self, *chunks):
        *lines, self.rest = (self.rest + b"".join(chunk.data for chunk in chunks)).split(b"\n")
        return [self.look(orjson.loads(line)) for line in lines if line]

    def finish(self):
        return []

    def look(self, told):
        given = {k: np.array(v, np.float64) for k, v in told["rows"].items()}
        count = len(given["time"])
        reports = Reports.of(count, feed=self.index, sensor=told["sensor"], kind=told["kind"], **given)
        place = [np.nan if v is None else v for v in told["place"]]
        return Sector(told["sensor"], told["time"], told["time"], 0.0, 2 * np.pi, reports, *place)


def written(sea, folder, late=True):
    """The sea's inputs as files: sentences of AIS, and looks."""
    sentences, looks = [], []
    for one in sea.inputs():
        if isinstance(one, Batch):
            lat, lon = float(one.reports.lat_deg[0]), float(one.reports.lon_deg[0])
            told = {"message_type": 1, "mmsi": MMSI, "lat_deg": lat, "lon_deg": lon, "speed": 0.1, "course": 0.7}
            time = float(one.reports.time[0])
            sentences += encode(told | {"second": int(time) % 60}, time=time, station="NAHA")
        elif isinstance(one, Sector) and (late or one.sensor != 2):
            rows = {name: np.nan_to_num(getattr(one.reports, name), nan=0.0).tolist() for name in COLUMNS}
            place = [None if np.isnan(v) else v for v in (one.lat_deg, one.lon_deg)]
            kind = 7 if one.sensor == 2 else 3
            looks.append({"sensor": one.sensor, "time": one.time, "kind": kind, "place": place, "rows": rows})
    folder.mkdir()
    (folder / "ais.nmea").write_bytes(b"".join(sentences))
    (folder / "looks.json").write_bytes(b"\n".join(orjson.dumps(look) for look in looks) + b"\n")
    return folder


def node_over(folder, records):
    config = NodeConfig.model_validate(
        {
            "node": {"area": "world", "rerun_h": 6.0},
            "feed": [
                {"url": f"file:{folder}/ais.nmea?speed=max", "format": "ais"},
                {"url": f"file:{folder}/looks.json?speed=max", "format": "imc"},
            ],
            "face": {"enabled": False},
            "alerts": {"records": str(records)},
            "archive": {"enabled": True, "path": str(records.parent / "archive"), "free_gb": 0.0, "snapshot_s": 600.0},
        }
    )
    node = Node(config)
    node.registry.reconfigure(SENSORS)
    return node


def stage_for(address, index, sensors, health):
    return Looks(index, sensors, health) if address.format == "imc" else open_stage(address, index, sensors, health)


def ran(folder, records):
    """A node over recordings: (node, what it told of rendezvous, in order; where it thought the dark boat was)."""
    node, told, before = node_over(folder, records), [], {}
    retell = node._reruns.retell

    def retold(found):
        memory = node.lookout.engine.memory
        before.update({key: memory.samples(key).copy() for key in memory.keys.tolist() if picture_id(key)})
        retell(found)
        before["was"] = found.was

    node._reruns.retell = retold
    with node:
        take = node.desk.take
        node.desk.take = lambda found, *more: (told.extend(found), take(found, *more))
        assert node.wait(280.0)
        assert node.desk.settled()
    return node, [b for b in told if b.kind == "rendezvous"], before


@pytest.fixture(scope="module")
def patched():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("mihari.feeds.replay.open_stage", stage_for)
        patch.setattr("mihari.node.UNWATCHED_S", 10.0)
        yield


@pytest.fixture(scope="module")
def late(patched, tmp_path_factory):
    folder = tmp_path_factory.mktemp("late")
    return ran(written(Sea(2, 300.0), folder / "bytes"), folder / "records.sqlite"), folder


def samples(way):
    """(times in s from the start, (n, 2) m) of remembered samples while the boats lie together."""
    way = way[(way["t"] >= START + MEETS + 900) & (way["t"] < START + LEAVES)]
    return way["t"] - START, metres(way["lat"] * 1e-7, way["lon"] * 1e-7)


def error(sea, times, places):
    return float(np.sqrt(np.mean([np.sum((p - sea.dark(t)) ** 2) for t, p in zip(times, places, strict=True)])))


def test_the_dark_boat_is_remembered_where_it_was(late):
    (node, _, before), _ = late
    sea, memory = Sea(2, 300.0), node.lookout.engine.memory
    assert (node._reruns.done, node._reruns.failed) == (1, 0)
    assert node._reruns.reports == 60
    mine = [key for key in memory.keys.tolist() if picture_id(key) and len(samples(memory.samples(key))[0]) > 60]
    (key,) = mine
    times, places = samples(memory.samples(key))
    assert len(times) > 0.8 * (LEAVES - MEETS - 900) / 30
    was = [samples(before[k]) for k in before if k != "was" and len(samples(before[k])[0]) > 5]
    assert error(sea, times, places) < 150
    assert not was or error(sea, times, places) < 0.5 * min(error(sea, *w) for w in was)


def test_the_meeting_that_was_missed_is_told_with_why(late):
    (node, told, _), folder = late
    now = [b for b in node.lookout.engine.standing() if b.kind == "rendezvous" and b.standing is not Standing.RETRACTED]
    (meeting,) = now
    assert MMSI in meeting.vessels
    assert abs(meeting.start - START - MEETS) < 900
    assert abs(meeting.end - START - LEAVES) < 600
    assert told[-1].because.endswith("bearings that came 5.9 h late")
    assert told[-1].decided > START + 5 * 3600 + MEETS or told[-1].revision > 0
    records = Records(folder / "records.sqlite").open()
    app = create_app(page=folder, state=FaceState(), records=records)

    async def asked(path):
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app=app), base_url="http://127.0.0.1:8080/api/v1"
        ) as client:
            return (await client.get(path)).json()

    try:
        alerts = asyncio.run(asked("/alerts"))["alerts"]
        (number,) = [a["number"] for a in alerts if "rendezvous" in a["kinds"]]
        detail = asyncio.run(asked(f"/alerts/{number}"))
    finally:
        records.close()
    (behaviour,) = [b for b in detail["behaviours"] if b["kind"] == "rendezvous" and b["standing"] != "retracted"]
    assert behaviour["because"].endswith("bearings that came 5.9 h late")
    assert "bearings that came 5.9 h late" in str(detail["log"])


def test_the_archive_goes_on_from_it(late):
    _, folder = late
    reader = ArchiveReader(folder / "archive")
    (run,) = reader.runs()
    assert len(reader.reruns(run.number)) == 1
    assert [c.differs for c in verified(reader, START + 5 * 3600.0, float("inf")) if c.differs] == []
