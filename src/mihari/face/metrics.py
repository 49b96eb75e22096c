"""The face's state -> Prometheus metrics as text. Names and units: prometheus.io/docs/practices/naming.

Labels stay few: feeds by index and name, at most 64 stations a feed, reasons of refusal that the program knows, at
most 256 nodes of a mesh.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from mihari.core.picture import VesselStatus
from mihari.face.state import FaceState

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
FEED = ("index", "feed")
STATION = (*FEED, "station", "kind")
UP = ("listening", "connected", "ended")
# metric of a feed: key in its health, what it is
FEED_COUNTERS = {
    "received_bytes": ("received_bytes", "Bytes received."),
    "messages": ("messages", "Messages accepted."),
    "reports": ("reports", "Positions and plots among them."),
    "other": ("other", "Well-formed input that is none of ours."),
    "shed": ("shed", "Inputs thrown away because the pipeline was behind."),
    "sent": ("sent", "Pieces passed on."),
    "unsent": ("unsent", "Pieces that could not be passed on."),
}
NODE_GAUGES = {
    "queue_rows": ("queue_rows", "Reports that wait for the pipeline."),
    "queue_limit_rows": ("queue_limit", "Room of the queue."),
    "pipeline_lag_seconds": ("lag_s", "From receipt until taken into the picture."),
}
NODE_COUNTERS = {
    "pipeline_reports": ("reports", "Reports taken in, witnesses not counted."),
    "pipeline_plots": ("plots", "Radar plots among them."),
    "pipeline_sectors": ("sectors", "Radar sectors taken in."),
    "pipeline_older": ("older", "Reports and looks that came too late, run again in their place."),
}
ARCHIVE_GAUGES = {
    "archive_lag_seconds": ("lag", "Age of what is not yet on the disk."),
    "archive_free_bytes": ("free_bytes", "Free on the archive's disk."),
    "archive_used_bytes": ("used_bytes", "Used by the archive."),
}
ARCHIVE_COUNTERS = {
    "archive_rows": ("rows", "Reports written."),
    "archive_written_bytes": ("bytes_written", "Bytes written."),
    "archive_shed": ("shed", "Inputs that could not be kept."),
}
MESH_MOST = 256  # nodes, links, and who sent what was refused
LINK, AUTHOR = ("peer", "name"), ("author", "name")
LINK_GAUGES = {
    "waiting": ("waiting", "Batches that wait to be sent."),
    "round_trip_seconds": ("round_trip_s", "To the neighbour and back."),
}
MODEM_COUNTERS = {
    "sent": ("sent", "Messages sent."),
    "heard": ("heard", "Messages heard and believed."),
    "again": ("again", "Messages that told what was known."),
}
LINK_COUNTERS = {"sent_bytes": ("sent_bytes", "Bytes sent."), "got_bytes": ("got_bytes", "Bytes received.")}


def metrics(state: FaceState, browsers: int) -> bytes:
    """All metrics of a node."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Node(state, browsers))
    return generate_latest(registry)


class _Node(Collector):
    def __init__(self, state: FaceState, browsers: int) -> None:
        self.state, self.browsers = state, browsers

    def collect(self) -> Iterator[Metric]:
        """All families, in a fixed order."""
        state, health = self.state, self.state.health
        yield gauge(
            "info",
            "Which node this is.",
            [((str(state.node.get(k, "")) for k in ("name", "version")), 1)],
            ("node", "version"),
        )
        yield gauge("up", "Whether the face is connected to its pipeline.", [((), state.connected)])
        yield gauge("picture_time_seconds", "Time of the newest picture, UTC since 1970.", [((), state.time)])
        yield gauge("browsers", "Browsers that look on.", [((), self.browsers)])
        yield gauge("vessels", "Vessels in the picture.", _vessels(state), ("status",))
        yield from feed_metrics(state.feeds)
        yield from station_metrics(state.feeds)
        yield from node_metrics(health)
        yield from mesh_metrics(health.get("mesh"))


def gauge(name: str, what: str, samples: Any, labels: Sequence[str] = ()) -> Metric:
    """One gauge: (values of its labels, value); None is left out."""
    return _filled(GaugeMetricFamily(f"mihari_{name}", what, labels=labels), samples)


def counter(name: str, what: str, samples: Any, labels: Sequence[str] = ()) -> Metric:
    """One counter, as `gauge`; its name gets `_total`."""
    return _filled(CounterMetricFamily(f"mihari_{name}", what, labels=labels), samples)


def _filled(family: Any, samples: Any) -> Metric:
    for labels, value in samples:
        if value is not None:
            family.add_metric([str(label) for label in labels], float(value))
    made: Metric = family
    return made


def _vessels(state: FaceState) -> list[tuple[tuple[str, ...], int]]:
    status = state.rows.octets[0][state.slots_of(state.ids)]
    counts = np.bincount(status, minlength=3).tolist()
    return [((str(s.name).lower(),), counts[s]) for s in VesselStatus if s < 3]


