"""Random messages of every sentence, made from the table: each field absent or anywhere in what it can say."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from typing import Any

from mihari.formats.nmea.fields import Field, Kind
from mihari.formats.nmea.sentences import SENTENCES
from mihari.formats.nmea.ttd import encode_records

TEXT = "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz0123456789-./()'"
WIDE = {"station": 1023, "year": 2099, "alert": 9999999, "fill": 0, "quality": 8, "day": 31, "month": 12}


def message(name: str, rng: random.Random, absent: float = 0.15) -> dict[str, Any]:
    """One message of the formatter `name`; each field is absent with that probability."""
    made: dict[str, Any] = {"formatter": name, "talker": rng.choice(("RA", "GP", "II", "HE"))}
    for f in SENTENCES[name].fields:
        if f.name and rng.random() >= absent:
            made[f.name] = value(f, rng)
    if "name" in made:
        made["name"] = made["name"][:10].strip() or "A"
    if "payload" in made:
        made["payload"], made["fill"] = encode_records([vessel(rng) for _ in range(rng.randrange(1, 4))])
    return made


def value(f: Field, rng: random.Random) -> Any:
    if f.kind == Kind.NUMBER:
        top = 360.0 if f.name.endswith("_deg") else 1000.0
        low = -99.0 if f.name in ("cpa_time_min", "altitude", "geoid") else 0.0
        return round(rng.uniform(low, top), rng.randrange(5)) + 0.0
    if f.kind == Kind.INTEGER:
        return rng.randrange(-13, 14) if f.name == "zone_h" else rng.randint(f.name in ("day", "month"), _top(f))
    if f.kind == Kind.HEX:
        return rng.randrange(1, 256)
    if f.kind == Kind.TIME:
        return round(rng.uniform(0, 86399.99), rng.randrange(4))
    if f.kind == Kind.DATE:
        return float(
            rng.randrange(int(datetime(1980, 1, 1, tzinfo=UTC).timestamp()) // 86400, 36000) * 86400
        )  # to 2068
    if f.kind in (Kind.LATITUDE, Kind.LONGITUDE):
        top = 90 if f.kind == Kind.LATITUDE else 180
        scale = 60 * 10 ** rng.randrange(2, 8)
        return rng.randint(-top * scale, top * scale) / scale
    if f.kind == Kind.EASTERLY:
        return round(rng.uniform(-30, 30), 1)
    if f.kind == Kind.CODE:
        return rng.choice(f.letters or "ADEFNPRS")
    if f.kind == Kind.ALERTS:
        return [
            {"manufacturer": "MIH", "alert": rng.randrange(999), "instance": rng.randrange(99), "revision": 1}
            for _ in range(rng.randrange(1, 4))
        ]
    return "".join(rng.choice(TEXT) for _ in range(rng.randrange(1, 17))).strip() or "A"


def _top(f: Field) -> int:
    return WIDE.get(f.name, 99 if f.whole > 1 else 9)


def vessel(rng: random.Random) -> dict[str, Any]:
    """One record of TTD."""
    return {
        "version": 0, "number": rng.randrange(1, 1024), "bearing_deg": rng.randrange(3600) / 10,
        "speed_kn": rng.randrange(4095) / 10, "course_deg": rng.randrange(3600) / 10, "status": rng.randrange(8),
        "test": rng.randrange(2), "distance_nm": rng.randrange(16383) / 100, "relative_speed": rng.randrange(2),
        "water_stabilised": rng.randrange(2), "reserved": 0, "association": rng.randrange(256),
    } | ({"heading_deg": rng.randrange(3600) / 10} if rng.random() < 0.5 else {})  # fmt: skip
