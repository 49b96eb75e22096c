"""A real face with a library, cases, alerts and an archive: python library_node.py PORT FOLDER [empty].

Three patterns of those that come with Mihari (one active, one on trial from another node, one withdrawn) with what they
told, two cases, and an hour of slow vessels in the archive. `empty`: an archive alone.
"""

from __future__ import annotations

import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[2] / "face"))
sys.path.insert(0, str(Path(__file__).parents[2] / "alerts"))
sys.path.insert(0, str(Path(__file__).parents[2] / "library/held"))
sys.path.insert(0, str(Path(__file__).parents[2] / "library/exchange"))
from alert_node import VESSELS, Teller
from exchange_coast import Coast
from held_helpers import pattern as dawdles
from made_up import NODE, Sea
from slow_vessels import slow_vessels

from mihari.alerts import ask
from mihari.alerts.actions import By, close
from mihari.alerts.desk import Desk
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.cases import decide, gather
from mihari.core.behaviour import Behaviour, Standing, Urgency
from mihari.face.launch import Face
from mihari.face.publish import Publisher
from mihari.library import load, offers, shelf, watched
from mihari.library.exchange import Content, make, withdrawn
from mihari.library.shelf import Shelved

PROOF = {"holds": True, "problem": "", "found": 4, "quiet": 6, "missed": 0, "false": 0, "seconds": 3.1}
HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>alert(1)</script>"
MONTH_S = 30 * 86_400.0


def trial(now: float) -> dict[str, Any]:
    """Of a pattern from elsewhere; one sentence is hostile."""
    whose = {"passenger": 3, "cargo": 1}
    examples = [
        {"start": now - 9000.0 * k, "end": now - 9000.0 * k + 2400, "lat_deg": 26.1 + 0.12 * k,
         "lon_deg": 126.8 + 0.2 * k, "vessels": [k],
         "because": HOSTILE if k == 3 else f"431000{k}01 and 431000{k}02 lie together for {35 + k} min"}
        for k in range(4)
    ]  # fmt: skip
    told = "would have fired 4 times: 3 passenger, 1 cargo"
    return {"fired": 4, "retracted": 1, "whose": whose, "sentence": told, "examples": examples, "reports": 1_203_442}


def fill(records: Records, now: float) -> None:
    """Patterns, and what they told in half a year."""
    by, dark, tanker = By("Sato", now), load("dark_rendezvous"), load("tanker_transfer")
    counts = {"fired": 21, "silent": 3, "confirmed": 9, "false": 4, "open": 5}
    elsewhere = counts | {"by_area": {"33N 129E": counts}, "by_month": {"2": counts}}
    chain = [
        {
            "act": "made",
            "node": "kume",
            "author": "03b2f1c0a45de977",
            "at": "2026-07-01T09:00:00Z",
            "groups": ["coast"],
        },
        {"act": "passed on", "node": "naha", "author": "66687aadf862bd77", "at": "2026-09-12T11:30:00Z", "groups": []},
    ]
    shelf.take_over(records, by, [
        Shelved(dark, "active", "", "", "Sato", now - 40 * 86400, "five of five were right", b"", PROOF,
                trial(now) | {"examples": []}),
        Shelved(tanker, "trial", chain[0]["author"], "kume", "Mori", now - 86400, "brought by kume, proved in 3.1 s",
                b"", PROOF, trial(now), elsewhere, chain),
        Shelved(dawdles(), "withdrawn", "", "", "Mori", now - 9 * 86400, "takes ferries for smugglers", b"",
                PROOF | {"holds": False, "problem": "2 of 8 cases: yes 1 missed, no 3 false"}),
    ])  # fmt: skip
    watching = watched.watching([Shelved(dark, "active"), Shelved(tanker, "trial")])
    rng = np.random.default_rng(7)
    some = [
        told(f"{one.name}:{k}", one.name, now - MONTH_S * rng.uniform(0, 6), 26.2 + rng.integers(0, 2), 127.3 + k % 2,
             Standing.RETRACTED if k == 7 else Standing.ENDED)
        for one, n in ((dark, 24), (tanker, 9))
        for k in range(n)
    ]  # fmt: skip
    watched.written(records, some, watching)


def offered(records: Records, folder: Path, now: float) -> None:
    """A bundle that kume offers, which naha has signed; its note is hostile."""
    coast, by = Coast(folder / "coast"), By("Sato", now)
    naha = coast.signer("naha", now - 86_400.0)
    gone = withdrawn("dawdles", "takes ferries for smugglers", naha, now - 60.0)
    data = make("autumn", 2, [Content(dawdles(2))], naha, now - 60.0, note=HOSTILE, revokes=[gone])
    shared = offers.share(records, by, data, "autumn")
    offers.stop(records, by, shared.id)
    offers.announced(records, "00112233445566aa", "kume", [shared])
    offers.received(records, "00112233445566aa", data, None)


