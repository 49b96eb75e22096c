"""The one table of AIS: for every message type its fields, bit by bit. ITU-R M.1371-5, annex 8, section 3.

The fast decoder, the plain decoder, the encoder and the field list for people (`describe`) are all made from
`LAYOUTS`; nothing else in this package knows where a field lies.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import cache

KNOT = 1852.0 / 3600.0  # m/s
DEGREE = math.pi / 180.0  # rad
TURN = 4.733  # the turn field is 4.733 * sqrt(degrees per minute), M.1371-5 table 48

UNSIGNED, SIGNED, FLAG, TEXT, TURN_RATE, SPARE = "unsigned", "signed", "flag", "text", "turn", "spare"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a message: `width` bits from bit `first` (0 = first bit on the air, most significant first).

    A number is `raw / per_unit * unit` and present while `|raw| <= top`; raw value `absent` means "not available",
    other values above `top` are reserved by the standard and carry no measurement.
    """

    name: str
    width: int
    kind: str = UNSIGNED
    per_unit: float = 1.0
    unit: float = 1.0
    top: int | None = None
    absent: int | None = None
    note: str = ""
    first: int = 0

    @property
    def scaled(self) -> bool:
        """Whether the value is a physical quantity (a float) rather than a code (an int)."""
        return self.per_unit != 1.0 or self.unit != 1.0 or self.kind == TURN_RATE

    @property
    def limit(self) -> int:
        """The largest magnitude of a raw value that is a value."""
        if self.top is not None:
            return self.top
        return (1 << (self.width - 1)) if self.kind == SIGNED else (1 << self.width) - 1


@dataclass(frozen=True, slots=True)
class Layout:
    """One message type (or one part of type 24): title, paragraph, accepted bit lengths, the length sent, fields."""

    message_type: int
    title: str
    paragraph: str
    lengths: tuple[tuple[int, int], ...]
    sent_bits: int
    fields: tuple[Field, ...]
    part: int = -1
    auxiliary: bool = False

    @property
    def by_name(self) -> dict[str, Field]:
        """Name -> field."""
        return _named(self.fields)

    def accepts(self, bits: int) -> bool:
        """Whether a payload of so many bits is one of this type."""
        return any(low <= bits <= high for low, high in self.lengths)


@cache
def _named(fields: tuple[Field, ...]) -> dict[str, Field]:
    return {field.name: field for field in fields}


def _placed(*fields: Field) -> tuple[Field, ...]:
    first, placed = 0, []
    for field in fields:
        placed.append(replace(field, first=first))
        first += field.width
    return tuple(placed)


def _flag(name: str, note: str = "") -> Field:
    return Field(name, 1, FLAG, note=note)


def _spare(width: int, number: int = 1) -> Field:
    return Field(f"spare_{number}", width, SPARE, note="sent as zero")


def _head(message_type: int) -> tuple[Field, ...]:
    return (
        Field("message_type", 6, note=str(message_type)),
        Field("repeat", 2, note="how often repeated; 3 = do not repeat any more"),
        Field("mmsi", 30),
    )


_SPEED = Field("speed", 10, UNSIGNED, 10.0, KNOT, 1022, 1023, "1/10 kn over ground; 102.2 kn or more")
_COURSE = Field("course", 12, UNSIGNED, 10.0, DEGREE, 3599, 3600, "1/10 degree over ground")
_HEADING = Field("heading", 9, UNSIGNED, 1.0, DEGREE, 359, 511, "true heading, degrees")
_LON = Field("lon_deg", 28, SIGNED, 600_000.0, 1.0, 180 * 600_000, 181 * 600_000, "1/10,000 minute, east positive")
_LAT = Field("lat_deg", 27, SIGNED, 600_000.0, 1.0, 90 * 600_000, 91 * 600_000, "1/10,000 minute, north positive")
_TURN = Field("turn", 8, TURN_RATE, TURN, DEGREE / 60.0, 126, -128, "right positive; ±127: turns > 5°/30 s, no sensor")
_STATUS = Field("status", 4, absent=15, note="navigation status; 14 = active AIS-SART, MOB or EPIRB")
_SECOND = Field("second", 6, absent=60, note="UTC second of the fix; 61 manual, 62 estimated, 63 inoperative")
_ACCURACY = _flag("accuracy", "position better than 10 m")
_RAIM = _flag("raim", "integrity monitoring in use")
_EPFD = Field("epfd", 4, note="type of position fixing device")
_SIZE = (
    Field("bow", 9, note="m from the reference point to the bow"),
    Field("stern", 9, note="m to the stern"),
    Field("port", 6, note="m to the port side"),
    Field("starboard", 6, note="m to the starboard side"),
)
_NAME = Field("name", 120, TEXT)
_CALL_SIGN = Field("call_sign", 42, TEXT)
_SHIP_TYPE = Field("ship_type", 8, note="type of ship and cargo, M.1371-5 table 53")


