"""A real face on real records with made-up vehicles: python asset_node.py PORT FOLDER.

Orders come as lines of JSON on standard input: `{"asset": "tb3", "link": "lost", "silent_s": 180}` (and other
fields of an `Asset`), `{"task": 1, "state": "under way", "progress": 0.4, "why": "item 2 of 5"}` (what its driver
would tell),
`{"attach": 9}` (a still of this vessel), `{"spoil": 1}` (the file of an attachment is changed on disk),
`{"seen": [9]}` (vessels that only a camera holds).
"""

from __future__ import annotations

import io
import json
import math
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

sys.path.insert(0, str(Path(__file__).parents[1]))
from made_up import NAHA, NODE, Sea

from mihari.alerts.actions import By
from mihari.alerts.desk import Desk
from mihari.cameras import attachments, files
from mihari.core.asset import Asset, AssetKind, LinkState
from mihari.core.picture import Picture, Source
from mihari.core.task import TaskKind, TaskState
from mihari.face.launch import Face
from mihari.face.publish import Publisher
from mihari.tasks import book, shelf
from mihari.tasks.charge import Charge

VESSELS = 120
MAVLINK = (TaskKind.LOOK, TaskKind.FOLLOW, TaskKind.SEARCH, TaskKind.HOLD, TaskKind.RETURN)
CAMERA = (TaskKind.LOOK, TaskKind.FOLLOW, TaskKind.STILL, TaskKind.CLIP)
CHARGES = (
    Charge("tb3", "Mori", (), MAVLINK),
    Charge("ulaq", "Kudo", (TaskKind.HOLD,), MAVLINK),
    Charge("glider", "Kudo", (), (TaskKind.LISTEN, TaskKind.RETURN)),
    Charge("pier", "Kudo", (TaskKind.STILL,), CAMERA),
)  # fmt: skip
K = AssetKind
LAT, LON = NAHA


def fleet(now: float) -> dict[str, Asset]:
    """One of each kind, all heard just now."""
    told = (
        Asset("tb3", K.AIRCRAFT, "tb3", "Mori", lat_deg=LAT + 0.02, lon_deg=LON - 0.25, height=1500.0, course=1.3,
              speed=55.0, heading=1.25, energy=0.71, mode="mission"),
        Asset("ulaq", K.SURFACE, "ulaq", "Kudo", lat_deg=LAT - 0.16, lon_deg=LON - 0.08, course=5.2, speed=9.0,
              heading=5.2, energy=0.48, mode="hold"),
        Asset("glider", K.UNDERWATER, "slocum", "Kudo", lat_deg=LAT - 0.12, lon_deg=LON + 0.22, height=-60.0,
              heading=3.0, speed=0.3, energy=0.9, mode="dive"),
        Asset("pier", K.CAMERA, "", "Kudo", lat_deg=LAT + 0.012, lon_deg=LON + 0.17, heading=4.6),
        Asset("boat 7", K.CREW, "", "", lat_deg=LAT + 0.14, lon_deg=LON + 0.06, course=2.0, speed=6.0),
    )  # fmt: skip
    return {one.name: replace(one, time=now, heard=now, link=LinkState.UP) for one in told}


def footprint(one: Asset) -> tuple[tuple[float, float], ...]:
    """What a camera under it shows ahead: a trapezium, as of a picture that looks down aslant."""
    corners = []
    for along, across in ((3.0, -1.0), (3.0, 1.0), (8.0, 2.6), (8.0, -2.6)):  # km
        north = along * math.cos(one.heading) - across * math.sin(one.heading)
        east = along * math.sin(one.heading) + across * math.cos(one.heading)
        corners.append(
            (one.lat_deg + north / 111.0, one.lon_deg + east / (111.0 * math.cos(math.radians(one.lat_deg))))
        )
    return tuple(corners)


def still(number: int) -> bytes:
    """A picture of a hull on the sea."""
    image = Image.new("RGB", (640, 360), (96, 128, 146))
    pen = ImageDraw.Draw(image)
    pen.rectangle((0, 0, 640, 150), fill=(176, 196, 206))
    pen.polygon([(170, 205), (480, 200), (450, 250), (200, 250)], fill=(52, 58, 66))
    pen.rectangle((390, 150, 440, 203), fill=(214, 214, 206))
    pen.text((12, 12), f"still {number}", fill=(10, 10, 10))
    out = io.BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


