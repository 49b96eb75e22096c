"""A real face on real records, with made-up vessels and alerts: python alert_node.py PORT FOLDER ALERTS [RECORDS].

Orders come as lines of JSON on standard input: `{"gap": 3}` (an alarm of vessel 3), `{"dark": 3}`,
`{"retract": "dark"}` (the newest of that kind), `{"fleet": 7}`, `{"hostile": true}`, `{"mesh": true}` (it is in one),
`{"gone": [9]}` (these vessels are not in the picture),
`{"held": {"9": ["kume"]}}` (nodes that hold them, the one that names them first).
"""

from __future__ import annotations

import json
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from made_up import MESH, NODE, Sea

from mihari.alerts.desk import Desk
from mihari.core.behaviour import Behaviour, Evidence, Explanation, Fleet, Standing, Urgency, unnamed
from mihari.core.health import NodeHealth
from mihari.core.picture import Identity, Picture
from mihari.face.launch import Face
from mihari.face.publish import Publisher

VESSELS = 300
KINDS = ("ais_gap", "dark", "rendezvous", "loitering", "spoofing", "zone_entered")
INNOCENT = ("the transponder failed", "it switched off in a pirate area, as allowed", "reception was poor there")
HOSTILE = (
    "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script> \u202eSDRAWKCAB \x1b[2J '; DROP TABLE"
)


class Teller:
    """Makes behaviours of the sea's vessels and takes them to the desk."""

    def __init__(self, sea: Sea, desk: Desk) -> None:
        self.sea, self.desk, self.told = sea, desk, dict[str, Behaviour]()
        self.mesh, self.gone, self.held = False, list[int](), dict[str, list[str]]()

    def tell(self, kind: str, vessel: int, urgency: Urgency, began_s: float = 900.0, **more: Any) -> None:
        """A behaviour of vessel number `vessel` that began so long ago."""
        now = time.time()
        start = int(now - began_s)
        key = int(self.sea.mmsi[vessel - 1]) or unnamed(vessel)
        at = self.sea.vessels(now, np.empty(0, int)).take([vessel - 1])
        lat, lon = float(at.lat_deg[0]), float(at.lon_deg[0])
        path = tuple((start + k * began_s / 9, lat - 0.004 * (9 - k), lon - 0.006 * (9 - k)) for k in range(10))
        facts = {"silence_h": began_s / 3600, "distance_nm": 12.4, "needed_speed_kn": 12.8, "last_heard_by": "KUME"}
        evidence = Evidence(facts, (), start, now, {key: path}, {"KUME": 0.97, "radar kume": 0.88})
        sentence = f"silent {began_s / 3600:.1f} h inside good AIS coverage, radar kept seeing it"
        told = Behaviour(
            id=f"{kind}:{key}:{start}", kind=kind, vessels=(key,), start=start, end=None, lat_deg=lat, lon_deg=lon,
            because=sentence, urgency=urgency, score=0.93, innocent=INNOCENT, evidence=evidence, decided=now, told=now,
            version="1 (12 h)",
        )  # fmt: skip
        told = replace(told, **more)
        self.told[told.id] = told
        self.desk.take([told], [], now)

    def fleet(self, vessel: int) -> None:
        """A fleet of eleven vessels from this one on."""
        now, members = time.time(), range(vessel, vessel + 11)
        at = self.sea.vessels(now, np.empty(0, int)).take([m - 1 for m in members])
        lat, lon = float(at.lat_deg.mean()), float(at.lon_deg.mean())
        south, north = float(at.lat_deg.min()) - 0.05, float(at.lat_deg.max()) + 0.05
        west, east = float(at.lon_deg.min()) - 0.05, float(at.lon_deg.max()) + 0.05
        keys = tuple(int(self.sea.mmsi[m - 1]) or unnamed(m) for m in members)
        why = (
            Explanation("fishing", 0.55, "slow, turning, in a known fishing ground"),
            Explanation("waiting for weather", 0.3, "wind above 8 Bft for 6 h"),
            Explanation("unknown", 0.15, ""),
        )
        fleet = Fleet(7, now, int(now) - 7200, keys, lat, lon,
                      ((south, west), (south, east), (north, east), (north, west)), 0.4, 0.1, 0.82, why)  # fmt: skip
        massing = Behaviour(
            id=f"massing:{int(now)}", kind="massing", vessels=keys, start=int(now) - 3600, end=None, lat_deg=lat,
            lon_deg=lon, because="11 vessels within 3 NM drift as one, purpose not known", urgency=Urgency.WARNING,
            decided=now, told=now, fleet=7, innocent=("fishing", "waiting for weather"),
        )  # fmt: skip
        self.desk.take([massing], [fleet], now)

    def picture(self, rows: np.ndarray) -> Picture:
        """The sea now, of which `rows` have moved."""
        picture = self.sea.picture(time.time(), rows)
        there = ~np.isin(picture.vessels.id, self.gone)
        health = NodeHealth(picture.time, mesh=MESH if self.mesh else None)
        names = dict(picture.identities)
        for vessel, nodes in self.held.items():
            known = names.get(int(vessel)) or Identity(int(vessel), (), 1)
            names[int(vessel)] = replace(known, namer=nodes[0], held_by=tuple(sorted(nodes)))
        return replace(picture, vessels=picture.vessels.take(there), identities=names, health=health)

    def obey(self, order: dict[str, Any]) -> None:
        """Carry out one order."""
        for kind in ("gap", "dark"):
            if kind in order:
                self.tell(kind, order[kind], Urgency.ALARM if kind == "gap" else Urgency.WARNING)
        if "fleet" in order:
            self.fleet(order["fleet"])
        if "retract" in order:
            old = [b for i, b in self.told.items() if i.startswith(order["retract"])][-1]
            gone = replace(old, revision=1, standing=Standing.RETRACTED, because="its reports came late")
            self.desk.take([gone], [], time.time())
        self.mesh, self.gone = order.get("mesh", self.mesh), order.get("gone", self.gone)
        self.held |= order.get("held", {})
        if "hostile" in order:
            facts = {HOSTILE: HOSTILE}
            self.tell("gap", 9, Urgency.EMERGENCY, because=HOSTILE, innocent=(HOSTILE,), evidence=Evidence(facts))


def main(port: int, folder: Path, alerts: int, records: str = "") -> None:
    """Runs until standard input ends."""
    sea = Sea(VESSELS)
    sea.vessels(time.time())
    started = time.time()
    desk = Desk(records or folder / "records.sqlite", started)
    desk.start()
    teller = Teller(sea, desk)
    for k in range(alerts):
        urgency = Urgency(1 + (k * 7) % 4 if k % 9 == 0 else 1 + k % 3)
        teller.tell(KINDS[k % len(KINDS)], 1 + k, urgency, 600.0 + 60 * k)
    desk.settled()
    ended = threading.Event()

    def listen() -> None:
        for line in sys.stdin:
            teller.obey(json.loads(line))
            print("done", flush=True)
        ended.set()

    threading.Thread(target=listen, daemon=True).start()
    node = NODE | {"started": started}
    with Publisher(node=node) as publisher, Face(publisher.address, port, records=desk.address):
        print("ready", flush=True)
        turn = 0
        while not ended.wait(0.3):
            publisher.publish(teller.picture(np.arange(turn % 4, VESSELS, 4)))
            desk.take([], [], time.time())
            turn += 1
    desk.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), *sys.argv[4:5])
