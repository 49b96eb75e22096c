"""Events made with a seed: of the kinds that flow, with every field now there and now absent."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator

from mihari.formats.cot import Event

TYPES = ("a-n-S-X-F", "a-u-S", "a-f-G-U-C", "a-f-A-C-F-q", "b-m-p-s-m", "b-t-f", "a-h-S-X-M-C", "a-n-S-X-M-O")
NAMES = ("KAI MARU", "第三海洋丸", 'O\'BRIEN & "CO" <3>', "Æ¿ø", "x" * 40)
DETAILS = (
    "",
    '<usericon iconsetpath="a/b.png"/>',
    '<mihari number="7" category="fishing"/><color argb="-1"/>',
    '<link uid="a.b" relation="p-p"><x y="1">text &amp; more</x></link>',
    '<takv device="PHONE" platform="ATAK" os="34" version="5.1"/>',
    '<precisionlocation geopointsrc="GPS" altsrc="DTED0"/><marti><dest callsign="B"/></marti>',
    '<status readiness="true"/>',
    '<remarks source="BAO.F.ATAK" to="all">seen at 3 miles</remarks>',
)


def events(count: int, seed: int = 1) -> Iterator[Event]:
    """`count` events."""
    rng = random.Random(seed)
    for k in range(count):
        yield event(k, rng)


def event(k: int, rng: random.Random) -> Event:
    def maybe(value, share=0.5):
        return value if rng.random() < share else None

    time = round(rng.uniform(0.0, 4e9), 3)
    detail = rng.choice(DETAILS)
    return Event(
        uid=f"mihari.kume.{k}",
        type=rng.choice(TYPES),
        how=rng.choice(("m-f", "m-g", "h-e", "h-g-i-g-o")),
        time=time,
        start=maybe(time, 0.8) or round(time + 1.0, 3),
        stale=round(time + rng.choice((10.0, 300.5)), 3),
        lat_deg=round(rng.uniform(-90, 90), 7),
        lon_deg=round(rng.uniform(-180, 180), 7),
        hae=maybe(round(rng.uniform(-100, 9000), 2)),
        ce=maybe(round(rng.uniform(0, 5000), 2)),
        le=maybe(round(rng.uniform(0, 500), 2)),
        callsign=maybe(rng.choice(NAMES), 0.8),
        endpoint=maybe("*:-1:stcp", 0.3),
        course=maybe(math.radians(round(rng.uniform(0, 359.99), 2)) % (2 * math.pi), 0.7),
        speed=maybe(round(rng.uniform(0, 40), 3), 0.7),
        group=maybe("Cyan", 0.3),
        role=maybe("Team Member", 0.3),
        remarks=None if "<remarks" in detail else maybe(rng.choice(NAMES) + "\nsecond line\ttab", 0.3),
        battery=None if "<status" in detail else maybe(rng.randrange(101), 0.3),
        opex=rng.choice(("", "", "e-REFORGER")),
        access=rng.choice(("", "Undefined")),
        qos=rng.choice(("", "1-r-c")),
        xml_detail=detail,
    )
