"""The health of clock, ranges, queue and archive -> what is wrong with the node now, a sentence each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from mihari.core.health import NodeHealth, OwnClock
from mihari.core.sensor import Sensor, SensorKind
from mihari.health.book import Condition
from mihari.health.ranges import Reach
from mihari.health.rules import EASED, Recent, direction, spoken

LAG_S = 5.0  # between receipt and picture: a watch officer sees the screen lag
QUEUE_SHARE = 0.5  # of the queue's room
OVERFULL_S = 60.0  # what came in before a ring was given up is a minute old by then
JUMP_TOLD_S = 600.0  # an alarm for a jump stands for ten minutes
RANGE_HOLD_S = 180.0  # a shower passes
ALONE_HOLD_S = 1800.0  # and so does a quiet half hour
BIAS_HOLD_S = 60.0  # the first minute's figures still change
DISK_LEFT = 2e9  # bytes free: an hour of the largest node's archive
ARCHIVE_LAG_S = 30.0


def of_own_clock(clock: OwnClock, limit: float, now: float, standing: frozenset[str]) -> Iterator[Condition]:
    """What is wrong with this computer's clock."""
    limit *= EASED if "clock" in standing else 1.0
    if clock.offset_s is not None and abs(clock.offset_s) > limit:
        text = f"This computer's clock is {spoken(clock.offset_s)} {direction(clock.offset_s)}, by the seconds of ships"
        late = ", or every AIS network is late by as much" if clock.offset_s > 0 else ""
        yield Condition("clock", "alarm", f"{text}{late}.", hold_s=5.0)
    if clock.jumped_at is not None and abs(now - clock.jumped_at) < JUMP_TOLD_S:
        text = f"This computer's clock jumped {spoken(clock.jumped_s)} {direction(clock.jumped_s)}."
        yield Condition("jump", "warning", text)


def of_unheard(sensors: Iterable[Sensor]) -> Iterator[Condition]:
    """Sensors of the node file that have never been heard."""
    for sensor in sensors:
        what = "AIS station" if sensor.kind == SensorKind.AIS else "Radar"
        text = f"{what} {sensor.name} has not been heard since the start"
        source = f" (expected: {sensor.source})" if sensor.source else ""
        yield Condition(f"unheard:{sensor.index}", "warning", f"{text}{source}.")


def of_biases(biases: Mapping[int, str], sensors: Sequence[Sensor]) -> Iterator[Condition]:
    """Radars that read wrong; `biases` tells in words by how much, by sensor index.

    >>> from mihari.core.sensor import Sensor, SensorKind
    >>> north = Sensor(0, "north", SensorKind.RADAR)
    >>> [c.text for c in of_biases({0: "reads 60 m far and 0.50° right, corrected"}, [north])]
    ['Radar north reads 60 m far and 0.50° right, corrected.']
    """
    for sensor in sensors:
        if sensor.index in biases:
            text = f"Radar {sensor.name} {biases[sensor.index]}."
            yield Condition(f"bias:{sensor.index}", "warning", text, hold_s=BIAS_HOLD_S)


def of_reach(reach: Reach, what: str) -> Iterator[Condition]:
    """Whether a sensor sees less far than usual."""
    if not reach.shrunk or reach.usual_m is None:
        return
    where = f" to the {' and the '.join(reach.sides)}" if reach.sides else ""
    text = f"The range of {what} has shrunk{where}: 95 % of what it sees lies within "
    text += f"{(reach.range_m or 0.0) / 1852:.1f} NM, usually within {reach.usual_m / 1852:.1f} NM"
    if reach.expected >= 1.0:
        text += f"; beyond {reach.beyond_m / 1852:.0f} NM it sees {reach.seen:.0f} of {reach.expected:.0f} vessels"
    if reach.alone:
        text += "; or the ships far out have left, no other sensor can tell"
        yield Condition(f"range:{reach.sensor}", "warning", f"{text}.", hold_s=ALONE_HOLD_S)
    else:
        yield Condition(f"range:{reach.sensor}", "alarm", f"{text}.", hold_s=RANGE_HOLD_S)


def of_node(node: NodeHealth, recent: Recent) -> Iterator[Condition]:
    """What is wrong with queue, pipeline and archive."""
    if node.lag_s > LAG_S:
        text = f"The picture is {spoken(node.lag_s)} behind what comes in."
        yield Condition("lag", "alarm", text, hold_s=5.0)
    if node.queue_limit and node.queue_rows > QUEUE_SHARE * node.queue_limit:
        share = 100 * node.queue_rows / node.queue_limit
        yield Condition("queue", "warning", f"The queue to the pipeline is {share:.0f} % full.", hold_s=5.0)
    if node.overfull_s is not None and node.overfull_s < OVERFULL_S:
        text = "More came in within a minute than is kept in order: what comes late is taken in as it comes."
        yield Condition("overfull", "warning", text)
    if node.file_problem:
        yield Condition("file", "warning", f"The node file is not in force: {node.file_problem.rstrip('.')}.")
    if node.archive is not None:
        yield from _archive(node.archive, recent)
    if node.alerts is not None:
        yield from _alerts(node.alerts, recent)


def _alerts(alerts: Mapping[str, Any], recent: Recent) -> Iterator[Condition]:
    state, why = alerts.get("state"), str(alerts.get("problem") or "").rstrip(".")
    if state == "waiting":
        held = int(alerts.get("waiting") or 0)
        text = f"The records of alerts do not answer, {held} behaviours are held in memory: {why}."
        yield Condition("alerts", "alarm", text, hold_s=5.0)
    if lost := recent.grown("alerts-lost"):
        yield Condition("alerts-lost", "alarm", f"{lost} behaviours were lost while the records did not answer.")
    if refused := recent.grown("alerts-refused"):
        yield Condition("alerts-refused", "warning", f"{refused} behaviours or fleets could not be kept; see the log.")
    if unread := alerts.get("unread"):
        more = f"; and {len(unread) - 1} more" if len(unread) > 1 else ""
        yield Condition("patterns", "warning", f"Not looked for: pattern {str(unread[0]).rstrip('.')}{more}.")


def _archive(archive: Mapping[str, Any], recent: Recent) -> Iterator[Condition]:
    state, why = archive.get("state"), str(archive.get("problem") or "").rstrip(".")
    if state == "stopped":
        yield Condition("archive", "alarm", f"The archive has stopped, the picture goes on{': ' + why if why else ''}.")
    if state != "writing":
        return
    free, lag = float(archive.get("free_bytes") or 0), float(archive.get("lag") or 0.0)
    if 0 < free < DISK_LEFT:
        yield Condition("disk", "warning", f"The archive's disk has {free / 1e9:.1f} GB left.")
    if lag > ARCHIVE_LAG_S:
        yield Condition("archive-lag", "warning", f"The archive is {spoken(lag)} behind.", hold_s=10.0)
    if recent.grown("archive-shed") > 0:
        yield Condition("archive-shed", "alarm", "The archive could not keep all that came in: its disk is too slow.")
