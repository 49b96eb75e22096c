"""A simulation -> files: a pcap per radar, NMEA per AIS station, truth as Parquet, and the scenario itself.

For the judge alone beside the truth: `plots.parquet` and `events.parquet`, see `labels`.
"""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Callable
from pathlib import Path
from typing import Any

import dpkt
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from mihari.core.errors import BadInput
from mihari.simulate.labels import PlotLabels, write_events
from mihari.simulate.node_file import node_text
from mihari.simulate.simulation import Simulation

SOURCE = "127.0.0.1"
GROUP, PORT = "239.192.0.2", 8600  # multicast of the first radar; each further radar takes the next port
Progress = Callable[[float], object]  # told the share that is done, 0 to 1
TRUTH_ROWS = 100_000  # of truth per row group, about: the memory of a long scenario is that of one


def radar_port(index: int) -> int:
    """UDP port of a radar's datagrams in the recordings."""
    return PORT + index


def write_recordings(
    simulation: Simulation,
    directory: Path,
    duration: float | None = None,
    progress: Progress | None = None,
) -> list[Path]:
    """Write radar-K.pcap, ais-K.nmea, truth, plots and events.parquet, scenario and node.toml; returns their paths.

    `progress` is told the share that is done, 0 to 1. BadInput where the directory cannot be written.
    """
    span = simulation.scenario.duration if duration is None else duration
    try:
        directory.mkdir(parents=True, exist_ok=True)
        wire = _wire(simulation, directory, span, _part(progress, 0.0, 0.7))
        truth, scenario = directory / "truth.parquet", directory / "scenario.toml"
        node = directory / "node.toml"
        events = directory / "events.parquet"
        write_truth(simulation, truth, span, progress=_part(progress, 0.7, 1.0))
        write_events(simulation, events, span)
        scenario.write_text(simulation.scenario.toml(), encoding="utf-8")
        node.write_text(node_text(simulation.scenario), encoding="utf-8")
    except OSError as error:
        raise BadInput(f"{error.filename or directory}: {error.strerror or error}") from None
    return [*wire, truth, events, scenario, node]


def _part(progress: Progress | None, first: float, last: float) -> Progress | None:
    """A progress whose 0 to 1 is a part of the whole."""
    return None if progress is None else lambda share: progress(first + share * (last - first))


def _wire(simulation: Simulation, directory: Path, span: float, progress: Progress | None) -> list[Path]:
    start = simulation.scenario.start
    paths = {c: directory / f"{c}.{'pcap' if captured(c) else 'nmea'}" for c in simulation.channels}
    with contextlib.ExitStack() as stack:
        files = {channel: stack.enter_context(path.open("wb")) for channel, path in paths.items()}
        labels = stack.enter_context(PlotLabels(directory / "plots.parquet"))
        captures = {c: dpkt.pcap.Writer(f) for c, f in files.items() if captured(c)}
        for number, datagram in enumerate(simulation.stream(span, labels.take)):
            if datagram.channel in captures:
                port = radar_port(int(datagram.channel.rpartition("-")[2]))
                captures[datagram.channel].writepkt(frame(datagram.data, port), ts=datagram.time)
            else:
                files[datagram.channel].write(datagram.data)
            if progress is not None and number % 1000 == 0:
                progress(min(1.0, (datagram.time - start) / span))
    return [*paths.values(), directory / "plots.parquet"]


def captured(channel: str) -> bool:
    """Whether a channel's datagrams are kept as such; AIS is a log of lines."""
    return channel.partition("-")[0] in ("radar", "mavlink", "klv", "imc")


def frame(data: bytes, port: int) -> bytes:
    """An Ethernet frame with `data` as a UDP datagram to the radar group (RFC 768, 791, 1112 §6.4)."""
    udp = dpkt.udp.UDP(sport=port, dport=port, data=data)
    udp.ulen = 8 + len(data)
    octets = [bytes(int(part) for part in address.split(".")) for address in (SOURCE, GROUP)]
    ip = dpkt.ip.IP(src=octets[0], dst=octets[1], p=dpkt.ip.IP_PROTO_UDP, ttl=1, data=udp)
    ip.len = 20 + udp.ulen
    group = b"\x01\x00\x5e" + struct.pack("!I", struct.unpack("!I", octets[1])[0] & 0x7FFFFF)[1:]
    return bytes(dpkt.ethernet.Ethernet(dst=group, src=b"\x02\x00\x00\x00\x00\x01", type=0x0800, data=ip))


def write_truth(
    simulation: Simulation,
    path: Path,
    duration: float | None = None,
    period: float | None = None,
    progress: Progress | None = None,
) -> None:
    """Truth every `period` s (default: the scenario's), 0 and `duration` included: `Truth`, and who each vessel is.

    More columns: mmsi (null without AIS), kind, length_m, has_ais, and cover, whose bit k says that radar k could see
    it. Raises OSError where the file cannot be written.
    """
    span = simulation.scenario.duration if duration is None else duration
    period = simulation.scenario.truth_every if period is None else period
    who = _who(simulation)
    count = int(span / period) + 1
    at_once = max(1, TRUTH_ROWS // max(1, len(simulation.vessels)))
    writer: pq.ParquetWriter | None = None
    for first in range(0, count, at_once):
        numbers = np.arange(first, min(first + at_once, count), dtype=np.float64)
        table = _truth_table(simulation, simulation.scenario.start + numbers * period, who)
        writer = writer or pq.ParquetWriter(path, table.schema, compression="zstd")
        writer.write_table(table)
        if progress is not None:
            progress(min(1.0, (first + at_once) / count))
    if writer is not None:
        writer.close()


def _who(simulation: Simulation) -> pa.Table:
    v = simulation.vessels
    return pa.table(
        {
            "mmsi": pa.array(v.mmsi, mask=~v.has_ais),
            "kind": pa.array(v.kind.tolist()).dictionary_encode(),
            "length_m": pa.array(v.hull_length),
            "has_ais": pa.array(v.has_ais),
        }
    )


def _truth_table(simulation: Simulation, times: NDArray[np.float64], who: pa.Table) -> pa.Table:
    truth = simulation.truths(times)
    there = who.take(truth.vessel)
    columns: dict[str, Any] = {name: pa.array(values) for name, values in truth.columns().items()}
    columns |= {name: there[name] for name in there.column_names}
    return pa.table(columns | {"cover": pa.array(simulation.covered(truth.time, truth.vessel))})