class Scene:
    """The vehicles, as orders have made them."""

    def __init__(self, sea: Sea, desk: Desk) -> None:
        self.sea, self.desk, self.began = sea, desk, time.time()
        self.fleet, self.silent = fleet(self.began), dict[str, float]()
        self.seen = np.zeros(0, np.int64)
        self.stills = 0

    def picture(self, rows: np.ndarray) -> Picture:
        """The sea and the vehicles now; those that are not silent move."""
        now = time.time()
        for name, one in self.fleet.items():
            if name in self.silent:
                self.fleet[name] = replace(one, heard=self.silent[name], time=self.silent[name], looks=())
                continue
            dt, speed = now - one.time, one.speed if math.isfinite(one.speed) else 0.0
            way = one.course if math.isfinite(one.course) else 0.0
            north, east = speed * math.cos(way) * dt, speed * math.sin(way) * dt
            moved = replace(one, time=now, heard=now, lat_deg=one.lat_deg + north / 111_000,
                            lon_deg=one.lon_deg + east / 99_000)  # fmt: skip
            self.fleet[name] = replace(moved, looks=footprint(moved) if one.kind in (K.AIRCRAFT, K.CAMERA) else ())
        picture = self.sea.picture(now, rows)
        vessels, only = picture.vessels, np.isin(picture.vessels.id, self.seen)
        source = np.where(only, int(Source.SEEN), vessels.source)
        vessels = replace(
            vessels, source=source.astype(vessels.source.dtype), mmsi=np.where(only, 0, vessels.mmsi),
            heard_radar=np.where(only, np.nan, vessels.heard_radar),
            heard_ais=np.where(only, np.nan, vessels.heard_ais),
        )  # fmt: skip
        return replace(picture, vessels=vessels, assets=tuple(self.fleet.values()))

    def obey(self, order: dict[str, Any]) -> None:
        """Carry out one order."""
        records, now = self.desk.records, time.time()
        if "asset" in order:
            told = dict(order)
            name, silent, link = told.pop("asset"), told.pop("silent_s", None), told.pop("link", None)
            self.silent.pop(name, None)
            if silent is not None:
                self.silent[name] = now - silent
            if link is not None:
                told["link"] = LinkState[link.upper()]
            self.fleet[name] = replace(self.fleet[name], **told)
        if "task" in order:
            state, share = TaskState(order["state"]), order.get("progress", math.nan)
            why = order.get("why", "")
            shelf.change(records, order["task"], lambda one: book.told(one, state, share, why, now, one.asset))
        if "attach" in order:
            self.stills += 1
            taken = attachments.Taken("still", "pier", now - 60.0, order["attach"], 0, 0, {}, *NAHA)
            attachments.attach(records, By("Sato", now), taken, still(self.stills))
        if "spoil" in order:
            with records.read() as connection:
                path = files.folder_of(records.url) / attachments.one_of(connection, order["spoil"]).path
            path.chmod(0o600)
            path.write_bytes(still(99))
        if "seen" in order:
            self.seen = np.array(order["seen"])


def main(port: int, folder: Path) -> None:
    """Runs until standard input ends."""
    sea = Sea(VESSELS)
    sea.lat, sea.lon = NAHA[0] + (sea.lat - NAHA[0]) * 0.4, NAHA[1] + (sea.lon - NAHA[1]) * 0.4
    sea.vessels(time.time())
    started = time.time()
    desk = Desk(folder / "records.sqlite", started)
    desk.start()
    desk.settled()
    shelf.keep_charges(desk.records, CHARGES)
    scene, ended = Scene(sea, desk), threading.Event()

    def listen() -> None:
        for line in sys.stdin:
            scene.obey(json.loads(line))
            print("done", flush=True)
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    node = NODE | {"started": started}
    with Publisher(node=node) as publisher, Face(publisher.address, port, records=desk.address):
        print("ready", flush=True)
        turn = 0
        while not ended.wait(0.3):
            publisher.publish(scene.picture(np.arange(turn % 4, VESSELS, 4)))
            desk.take([], [], time.time())
            turn += 1
    desk.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
