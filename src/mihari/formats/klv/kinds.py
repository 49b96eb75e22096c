"""How the value of one item is written: each kind reads octets and writes them back, and tells kernels its numbers.

`decode` gives None for what the standard reserves to say "out of range" or "unknown"; a value that does not fit its
kind raises ValueError. `legacy`: the mapping of ST 0903.3 and before where it differs.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from mihari.formats.klv import imapb

UNSIGNED, SYMMETRIC, COUNT, SIGNED, IMAPB, TIME = range(1, 7)  # codes of the kernel's kinds
LATEST = 1 << 52  # microseconds, in the year 2112: beyond, float64 seconds no longer hold each of them
RADIAN = math.pi / 180
ROUNDING = 1e-12  # of a range, that a value may be beyond its end


@dataclass(frozen=True)
class Kind:
    """Octets kept as they are; base of all kinds."""

    code = 0  # of the kernel; 0: no number

    def decode(self, data: bytes, legacy: bool = False) -> Any:
        """The value of the octets."""
        return data

    def encode(self, value: Any) -> bytes:
        """The octets of the value; octets may come as hexadecimal text."""
        return bytes.fromhex(value) if isinstance(value, str) else bytes(value)


@dataclass(frozen=True)
class Text(Kind):
    """UTF-8."""

    def decode(self, data: bytes, legacy: bool = False) -> str | None:
        """Text; None where it has no octets."""
        return data.decode() or None

    def encode(self, value: str | None) -> bytes:
        """UTF-8, no terminator."""
        return (value or "").encode()


@dataclass(frozen=True)
class Number(Kind):
    """Base of the numbers. `factor`: units of ours in one of the standard's (π/180 for angles)."""

    octets: int = 1  # as written
    low: float = 0.0
    high: float = 0.0
    factor: float = 1.0
    least = 0  # fewest octets read; 0: exactly `octets`

    @property
    def scale(self) -> float:
        """Ours per unit on the wire."""
        return self.factor

    def _number(self, data: bytes, signed: bool = False) -> int:
        if len(data) > self.octets or len(data) < (self.least or self.octets):
            raise ValueError(f"{len(data)} octets, expected {self.octets}")
        return int.from_bytes(data, "big", signed=signed)

    def _within(self, value: float) -> float:
        raw = value / self.factor
        slack = ROUNDING * (self.high - self.low)
        if not self.low - slack <= raw <= self.high + slack:
            raise ValueError(f"{value} is not between {self.low * self.factor:g} and {self.high * self.factor:g}")
        return raw


@dataclass(frozen=True)
class Linear(Number):
    """Unsigned; 0 is `low`, all ones are `high`. No octets say "unknown" (zero-length item, ST 0601 6.4)."""

    code = UNSIGNED

    @property
    def scale(self) -> float:
        """Ours per unit on the wire."""
        return self.factor * (self.high - self.low) / ((1 << 8 * self.octets) - 1)

    def decode(self, data: bytes, legacy: bool = False) -> float | None:
        """The value; None without octets."""
        return self._number(data) * self.scale + self.low * self.factor if data else None

    def encode(self, value: float | None) -> bytes:
        """The nearest step."""
        if value is None:
            return b""
        self._within(value)
        most = (1 << 8 * self.octets) - 1
        step = round((value - self.low * self.factor) / self.scale)
        return min(max(step, 0), most).to_bytes(self.octets, "big")


@dataclass(frozen=True)
class Symmetric(Number):
    """Two's complement; ±`high` are the largest numbers, the lowest (0x80 0x00...) says "out of range"."""

    code = SYMMETRIC

    @property
    def scale(self) -> float:
        """Ours per unit on the wire."""
        return self.factor * self.high / ((1 << 8 * self.octets - 1) - 1)

    def decode(self, data: bytes, legacy: bool = False) -> float | None:
        """The value; None for "out of range"."""
        number = self._number(data, signed=True)
        return None if number == -(1 << 8 * self.octets - 1) else number * self.scale

    def encode(self, value: float | None) -> bytes:
        """The nearest step; "out of range" for None."""
        if value is None:
            return b"\x80" + bytes(self.octets - 1)
        self._within(value)
        most = (1 << 8 * self.octets - 1) - 1
        return min(max(round(value / self.scale), -most), most).to_bytes(self.octets, "big", signed=True)


@dataclass(frozen=True)
class Count(Number):
    """An unsigned whole number of `octets`, or (`least` 1) as few as hold it; `factor`: one step where it is not 1."""

    code = COUNT
    least: int = 0

    def decode(self, data: bytes, legacy: bool = False) -> int | None:
        """The number; None without octets."""
        return int(self._number(data) * self.factor) if data else None

    def encode(self, value: int | None) -> bytes:
        """As few octets as the kind allows."""
        if value is None:
            return b""
        number = round(value / self.factor)
        octets = max((number.bit_length() + 7) // 8, 1)
        if octets > self.octets or number < 0:
            raise ValueError(f"{value} does not fit {self.octets} octets")
        return number.to_bytes(octets if self.least else self.octets, "big")


@dataclass(frozen=True)
class Signed(Number):
    """A whole number in two's complement."""

    code = SIGNED
    least: int = 0

    def decode(self, data: bytes, legacy: bool = False) -> int | None:
        """The number; None without octets."""
        return self._number(data, signed=True) if data else None

    def encode(self, value: int | None) -> bytes:
        """As few octets as the kind allows."""
        if value is None:
            return b""
        number = round(value)
        octets = (number if number >= 0 else ~number).bit_length() // 8 + 1
        if octets > self.octets:
            raise ValueError(f"{value} does not fit {self.octets} octets")
        return number.to_bytes(octets if self.least else self.octets, "big", signed=True)


@dataclass(frozen=True)
class Imapb(Number):
    """ST 1201 in any length up to 8 octets, written in `octets`; `before` is its mapping up to ST 0903.3."""

    code = IMAPB
    before: Number | None = None

    def decode(self, data: bytes, legacy: bool = False) -> float | None:
        """The value; None for what is no number of the range."""
        if legacy and self.before is not None:
            return self.before.decode(data)  # type: ignore[no-any-return]
        value = imapb.decode(data, self.low, self.high)
        return None if math.isnan(value) else value * self.factor

    def encode(self, value: float | None) -> bytes:
        """In `octets`; "not a number" for None."""
        if value is None:
            return imapb.encode(None, self.low, self.high, self.octets)
        raw = value / self.factor
        if self.high < raw <= self.high + abs(self.high) * ROUNDING:
            raw = self.high
        return imapb.encode(raw, self.low, self.high, self.octets)


@dataclass(frozen=True)
class Time(Number):
    """Microseconds since 1970 in 8 octets; ours are seconds (ST 0603)."""

    code = TIME
    octets: int = 8

    def decode(self, data: bytes, legacy: bool = False) -> float:
        """Seconds."""
        number = self._number(data)
        if number > LATEST:
            raise ValueError(f"{number} µs is no time")
        return number / 1e6

    def encode(self, value: float) -> bytes:
        """The nearest microsecond."""
        return round(value * 1e6).to_bytes(8, "big")


def angle(high: float, octets: int, low: float | None = None) -> Number:
    """Degrees on the wire, radians here: `low` to `high`, or ±`high` without `low`."""
    if low is None:
        return Symmetric(octets, -high, high, RADIAN)
    return Linear(octets, low, high, RADIAN)


def symmetric(high: float, octets: int) -> Symmetric:
    """±`high`, the unit kept."""
    return Symmetric(octets, -high, high)
