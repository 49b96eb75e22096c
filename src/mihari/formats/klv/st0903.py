"""VMTI, moving objects that a video processor found: the local set and all that is in it. MISB ST 0903.4 to 0903.6.

The words are the standard's: a "target" is a detection. Up to ST 0903.3 (told by the set's own version, tag 4) numbers
were mapped linearly instead of by IMAPB; such sets are read, and written back by IMAPB as the current version asks.
Masks, features and image chips keep their octets.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mihari.core.errors import FormatError
from mihari.formats.klv.ber import read_items, read_oid, read_series, write_oid, write_series
from mihari.formats.klv.kinds import RADIAN, Count, Imapb, Kind, Linear, Number, Symmetric, Text, Time
from mihari.formats.klv.localset import LocalSet
from mihari.formats.klv.st0601 import Item

KEY = bytes.fromhex("060e2b34020b01010e01030306000000")  # ST 0903, 7.1
VERSION = 4  # tag
FIRST_IMAPB = 4  # version

TEXT, RAW = Text(), Kind()
FOV = Imapb(2, 0.0, 180.0, RADIAN, before=Linear(2, 0.0, 180.0, RADIAN))
OFFSET = Imapb(3, -19.2, 19.2, before=Symmetric(3, -19.2, 19.2))
HEIGHT = Imapb(2, -900.0, 19000.0, before=Linear(2, -900.0, 19000.0))


def up_to(octets: int) -> Count:
    """A whole number in as few octets as hold it."""
    return Count(octets, least=1)


class Pack(Kind):
    """A defined-length pack that may be cut off after some of its groups of three (ST 0903 "DLP", SMPTE ST 336 9.3)."""

    def __init__(self, *groups: tuple[tuple[str, Number], ...]) -> None:
        self.groups = groups

    def decode(self, data: bytes, legacy: bool = False) -> dict[str, float | None]:
        """Names and values of the groups that are there."""
        told, at = {}, 0
        for group in self.groups:
            if at == len(data) and at:
                break
            for name, kind in group:
                told[name] = kind.decode(data[at : at + kind.octets], legacy)
                at += kind.octets
        if at != len(data):
            raise ValueError(f"a pack of {len(data)} octets")
        return told

    def encode(self, value: Mapping[str, float | None]) -> bytes:
        """All groups up to the last that has a value."""
        unknown = set(value) - {name for group in self.groups for name, _ in group}
        if unknown:
            raise ValueError(f"no {', '.join(sorted(unknown))} in this pack")
        made = b""
        for number, group in enumerate(self.groups):
            if number == 0 or any(name in value for later in self.groups[number:] for name, _ in later):
                made += b"".join(kind.encode(value.get(name)) for name, kind in group)
        return made


def _deviations(low_octets: Number, correlation: Number) -> tuple[tuple[tuple[str, Number], ...], ...]:
    return (
        (("sigma_east", low_octets), ("sigma_north", low_octets), ("sigma_up", low_octets)),
        (("rho_east_north", correlation), ("rho_east_up", correlation), ("rho_north_up", correlation)),
    )


SIGMA = Imapb(2, 0.0, 650.0, before=Linear(2, 0.0, 650.0))
RHO = Imapb(2, -1.0, 1.0, before=Linear(2, -1.0, 1.0))
RATE = Imapb(2, -900.0, 900.0, before=Linear(2, -900.0, 900.0))
LOCATION = Pack(
    (
        ("lat_deg", Imapb(4, -90.0, 90.0, before=Linear(4, -90.0, 90.0))),
        ("lon_deg", Imapb(4, -180.0, 180.0, before=Linear(4, -180.0, 180.0))),
        ("height", HEIGHT),
    ),
    *_deviations(SIGMA, RHO),
)
VELOCITY = Pack((("east", RATE), ("north", RATE), ("up", RATE)), *_deviations(SIGMA, RHO))  # m/s; also m/s²


class Series(Kind):
    """Values of one kind, each with its length before it; one that cannot be read stays octets."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def decode(self, data: bytes, legacy: bool = False) -> list[Any]:
        """The values in their order."""
        return [self._one(raw, legacy) for raw in read_series(data)]

    def _one(self, raw: bytes, legacy: bool) -> Any:
        try:
            return self.kind.decode(raw, legacy)
        except (ValueError, FormatError):
            return raw

    def encode(self, value: list[Any]) -> bytes:
        """Each with its length; octets (or their hexadecimal text) as they are."""
        return write_series(
            [Kind.encode(self, v) if isinstance(v, bytes | str) else self.kind.encode(v) for v in value]
        )


class Pair(Kind):
    """Two octets: row and column of a focal plane array."""

    def decode(self, data: bytes, legacy: bool = False) -> list[int]:
        """[row, column]."""
        if len(data) != 2:
            raise ValueError(f"{len(data)} octets, expected 2")
        return list(data)

    def encode(self, value: list[int]) -> bytes:
        """Two octets."""
        return bytes(value)


