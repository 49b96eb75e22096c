"""Decoded ASTERIX -> what a radar says: plots (001, 010, 015, 048), sector crossings (002, 034), its own place (034).

EUROCONTROL-SPEC-0149. Ranges are slant ranges, bearings clockwise from the true north of the radar; times are seconds
since midnight UTC and carry no date (`full_time` finds it).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.formats.asterix.decode import Decoded, Table
from mihari.formats.asterix.independent import is_measurement, plots_015
from mihari.formats.asterix.monoradar import plots_001, sectors_002
from mihari.formats.asterix.plots import Message, PlotKind, Plots, Sectors, kinds
from mihari.formats.asterix.reading import Rows, every, in_order, number, polar, source_of, told
from mihari.formats.asterix.times import completed, full_time

__all__ = [
    "Message",
    "PlotKind",
    "Plots",
    "Sectors",
    "Sites",
    "completed",
    "full_time",
    "plots",
    "plots_and_records",
    "sectors",
    "sectors_and_records",
    "sites",
]


@dataclass(frozen=True, slots=True)
class Sites(Columns):
    """The last place that each radar told (I034/120): WGS-84, height above mean sea level."""

    source: Array = column("u2", absent=0xFFFF)
    lat_deg: Array = column("f8")
    lon_deg: Array = column("f8")
    height: Array = column("f8")  # m


def plots(decoded: Decoded) -> Plots:
    """The target reports of categories 001, 010, 015 and 048.

    >>> from mihari.formats.asterix import decode, encode_plots
    >>> datagram, = encode_plots(12, 34, np.array([0.5]), np.array([18520.0]), np.array([1.0]))
    >>> seen = plots(decode(datagram))
    >>> seen.range.tolist(), seen.time_of_day.tolist(), seen.source.tolist(), PlotKind(seen.kind[0]).name
    ([18520.0], [0.5], [3106], 'PRIMARY')
    """
    return plots_and_records(decoded)[0]


def plots_and_records(decoded: Decoded) -> tuple[Plots, Array]:
    """As `plots`, and for each the number of its record in the decode."""
    return in_order(Plots, decoded, PLOTS)


def sectors(decoded: Decoded) -> Sectors:
    """The service messages of categories 002 and 034.

    >>> import math
    >>> from mihari.formats.asterix import decode, encode_sector
    >>> crossing = sectors(decode(encode_sector(12, 34, 60.0, math.pi, rotation_s=2.5)))
    >>> crossing.azimuth.tolist() == [math.pi], Message(crossing.message[0]).name, crossing.rotation_s.tolist()
    (True, 'SECTOR', [2.5])
    """
    return sectors_and_records(decoded)[0]


def sectors_and_records(decoded: Decoded) -> tuple[Sectors, Array]:
    """As `sectors`, and for each the number of its record in the decode."""
    return in_order(Sectors, decoded, SECTORS)


def sites(decoded: Decoded) -> Sites:
    """Where the radars stand, as far as they say so: one row a source."""
    found: dict[int, list[float]] = {}
    for table in decoded.of(34):
        rows = np.flatnonzero(table.has("120"))
        source = source_of(table)[rows]
        place = np.stack([table[f"120/{name}"][rows] for name in ("LAT", "LON", "HGT")], axis=1)
        found.update(zip(source.tolist(), place.tolist(), strict=True))
    latest = np.array([found[number] for number in sorted(found)]).reshape(-1, 3)
    return Sites(np.array(sorted(found), np.uint16), *latest.T)


def _plots_048(table: Table) -> Plots:
    slant, bearing = polar(table, "040/RHO", "040/THETA")
    answered = table.has("220") | table.has("070")
    kind_told = table.has("020")
    transponder = told(table, "020/TYP", 2, 3, 4, 5, 6, 7) | (~kind_told & answered)
    return Plots.of(
        len(table),
        source=source_of(table),
        time_of_day=table["140"],
        range=slant,
        bearing=bearing,
        kind=kinds(table, transponder, coasted=told(table, "020/TYP", 0)),
        track_number=table.raw("161/TRN"),
        amplitude_dbm=table["130/PAM"],
        datagram=table.records.datagram,
        height=table["090/FL"],
    )


def _is_report_010(table: Table) -> Array:
    """The target reports (I010/000 = 1)."""
    return number(table, "000", 1) == 1  # type: ignore[no-any-return]


def _plots_010(table: Table) -> Plots:
    slant, bearing = polar(table, "040/RHO", "040/TH")
    transponder = told(table, "020/TYP", 0, 1, 2, 5)  # multilateration of replies, ADS-B
    return Plots.of(
        len(table),
        source=source_of(table),
        time_of_day=table["140"],
        range=slant,
        bearing=bearing,
        lat_deg=table["041/LAT"],
        lon_deg=table["041/LON"],
        kind=kinds(table, transponder, coasted=told(table, "170/CST", 1, 2, 3)),
        track_number=table.raw("161/TRK"),
        datagram=table.records.datagram,
    ).take(_is_report_010(table))


def _sectors_034(table: Table) -> Sectors:
    message = number(table, "000", 0)
    is_sector = message == Message.SECTOR
    return Sectors.of(
        len(table),
        source=source_of(table),
        time_of_day=table["030"],
        message=np.where((message == Message.NORTH) | is_sector, message, Message.OTHER),
        azimuth=np.where(is_sector, table["020"], np.nan),
        rotation_s=table["041"],
        datagram=table.records.datagram,
    )


PLOTS: dict[int, tuple[Callable[[Table], Plots], Rows]] = {
    1: (plots_001, every),
    10: (_plots_010, _is_report_010),
    15: (plots_015, is_measurement),
    48: (_plots_048, every),
}
SECTORS: dict[int, tuple[Callable[[Table], Sectors], Rows]] = {2: (sectors_002, every), 34: (_sectors_034, every)}
