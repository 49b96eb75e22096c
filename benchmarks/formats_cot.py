"""FMT-5: Cursor-on-Target events parsed and built, each way a second; python -m benchmarks.formats collects it.

Events are a picture's as `events_of` makes them: contact, track and our own element, one in ten flagged with a remark,
names, times, courses and errors all different. Ours reads every field, and builds XML from it again. The peer is the
same work by lxml alone, as one would write it at first: `fromstring`, every attribute and child into a dict, and
elements and `tostring` back. What the two read is compared first. `python -m benchmarks.formats_cot` also prints
protobuf, beside takproto.
"""

from __future__ import annotations

import statistics
import sys
import time
from typing import Any

import numpy as np
import takproto
from lxml import etree

from benchmarks.harness import Row, pairs, report
from mihari.core.picture import Category, ClaimedIdentity, Identity, Picture, Source, Vessels
from mihari.formats.cot import build, events_of, of_proto, parse, to_proto

COUNT, RUNS, BAR = 5000, 7, 20_000.0


def wire() -> list[bytes]:
    """A picture's events, as XML."""
    rng = np.random.default_rng(5)
    number = np.arange(1, COUNT + 1)
    vessels = Vessels.of(
        COUNT, id=number, number=number, time=np.round(1_795_376_801.0 + rng.uniform(0, 3, COUNT), 3),
        lat_deg=rng.uniform(25, 27, COUNT), lon_deg=rng.uniform(126, 129, COUNT), east_mps=rng.normal(0, 5, COUNT),
        north_mps=rng.normal(0, 5, COUNT), cov_ee=rng.uniform(50, 5e3, COUNT), cov_en=0.0,
        cov_nn=rng.uniform(50, 5e3, COUNT), mmsi=np.where(number % 3, 431_000_000 + number, 0),
        category=rng.integers(0, len(Category) - 2, COUNT), source=np.where(number % 3, Source.RADAR | Source.AIS, 1),
    )  # fmt: skip
    named = {
        k: Identity(k, (ClaimedIdentity(431_000_000 + k, 1.0, imo=9_000_000 + k, name=f"KAISEI MARU {k}"),), 0)
        for k in range(1, COUNT + 1) if k % 3
    }  # fmt: skip
    flagged = {k: f"silent {k / 100:.1f} h inside good AIS coverage, radar kept seeing it" for k in range(1, COUNT, 10)}
    return [build(event) for event in events_of(Picture(0.0, 1, vessels, named), flagged=flagged)]


def naive_read(data: bytes) -> dict[str, Any]:
    """Every attribute and child of an event."""
    root = etree.fromstring(data)
    told: dict[str, Any] = {str(k): str(v) for k, v in root.items()}
    for child in root:
        inner = [(e.tag, dict(e.items()), e.text) for e in child]
        told[child.tag] = inner if child.tag == "detail" else dict(child.items())
    return told


def naive_build(told: dict[str, Any]) -> bytes:
    """The event of `naive_read` as XML."""
    root = etree.Element("event", {k: v for k, v in told.items() if isinstance(v, str)})
    etree.SubElement(root, "point", told["point"])
    detail = etree.SubElement(root, "detail")
    for tag, attributes, text in told["detail"]:
        etree.SubElement(detail, tag, attributes).text = text
    written: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    return written


def check(data: list[bytes]) -> None:
    """That both sides read the same, and that ours comes back byte for byte."""
    for one in data[:500]:
        event, told = parse(one), naive_read(one)
        assert build(event) == one
        assert (event.uid, event.type, event.how) == (told["uid"], told["type"], told["how"])
        assert event.lat_deg == float(told["point"]["lat"])
        assert event.callsign == told["detail"][0][1]["callsign"]
        assert etree.canonicalize(one.decode()) == etree.canonicalize(naive_build(told).decode())


def rows() -> list[Row]:
    """One row: XML events parsed and built a second."""
    data = wire()
    check(data)
    used: list[float] = []

    def ours() -> None:
        begin = time.process_time()
        for one in data:
            build(parse(one))
        used.append(time.process_time() - begin)

    mine, theirs = pairs(ours, lambda: [naive_build(naive_read(one)) for one in data], RUNS)
    what = f"CoT XML events of {sum(map(len, data)) // COUNT} bytes parsed and built: events/s"
    what += f" ({COUNT / statistics.median(used):.0f} in processor time); peer: lxml into dicts and back"
    return [Row("FMT-5", what, COUNT / mine, COUNT / theirs, COUNT / mine, BAR, ">=")]


def protobuf() -> str:
    """The same events as TAK protocol version 1, beside takproto from and to XML."""
    data = wire()
    events = [parse(one) for one in data]
    frames = [to_proto(event) for event in events]
    write, xml2proto = pairs(lambda: [to_proto(e) for e in events], lambda: [takproto.xml2proto(d) for d in data])
    read, parse_proto = pairs(
        lambda: [of_proto(f) for f in frames], lambda: [takproto.parse_proto(bytearray(f)) for f in frames]
    )
    ours = f"{COUNT / read:.0f} read/s, {COUNT / write:.0f} written/s"
    return f"     protobuf: {ours}; takproto: parse_proto {COUNT / parse_proto:.0f}, xml2proto {COUNT / xml2proto:.0f}"


if __name__ == "__main__":
    code = report(rows())
    if "--json" not in sys.argv:
        print(protobuf())
    sys.exit(code)
