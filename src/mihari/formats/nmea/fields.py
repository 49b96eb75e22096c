"""The kinds of fields of a sentence and how each is written. IEC 61162-1, 7.2.3.4 (field types) and table 6."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Kind(IntEnum):
    """What stands between two commas, and what it becomes."""

    NUMBER = 0  # x.x
    INTEGER = 1  # xx
    HEX = 2  # hh
    TIME = 3  # hhmmss.ss -> s since midnight UTC
    DATE = 4  # ddmmyy -> UTC s of that midnight; years 80-99 are 19xx
    LATITUDE = 5  # llll.ll,a -> degrees
    LONGITUDE = 6  # yyyyy.yy,a -> degrees
    EASTERLY = 7  # x.x,a -> degrees, east positive
    CODE = 8  # one character
    FIXED = 9  # one character that is always the same
    TEXT = 10  # c--c or s--s
    ALERTS = 11  # aaa,x.x,x.x,x.x repeated to the end


NUMERIC = Kind.EASTERLY  # kinds up to this one are numbers
TWO_FIELDS = (Kind.LATITUDE, Kind.LONGITUDE, Kind.EASTERLY)
LETTERS = {Kind.LATITUDE: "NS", Kind.LONGITUDE: "EW", Kind.EASTERLY: "EW"}  # positive first


@dataclass(frozen=True, slots=True)
class Field:
    """One value: its name, kind, the letters it may be (none given: any), digits it is written with."""

    name: str
    kind: Kind
    letters: str = ""
    whole: int = 1  # least digits before the point
    least: int = 0  # digits behind the point, at least and at most
    most: int = 0


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence formatter; `least`: the fewest wire fields of any edition; `mark`: its first character."""

    formatter: str
    title: str
    fields: tuple[Field, ...]
    least: int
    clause: str = "IEC 61162-1, 8.3"
    mark: str = "$"

    @property
    def wire_fields(self) -> int:
        """Fields of the newest edition on the wire."""
        return sum(2 if f.kind in TWO_FIELDS else 1 for f in self.fields)


def number(name: str, whole: int = 1, least: int = 1, most: int = 4) -> Field:
    """A number of variable length."""
    return Field(name, Kind.NUMBER, "", whole, least, most)


def integer(name: str, whole: int = 1) -> Field:
    """A whole number, written with `whole` digits or more."""
    return Field(name, Kind.INTEGER, "", whole)


def code(name: str, letters: str = "") -> Field:
    """One character."""
    return Field(name, Kind.CODE, letters)


def fixed(letter: str) -> Field:
    """A character that only marks the field before it."""
    return Field("", Kind.FIXED, letter)


def text(name: str) -> Field:
    """Characters; reserved ones are written as ^hh."""
    return Field(name, Kind.TEXT)


def utc(name: str = "time_of_day") -> Field:
    """Time of day."""
    return Field(name, Kind.TIME, "", 6, 2, 6)


def latitude() -> Field:
    """`lat_deg`."""
    return Field("lat_deg", Kind.LATITUDE, "NS", 2, 2, 7)


def longitude() -> Field:
    """`lon_deg`."""
    return Field("lon_deg", Kind.LONGITUDE, "EW", 3, 2, 7)


def easterly(name: str) -> Field:
    """Deviation or variation."""
    return Field(name, Kind.EASTERLY, "EW", 1, 1, 4)