def _class_a(message_type: int) -> Layout:
    return Layout(
        message_type,
        "Position report of class A",
        "annex 8, 3.1, table 48",
        ((168, 168),),
        168,
        _placed(
            *_head(message_type), _STATUS, _TURN, _SPEED, _ACCURACY, _LON, _LAT, _COURSE, _HEADING, _SECOND,
            Field("maneuver", 2, note="special manoeuvre indicator"), _spare(3), _RAIM,
            Field("radio", 19, note="communication state"),
        ),
    )  # fmt: skip


_BASE_STATION = Layout(
    4,
    "Base station report",
    "annex 8, 3.2, table 51",
    ((168, 168),),
    168,
    _placed(
        *_head(4), Field("year", 14, absent=0), Field("month", 4, absent=0), Field("day", 5, absent=0),
        Field("hour", 5, absent=24), Field("minute", 6, absent=60), Field("second", 6, absent=60),
        _ACCURACY, _LON, _LAT, _EPFD, _spare(10), _RAIM, Field("radio", 19, note="communication state"),
    ),
)  # fmt: skip

_STATIC_A = Layout(
    5,
    "Static and voyage related data of class A",
    "annex 8, 3.3, table 52",
    ((424, 424),),
    424,
    _placed(
        *_head(5), Field("ais_version", 2), Field("imo", 30, absent=0), _CALL_SIGN, _NAME, _SHIP_TYPE, *_SIZE, _EPFD,
        Field("eta_month", 4, absent=0), Field("eta_day", 5, absent=0), Field("eta_hour", 5, absent=24),
        Field("eta_minute", 6, absent=60), Field("draught", 8, UNSIGNED, 10.0, 1.0, 255, 0, "1/10 m; 25.5 m or more"),
        Field("destination", 120, TEXT), _flag("dte", "data terminal not available"), _spare(1),
    ),
)  # fmt: skip

_SAR_AIRCRAFT = Layout(
    9,
    "Position report of a search and rescue aircraft",
    "annex 8, 3.7, table 61",
    ((168, 168),),
    168,
    _placed(
        *_head(9), Field("altitude", 12, UNSIGNED, 1.0, 1.0, 4094, 4095, "m; 4,094 m or more"),
        Field("speed", 10, UNSIGNED, 1.0, KNOT, 1022, 1023, "kn over ground; 1,022 kn or more"),
        _ACCURACY, _LON, _LAT, _COURSE, _SECOND, Field("regional", 8, note="altitude sensor and spare"),
        _flag("dte"), _spare(3), _flag("assigned"), _RAIM, Field("radio", 20, note="selector and communication state"),
    ),
)  # fmt: skip

_SAFETY_TEXT = Layout(
    14,
    "Safety related broadcast",
    "annex 8, 3.12, table 66",
    ((40, 1008),),
    0,
    _placed(*_head(14), _spare(2), Field("text", 968, TEXT, note="as long as the message; 6 bits a character")),
)

_CLASS_B = (
    Field("regional", 8, SPARE, note="spare"), _SPEED, _ACCURACY, _LON, _LAT, _COURSE, _HEADING, _SECOND,
)  # fmt: skip

_POSITION_B = Layout(
    18,
    "Position report of class B",
    "annex 8, 3.16, table 70",
    ((168, 168),),
    168,
    _placed(
        *_head(18), *_CLASS_B, Field("regional_2", 2, SPARE, note="spare"), _flag("carrier_sense"), _flag("display"),
        _flag("dsc"), _flag("band"), _flag("message_22"), _flag("assigned"), _RAIM,
        Field("radio", 20, note="selector and communication state"),
    ),
)  # fmt: skip

_EXTENDED_B = Layout(
    19,
    "Extended position report of class B",
    "annex 8, 3.17, table 71",
    ((312, 312),),
    312,
    _placed(
        *_head(19), *_CLASS_B, Field("regional_2", 4, SPARE, note="spare"), _NAME, _SHIP_TYPE, *_SIZE, _EPFD, _RAIM,
        _flag("dte"), _flag("assigned"), _spare(4),
    ),
)  # fmt: skip

