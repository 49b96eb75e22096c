"""The seam between transports and formats: a `Stage` turns chunks into inputs of the pipeline. Pure, no sockets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from mihari.core.health import Health
from mihari.core.reports import Batch, Sector
from mihari.core.sensor import Sensor, SensorKind
from mihari.feeds.address import FeedAddress
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.transport import Chunk


class Stage(Protocol):
    """Chunks of one feed, in order -> batches and sectors. Refused input is counted in the feed's health."""

    def take(self, *chunks: Chunk) -> Sequence[Batch | Sector]:
        """What these chunks bring or complete. How chunks are grouped into calls changes no sector and no report."""
        ...

    def finish(self) -> Sequence[Batch | Sector]:
        """What was still open when the input ended."""
        ...


def warm(format: str) -> None:
    """Compile, or load from the cache, the kernels of a format: before its socket is open and bytes pile up."""
    if format == "asterix":
        from mihari.feeds.plots import Held, to_reports
        from mihari.formats.asterix import decode_many

        decode_many([b""])
        to_reports(0, Sensor(0, "warm", SensorKind.RADAR, 26.0, 127.0), Held.of(1, range=7e3, bearing=0.7, height=0.0))
    elif format == "mavlink":
        from mihari.formats.mavlink import decode_many as mavlink_of

        mavlink_of(b"")
    elif format == "klv":
        from mihari.formats.klv import decode_many as klv_of

        klv_of(b"")
    elif format == "imc":
        from mihari.formats.imc import Decoder as ImcDecoder

        ImcDecoder().feed(b"\0")
    elif format == "cot":
        from mihari.formats.cot import Stream

        Stream().feed(b" ")
    elif format == "nmea":
        from mihari.formats.ais import Decoder as AisDecoder
        from mihari.formats.nmea import decode_many as nmea_of

        AisDecoder().feed(b"\n")
        nmea_of(b"$HEHDT,271.3,T*28\r\n")
    elif format == "ais":
        from mihari.formats.ais import Decoder

        Decoder().feed(b"\n")


def open_stage(address: FeedAddress, index: int, sensors: SensorRegistry, health: Health) -> Stage:
    """The stage for a feed's format; late imports, because decoders compile kernels."""
    if address.format == "asterix":
        from mihari.feeds.radar import RadarFeed
        from mihari.formats.asterix import Editions

        editions = Editions.told(address.editions) if address.editions else None
        return RadarFeed(index, sensors, health, datagrams=address.datagrams, editions=editions)
    if address.format == "mavlink":
        from mihari.feeds.mavlink import MavlinkFeed

        return MavlinkFeed(index, address.name, sensors, health, datagrams=address.datagrams)
    if address.format == "klv":
        from mihari.feeds.klv import KlvFeed

        return KlvFeed(index, address.name, sensors, health)
    if address.format == "imc":
        from mihari.feeds.imc import ImcFeed

        return ImcFeed(index, address.name, sensors, health, datagrams=address.datagrams)
    if address.format == "cot":
        from mihari.feeds.cot import CotFeed

        return CotFeed(index, address.name, sensors, health, datagrams=address.datagrams)
    return _sentences(address, index, sensors, health)


def _sentences(address: FeedAddress, index: int, sensors: SensorRegistry, health: Health) -> Stage:
    """The stage of sentences, of AIS alone or of all, behind the header of IEC 61162-450 where it may stand."""
    how = {"datagrams": address.datagrams, "recorded": address.recorded}
    stage: Stage
    if address.format == "nmea":
        from mihari.feeds.nmea import NmeaFeed

        stage = NmeaFeed(index, address.name, sensors, health, **how)
    else:
        from mihari.feeds.ais import AisFeed

        stage = AisFeed(index, address.name, sensors, health, **how)
    if address.scheme not in ("udp", "udp450", "pcap"):
        return stage
    from mihari.feeds.unwrap import Unwrapped

    return Unwrapped(stage, health, strict=address.scheme == "udp450")
