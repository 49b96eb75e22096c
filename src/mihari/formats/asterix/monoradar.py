"""Categories 001 and 002: the target and service messages of older radars. EUROCONTROL-SPEC-0149
parts 2a and 2b.

A record of 001 is a plot or a track, each with its own field specification (`020/TYP`). It tells no time of day but
what is left of it by 512 s (`time_modulo`): `times.completed` finds it by the time that category 002 told last, or by
the time of receipt.
"""

from __future__ import annotations

import numpy as np

from mihari.formats.asterix.decode import Table
from mihari.formats.asterix.plots import Message, Plots, Sectors, kinds
from mihari.formats.asterix.reading import number, polar, source_of, told, value
from mihari.formats.asterix.times import TRUNCATED_S


def plots_001(table: Table) -> Plots:
    """Plots and tracks of one profile."""
    slant, bearing = polar(table, "040/RHO", "040/THETA")
    return Plots.of(
        len(table),
        source=source_of(table),
        time_of_day=value(table, "141"),
        time_modulo=TRUNCATED_S,
        range=slant,
        bearing=bearing,
        kind=kinds(table, transponder=told(table, "020/SSRPSR", 2, 3), coasted=told(table, "020/SSRPSR", 0)),
        track_number=number(table, "161"),
        amplitude_dbm=value(table, "131"),
        datagram=table.records.datagram,
    )


def sectors_002(table: Table) -> Sectors:
    """North markers and sector crossings; the others (south marker, blind zones) only as messages with their time."""
    message = number(table, "000", 0)
    is_sector = message == Message.SECTOR
    azimuth = np.where(is_sector, value(table, "020"), np.nan)
    return Sectors.of(
        len(table),
        source=source_of(table),
        time_of_day=value(table, "030"),
        message=np.where((message == Message.NORTH) | is_sector, message, Message.OTHER),
        azimuth=azimuth,
        rotation_s=value(table, "041"),
        datagram=table.records.datagram,
    )