def feed_metrics(feeds: Sequence[Mapping[str, Any]]) -> Iterator[Metric]:
    """How the feeds are doing."""
    who = [(f["index"], f["name"]) for f in feeds]
    pairs = list(zip(who, feeds, strict=True))
    yield gauge("feed_up", "Whether the feed is connected.", [(w, f["state"] in UP) for w, f in pairs], FEED)
    heard = [(w, f.get("last_heard")) for w, f in pairs]
    yield gauge("feed_last_heard_timestamp_seconds", "When it was last heard, UTC since 1970.", heard, FEED)
    for name, (key, what) in FEED_COUNTERS.items():
        yield counter(f"feed_{name}", what, [(w, f.get(key, 0)) for w, f in pairs], FEED)
    for name, key, what in (
        ("refused", "refused", "Input refused, by reason."),
        ("noticed", "noticed", "Strange, but kept, by kind."),
    ):
        samples = [((*w, reason), n) for w, f in pairs for reason, n in f.get(key, {}).items()]
        yield counter(f"feed_{name}", what, samples, (*FEED, "reason"))


def station_metrics(feeds: Sequence[Mapping[str, Any]]) -> Iterator[Metric]:
    """How the AIS stations and radars on each feed are doing."""
    found = [((f["index"], f["name"], s["name"], s["kind"]), s) for f in feeds for s in f.get("stations", ())]
    yield gauge("station_last_heard_timestamp_seconds", "When it was last heard.", _of(found, "last_heard"), STATION)
    offsets = [(who, s["clock"]["offset_s"]) for who, s in found]
    yield gauge("station_clock_offset_seconds", "By which its clock is ahead.", offsets, STATION)
    yield gauge("station_range_meters", "Holds 95 % of what it sees now.", _of(found, "range_m"), STATION)
    yield gauge("station_usual_range_meters", "And usually.", _of(found, "usual_range_m"), STATION)
    for name in ("heard", "first", "witnessed", "repeated"):
        what = f"Messages {name}: see docs/api.md."
        yield counter(f"station_messages_{name}", what, _of(found, name), STATION)


def _of(found: Sequence[tuple[Any, Mapping[str, Any]]], key: str) -> list[tuple[Any, Any]]:
    return [(who, station.get(key)) for who, station in found]


def node_metrics(health: Mapping[str, Any]) -> Iterator[Metric]:
    """Queue, pipeline, clock, archive, alarms."""
    if not health:
        return
    for name, (key, what) in NODE_GAUGES.items():
        yield gauge(name, what, [((), health[key])])
    for name, (key, what) in NODE_COUNTERS.items():
        yield counter(name, what, [((), health[key])])
    clock, archive = health["clock"], health["archive"]
    yield gauge("clock_offset_seconds", "By which this computer's clock is ahead.", [((), clock["offset_s"])])
    yield counter("clock_jumps", "Jumps of this computer's clock.", [((), clock["jumps"])])
    if archive is not None:
        yield gauge("archive_up", "Whether the archive is writing.", [((), archive.get("state") == "writing")])
        for name, (key, what) in ARCHIVE_GAUGES.items():
            yield gauge(name, what, [((), archive.get(key))])
        for name, (key, what) in ARCHIVE_COUNTERS.items():
            yield counter(name, what, [((), archive.get(key))])
    standing = [a for a in health["alarms"] if a["until"] is None]
    counts = [((kind,), sum(a["severity"] == kind for a in standing)) for kind in ("alarm", "warning")]
    yield gauge("alarms", "Alarms that stand.", counts, ("severity",))


def mesh_metrics(mesh: Mapping[str, Any] | None) -> Iterator[Metric]:
    """The node's links, when the other nodes were heard, and what was refused of whom."""
    if mesh is None:
        return
    links = [((link["peer"], link["name"]), link) for link in mesh["links"][:MESH_MOST]]
    for name, (key, what) in LINK_GAUGES.items():
        yield gauge(f"mesh_link_{name}", what, _of(links, key), LINK)
    for name, (key, what) in LINK_COUNTERS.items():
        yield counter(f"mesh_link_{name}", what, _of(links, key), LINK)
    nodes = [((node["author"], node["name"]), node) for node in mesh["nodes"][:MESH_MOST]]
    yield gauge("mesh_node_heard_seconds", "Since the node was heard of.", _of(nodes, "heard_s"), AUTHOR)
    modems = [((modem["name"],), modem) for modem in mesh.get("modems") or ()]
    if modems:
        for name, (key, what) in MODEM_COUNTERS.items():
            yield counter(f"mesh_modem_{name}", what, _of(modems, key), ("modem",))
        yield gauge("mesh_modem_heard_seconds", "Since the modem heard anything.", _of(modems, "heard_s"), ("modem",))
    refused = [((who, why), n) for who, reasons in mesh["refused"].items() for why, n in reasons.items()]
    what = "Frames and batches refused, by who sent them and why."
    yield counter("mesh_refused", what, refused[:MESH_MOST], ("peer", "reason"))