class Colour(Kind):
    """Three octets: red, green, blue."""

    def decode(self, data: bytes, legacy: bool = False) -> list[int]:
        """[red, green, blue]."""
        if len(data) != 3:
            raise ValueError(f"{len(data)} octets, expected 3")
        return list(data)

    def encode(self, value: list[int]) -> bytes:
        """Three octets."""
        return bytes(value)


def _set(*rows: tuple[int, str, Kind]) -> LocalSet:
    return LocalSet(Item(*row) for row in rows)


OBJECT = _set(
    (1, "ontology", TEXT), (2, "label", TEXT), (3, "ontology_id", up_to(3)),
    (4, "confidence_percent", Imapb(2, 0.0, 100.0)),
)  # fmt: skip
TRACKER = _set(
    (1, "track_id", RAW), (2, "status", Count(1)), (3, "start_time", Time()), (4, "end_time", Time()),
    (5, "boundary", Series(LOCATION)), (7, "confidence_percent", Count(1)), (8, "points", up_to(2)),
    (9, "locations", Series(LOCATION)), (10, "velocity", VELOCITY), (11, "acceleration", VELOCITY),
    (12, "algorithm_id", up_to(3)),
)  # fmt: skip
ALGORITHM = _set(
    (1, "id", up_to(3)), (2, "name", TEXT), (3, "version", TEXT), (4, "class", TEXT), (5, "frames", up_to(3)),
)  # fmt: skip
ONTOLOGY = _set(
    (1, "id", up_to(3)), (2, "parent_id", up_to(3)), (3, "ontology", TEXT), (4, "label", TEXT),
)  # fmt: skip
TARGET = _set(
    (1, "centroid_px", up_to(6)), (2, "top_left_px", up_to(6)), (3, "bottom_right_px", up_to(6)),
    (4, "priority", Count(1)), (5, "confidence_percent", Count(1)), (6, "history", up_to(2)),
    (7, "pixels_percent", Count(1)), (8, "colour", Colour()), (9, "intensity", up_to(3)),
    (10, "offset_lat_deg", OFFSET), (11, "offset_lon_deg", OFFSET), (12, "height", HEIGHT),
    (13, "top_left_offset_lat_deg", OFFSET), (14, "top_left_offset_lon_deg", OFFSET),
    (15, "bottom_right_offset_lat_deg", OFFSET), (16, "bottom_right_offset_lon_deg", OFFSET),
    (17, "location", LOCATION), (18, "boundary", Series(LOCATION)), (19, "row_px", up_to(4)),
    (20, "column_px", up_to(4)), (21, "fpa_row_column", Pair()), (22, "algorithm_id", up_to(3)),
    (23, "detection_status", Count(1)), (101, "mask", RAW), (102, "object", OBJECT), (103, "feature", RAW),
    (104, "tracker", TRACKER), (105, "chip", RAW), (106, "chips", RAW), (107, "objects", Series(OBJECT)),
)  # fmt: skip


class TargetPack(Kind):
    """A VTarget pack: its number as BER-OID, then the items."""

    def decode(self, data: bytes, legacy: bool = False) -> dict[str, Any]:
        """`id` and the items."""
        number, at = read_oid(data, 0)
        return {"id": number} | TARGET.decode(data[at:], legacy)

    def encode(self, value: Mapping[str, Any]) -> bytes:
        """The number and the items in their order."""
        return write_oid(int(value["id"])) + TARGET.encode({k: v for k, v in value.items() if k != "id"})


class Vmti(LocalSet):
    """The VMTI local set, alone or nested in ST 0601's tag 74."""

    def decode(self, data: bytes, legacy: bool = False) -> dict[str, Any]:
        """Names and values; the version in the set decides how numbers were mapped."""
        return self.of_items(read_items(data))

    def of_items(self, items: Any, legacy: bool = False) -> dict[str, Any]:
        """The same from items cut already."""
        items = list(items)
        version = next((int.from_bytes(raw, "big") for tag, raw in items if tag == VERSION), FIRST_IMAPB)
        return super().of_items(items, legacy=version < FIRST_IMAPB)

    def encode(self, value: Mapping[str, Any]) -> bytes:
        """By IMAPB whatever the version was: one before says from now on that it is 4."""
        version = value.get("version")
        if version is not None and version < FIRST_IMAPB:
            value = {k: FIRST_IMAPB if k == "version" else v for k, v in value.items()}
        return super().encode(value)


VMTI = Vmti(
    Item(*row)
    for row in (
        (2, "time", Time()), (3, "system_name", TEXT), (4, "version", up_to(2)), (5, "targets_in_frame", up_to(3)),
        (6, "reported_targets", up_to(3)), (7, "frame_number", up_to(3)), (8, "frame_width_px", up_to(3)),
        (9, "frame_height_px", up_to(3)), (10, "source_sensor", TEXT), (11, "horizontal_fov", FOV),
        (12, "vertical_fov", FOV), (13, "miis_id", RAW), (101, "targets", Series(TargetPack())),
        (102, "algorithms", Series(ALGORITHM)), (103, "ontologies", Series(ONTOLOGY)),
    )
)  # fmt: skip