_AID = Layout(
    21,
    "Aid to navigation",
    "annex 8, 3.19, table 73",
    ((272, 360),),
    272,
    _placed(
        *_head(21), Field("aid_type", 5, note="M.1371-5 table 74"), _NAME, _ACCURACY, _LON, _LAT, *_SIZE, _EPFD,
        _SECOND, _flag("off_position"), Field("regional", 8, note="status of the aid"), _RAIM, _flag("virtual"),
        _flag("assigned"), _spare(1), Field("name_extension", 88, TEXT, note="0 to 14 more characters of the name"),
    ),
)  # fmt: skip

_PART = Field("part", 2, note="0 = A, 1 = B")
_STATIC_B_A = Layout(
    24,
    "Static data of class B, part A",
    "annex 8, 3.22, table 79",
    ((160, 160), (168, 168)),
    160,
    _placed(*_head(24), _PART, _NAME, _spare(8)),
    part=0,
)
_VENDOR = (
    Field("vendor", 18, TEXT), Field("model", 4, note="unit model code"), Field("serial", 20, note="serial number"),
)  # fmt: skip
_STATIC_B_B = Layout(
    24,
    "Static data of class B, part B",
    "annex 8, 3.22, table 80",
    ((168, 168),),
    168,
    _placed(*_head(24), _PART, _SHIP_TYPE, *_VENDOR, _CALL_SIGN, *_SIZE, _EPFD, _spare(2)),
    part=1,
)
_STATIC_B_AUXILIARY = Layout(
    24,
    "Static data of class B, part B, craft of a mothership (MMSI 98xxxxxxx)",
    "annex 8, 3.22, table 80",
    ((168, 168),),
    168,
    _placed(*_head(24), _PART, _SHIP_TYPE, *_VENDOR, _CALL_SIGN, Field("mothership", 30), _EPFD, _spare(2)),
    part=1,
    auxiliary=True,
)

_LONG_RANGE = Layout(
    27,
    "Long-range position report",
    "annex 8, 3.25, table 82",
    ((96, 96), (168, 168)),
    96,
    _placed(
        *_head(27), _ACCURACY, _RAIM, _STATUS,
        Field("lon_deg", 18, SIGNED, 600.0, 1.0, 180 * 600, 181 * 600, "1/10 minute, east positive"),
        Field("lat_deg", 17, SIGNED, 600.0, 1.0, 90 * 600, 91 * 600, "1/10 minute, north positive"),
        Field("speed", 6, UNSIGNED, 1.0, KNOT, 62, 63, "kn over ground"),
        Field("course", 9, UNSIGNED, 1.0, DEGREE, 359, 511, "degrees over ground"),
        _flag("old_position", "older than 5 s"), _spare(1),
    ),
)  # fmt: skip

LAYOUTS: tuple[Layout, ...] = (
    _class_a(1), _class_a(2), _class_a(3), _BASE_STATION, _STATIC_A, _SAR_AIRCRAFT, _SAFETY_TEXT, _POSITION_B,
    _EXTENDED_B, _AID, _STATIC_B_A, _STATIC_B_B, _STATIC_B_AUXILIARY, _LONG_RANGE,
)  # fmt: skip

_BY_TYPE = {layout.message_type: layout for layout in LAYOUTS if layout.part < 0}


def is_auxiliary(mmsi: int) -> bool:
    """Whether an MMSI is that of a craft associated with a mothership (98xxxxxxx, ITU-R M.585)."""
    return mmsi // 10_000_000 == 98


def layout_of(message_type: int, part: int = -1, mmsi: int = 0) -> Layout | None:
    """The layout of a message, `None` for types (or parts of type 24) that are kept raw.

    >>> layout_of(5).by_name["name"].first, layout_of(24, part=0).lengths, layout_of(8)
    (112, ((160, 160), (168, 168)), None)
    """
    if message_type != 24:
        return _BY_TYPE.get(message_type)
    if part == 0:
        return _STATIC_B_A
    if part == 1:
        return _STATIC_B_AUXILIARY if is_auxiliary(mmsi) else _STATIC_B_B
    return None


def describe() -> str:
    """The table as Markdown, for people."""
    lines = []
    for layout in LAYOUTS:
        lengths = ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in layout.lengths)
        lines += [f"## {layout.message_type} {layout.title}", f"ITU-R M.1371-5 {layout.paragraph}; {lengths} bits", ""]
        lines += ["| field | first bit | bits | kind | note |", "|---|---|---|---|---|"]
        lines += [f"| `{f.name}` | {f.first} | {f.width} | {f.kind} | {f.note} |" for f in layout.fields]
        lines.append("")
    return "\n".join(lines)
