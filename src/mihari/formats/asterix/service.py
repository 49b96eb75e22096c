"""Status of whole systems: categories 019 (multilateration), 063 (sensors of a centre) and 065 (a centre's service)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mihari.core.columns import Array, Columns, column
from mihari.formats.asterix.decode import Decoded, Table
from mihari.formats.asterix.reading import every, in_order, number, source_of, told, value


@dataclass(frozen=True, slots=True)
class ServiceStatus(Columns):
    """One row a message; -1 is absent. `about` is the sensor that a message of category 063 tells of."""

    category: Array = column("u1")
    source: Array = column("u2", absent=0xFFFF)  # SAC << 8 | SIC
    about: Array = column("u2", absent=0xFFFF)
    service: Array = column("i2")  # 015
    time_of_day: Array = column("f8")  # s since midnight UTC
    message: Array = column("i2")  # I019/000, I065/000 (1 status, 2 end of batch, 3 service status report)
    batch: Array = column("i2")  # I065/020
    state: Array = column("i1")  # 0 operational, 1 degraded, 2 not in use (063: starting), 3 unknown (063: off)
    overload: Array = column("?")
    time_invalid: Array = column("?")  # the source's clock is not synchronised
    report: Array = column("i2")  # I065/050
    lat_deg: Array = column("f8")  # I019/600, the reference point of a multilateration system
    lon_deg: Array = column("f8")
    datagram: Array = column("i8")


def services(decoded: Decoded) -> ServiceStatus:
    """All of categories 019, 063 and 065, in the order of the bytes.

    >>> from mihari.formats.asterix import decode, encode
    >>> items = {"000": 2, "020": 17, "030": 128 * 60}
    >>> told = services(decode(encode([{"category": 65, "items": items}])))
    >>> told.message.tolist(), told.batch.tolist(), told.time_of_day.tolist()
    ([2], [17], [60.0])
    """
    return in_order(ServiceStatus, decoded, {19: (_of_019, every), 63: (_of_063, every), 65: (_of_065, every)})[0]


def _of_019(table: Table) -> ServiceStatus:
    return _status(
        table,
        time_of_day=value(table, "140"),
        state=number(table, "550/NOGO"),
        overload=told(table, "550/OVL", 1),
        time_invalid=told(table, "550/TSV", 1),
        lat_deg=value(table, "600/LAT"),
        lon_deg=value(table, "600/LON"),
    )


def _of_063(table: Table) -> ServiceStatus:
    about = number(table, "050/SAC", 0xFF) << 8 | number(table, "050/SIC", 0xFF)
    return _status(
        table,
        about=about.astype(np.uint16),
        time_of_day=value(table, "030"),
        state=number(table, "060/CON"),
        overload=told(table, "060/ODP", 1) | told(table, "060/OXT", 1),
        time_invalid=told(table, "060/TSV", 1),
    )


def _of_065(table: Table) -> ServiceStatus:
    return _status(
        table,
        time_of_day=value(table, "030"),
        batch=number(table, "020"),
        state=number(table, "040/NOGO"),
        overload=told(table, "040/OVL", 1),
        time_invalid=told(table, "040/TSV", 1),
        report=number(table, "050"),
    )


def _status(table: Table, **columns: Array) -> ServiceStatus:
    return ServiceStatus.of(
        len(table),
        category=table.category.number,
        source=source_of(table),
        service=number(table, "015"),
        message=number(table, "000"),
        datagram=table.records.datagram,
        **columns,
    )
