"""A Picture -> one CoT event a vessel, for TAK clients and servers."""

from __future__ import annotations

import math
from collections.abc import Mapping, Set
from typing import Any

from mihari.core.picture import Category, ClaimedIdentity, Identity, Picture, Source, VesselStatus
from mihari.core.units import DEGREE
from mihari.formats.cot.details import attribute
from mihari.formats.cot.event import Event
from mihari.formats.cot.types import FRIEND, NEUTRAL, UNKNOWN, vessel_type
from mihari.formats.cot.values import ILLEGAL, escaped, written_time

STALE_S = 60.0  # a minute after it was last told a vessel fades on other people's maps
COLUMNS = (
    "id", "number", "owner", "time", "lat_deg", "lon_deg", "east_mps", "north_mps", "cov_ee", "cov_en", "cov_nn",
    "mmsi", "status", "source", "category", "existence",
)  # fmt: skip
TURN = 360.0 * DEGREE


def events_of(
    picture: Picture,
    node: str = "mihari",
    friends: Set[int] = frozenset(),
    flagged: Mapping[int, str] | None = None,
    stale_s: float = STALE_S,
) -> list[Event]:
    """One event for each vessel whose position is known, in the picture's order.

    `friends`: MMSIs of our own; `flagged`: vessel id -> the sentence for the watch officer. A vessel that is gone is
    told with a stale time that has passed, which takes it off TAK's map. `node` names this node where it is alone.
    """
    rows = zip(*(getattr(picture.vessels, name).tolist() for name in COLUMNS), strict=True)
    told = (dict(zip(COLUMNS, row, strict=True)) for row in rows)
    sentences = flagged or {}
    return [_event(v, picture, node, friends, sentences, stale_s) for v in told if math.isfinite(v["lat_deg"])]


def _event(
    v: dict[str, Any],
    picture: Picture,
    node: str,
    friends: Set[int],
    flagged: Mapping[int, str],
    stale_s: float,
) -> Event:
    identity = picture.identities.get(v["id"])
    claim = identity.claims[0] if identity and identity.claims else ClaimedIdentity(v["mmsi"], 0.0)
    owner = picture.authors[v["owner"]] if v["owner"] < len(picture.authors) else node
    number = v["number"] if v["number"] >= 0 else v["id"]
    gone = v["status"] == VesselStatus.GONE
    sentence = clean(flagged.get(v["id"], ""))
    side = FRIEND if v["mmsi"] in friends else NEUTRAL if v["mmsi"] > 0 else UNKNOWN
    both = Source.RADAR | Source.AIS
    return Event(
        uid=f"mihari.{clean(owner)}.{number}",
        type=vessel_type(v["category"], side, claim.ship_type),
        how="m-f" if v["source"] & both == both else "m-a",  # fused; else from an algorithmic tracker
        time=v["time"],
        start=v["time"],
        stale=v["time"] if gone else v["time"] + stale_s,
        lat_deg=v["lat_deg"],
        lon_deg=v["lon_deg"],
        ce=one_sigma(v["cov_ee"], v["cov_en"], v["cov_nn"]),
        callsign=called(v, identity, claim),
        course=_finite(math.atan2(v["east_mps"], v["north_mps"]) % TURN),
        speed=_finite(math.hypot(v["east_mps"], v["north_mps"])),
        remarks=sentence or None,  # a copy of the element in `xml_detail`
        opex="e" if v["source"] & Source.EXERCISE else "",
        xml_detail=_remarks(sentence, owner, v["time"]) + _own(v, claim, sentence),
    )


def one_sigma(cov_ee: float, cov_en: float, cov_nn: float) -> float | None:
    """`ce`: the one-sigma distance along the longest axis of the error ellipse, m; None where it is not known.

    CoT has one number for it, so the longest: a circle that holds the whole one-sigma ellipse.

    >>> one_sigma(100.0, 0.0, 400.0), one_sigma(math.nan, 0.0, 1.0)
    (20.0, None)
    """
    largest = (cov_ee + cov_nn) / 2 + math.hypot((cov_nn - cov_ee) / 2, cov_en)
    return math.sqrt(largest) if 0.0 <= largest < 1e11 else None


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def called(v: Mapping[str, Any], identity: Identity | None, claim: ClaimedIdentity) -> str:
    """What people call a vessel: its name, its call sign, what the mesh calls it, its MMSI, its number."""
    known = claim.name or claim.call_sign or (identity.called if identity else "")
    return clean(known) or (f"{v['mmsi']:09d}" if v["mmsi"] > 0 else f"#{v['id']}")


def clean(text: str) -> str:
    """Without what XML cannot hold: names come from radios."""
    return ILLEGAL.sub("", text).strip()


def _remarks(sentence: str, node: str, time: float) -> str:
    """With node and time: a reader should know who says so, and FreeTAKServer 2 drops remarks without attributes."""
    if not sentence:
        return ""
    return f'<remarks source="{escaped(clean(node))}" time="{written_time(time)}">{escaped(sentence)}</remarks>'


def _own(v: Mapping[str, Any], claim: ClaimedIdentity, sentence: str) -> str:
    """`<mihari>`: what CoT has no word for."""
    source = Source(v["source"])
    told = {
        "vessel": str(v["id"]),
        "mmsi": f"{v['mmsi']:09d}" if v["mmsi"] > 0 else None,
        "imo": str(claim.imo) if claim.imo > 0 else None,
        "category": Category(v["category"]).name.lower(),
        "status": VesselStatus(v["status"]).name.lower(),
        "sources": " ".join(s.name.lower() for s in Source if s in source and s.name) or None,
        "covariance": f"{v['cov_ee']:.1f} {v['cov_en']:.1f} {v['cov_nn']:.1f}",
        "flagged": sentence or None,
    }
    return f"<mihari{''.join(attribute(name, value) for name, value in told.items())}/>"