def told(id: str, kind: str, start: float, lat: float, lon: float, standing: Standing = Standing.ENDED) -> Behaviour:
    """Something that a pattern told of a vessel of its own."""
    return Behaviour(
        id=id, kind=kind, vessels=(440_000_000 + sum(map(ord, id)),), start=int(start), end=int(start) + 2400,
        lat_deg=lat, lon_deg=lon, because=f"{id} lay there", urgency=Urgency.ALARM, standing=standing, decided=start,
        told=start,
    )  # fmt: skip


def judged(desk: Desk, records: Records, now: float) -> None:
    """Alerts of what was told, closed by people: confirmed, innocent, not found out."""
    some = [told(f"dark_rendezvous:{k}", "dark_rendezvous", now - 3e6, 26.0, 127.0) for k in range(12)]
    desk.take(some, [], now)
    desk.settled()
    with records.read() as connection:
        numbers = [a["number"] for a in ask.listed(connection, ask.OPEN, limit=99) if a["lat_deg"] == 26.0]
    for k, number in enumerate(numbers):
        outcome = ("smuggling", "transfer at sea", "innocent", "not found out")[k % 4]
        watch, by = Watch(records), By("Mori", now)
        watch.act(number, lambda book, n=number, o=outcome, by=by: close(book, n, by, o))


def cases(records: Records, now: float) -> None:
    """Of alerts 1 and 2: one closed with all that was done, one open, with hostile words."""
    by = By("Sato", now - 5000)
    one = gather.open_from_alert(records, by, 1)[0].number
    decide.add(records, By("Mori", now - 4000), one, "note", {"text": "two men on deck, no fishing gear"})
    decide.add(records, By("Mori", now - 3500), one, "action",
               {"text": "hailed on channel 16, no answer", "by": "patrol 7", "done_at": now - 3600})  # fmt: skip
    decide.add_file(records, By("Mori", now - 3000), one, "stern.jpg", photograph(), "the stern, name painted over")
    decide.add_file(records, By("Mori", now - 2900), one, "log.txt", b"port log", "port log of that day")
    decide.edit(records, By("Mori", now - 2800), one, {"analysis": "A drill, as told by the harbour."})
    decide.edit(
        records, By("Sato", now - 2500), one, {"analysis": "A handover at sea: they lay together for 40 minutes."}
    )
    decide.close(records, By("Sato", now - 2000), one, "confirmed", {
        "outcome_kind": "smuggling", "done": "boarded; both crews handed over", "done_by": "patrol 7",
        "ended_by": "the patrol vessel in sight", "sooner": "The smaller one left port without AIS at dusk.",
        "pattern": "dark_rendezvous"})  # fmt: skip
    two = gather.open_from_alert(records, By("Mori", now - 900), 2, HOSTILE)[0].number
    decide.add(records, By(HOSTILE[:60], now - 800), two, "note", {"text": HOSTILE})


def photograph() -> bytes:
    """Of a hull on a grey sea."""
    from io import BytesIO

    from PIL import Image, ImageDraw

    image = Image.new("RGB", (480, 300), (150, 165, 175))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 150, 480, 300), fill=(70, 90, 100))
    draw.polygon([(90, 130), (400, 130), (360, 185), (120, 185)], fill=(60, 30, 30))
    draw.rectangle((150, 95, 220, 130), fill=(205, 205, 200))
    out = BytesIO()
    image.save(out, "JPEG")
    return out.getvalue()


def main(port: int, folder: Path, empty: bool = False) -> None:
    """Runs until standard input ends."""
    now = time.time()
    archive = slow_vessels(folder / "archive", now - 3700.0)
    sea = Sea(VESSELS)
    sea.vessels(now)
    desk = Desk(folder / "records.sqlite", now)
    desk.start()
    if not empty:
        teller = Teller(sea, desk)
        for k, kind in enumerate(("dark_rendezvous", "gap", "loitering", "dark")):
            teller.tell(kind, 1 + 3 * k, Urgency(4 - k) if k else Urgency.ALARM, 1500.0 + 600 * k)
        desk.settled()
        records = Records(desk.address).open()
        fill(records, now)
        offered(records, folder, now)
        cases(records, now)
        judged(desk, records, now)
        records.close()
    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
    node = NODE | {"started": now, "archive": str(archive)}
    with Publisher(node=node) as publisher, Face(publisher.address, port, records=desk.address):
        print("ready", flush=True)
        while not ended.wait(0.3):
            publisher.publish(sea.picture(time.time(), np.arange(VESSELS)))
            desk.take([], [], time.time())
    desk.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), "empty" in sys.argv)
