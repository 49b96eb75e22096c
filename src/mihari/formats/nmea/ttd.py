"""TTD: tracked vessels as six-bit characters, 15 a vessel. IEC 61162-1 edition 4 and later, 8.3 (TTD); IEC 62388.

Bits of a record, first to last: protocol version 2, number 10, true bearing 12 (0.1°), speed 12 (0.1 kn), course 12
(0.1°), heading 12 (0.1°, AIS only), status 3, operation mode 1, distance 14 (0.01 NM), speed mode 1, stabilisation
mode 1, reserved 2, association number 8. All ones: not available. Version 1 (42 bits: number and 30 bits on the
closest approach) is kept as bits.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from mihari.core.errors import FormatError
from mihari.formats.ais.sentences import armour, checksum

# name, bits, units per wire unit (0: a plain number), whether all ones means absent
_RECORD = (
    ("version", 2, 0, False),
    ("number", 10, 0, False),
    ("bearing_deg", 12, 10, True),
    ("speed_kn", 12, 10, True),
    ("course_deg", 12, 10, True),
    ("heading_deg", 12, 10, True),
    ("status", 3, 0, False),
    ("test", 1, 0, False),
    ("distance_nm", 14, 100, True),
    ("relative_speed", 1, 0, False),
    ("water_stabilised", 1, 0, False),
    ("reserved", 2, 0, False),
    ("association", 8, 0, False),
)
BITS = sum(width for _, width, _, _ in _RECORD)  # 90
APPROACH_BITS = 42  # of a record of version 1
PER_SENTENCE = 4  # whole records that 82 bytes hold
OPEN = 64  # lists of vessels whose sentences are awaited at a time
NOT_TRACKED, ACQUIRING, LOST, TRACKED, DANGEROUS, ACKNOWLEDGED = 0, 1, 2, 4, 6, 7  # status
LETTER = {ACQUIRING: "Q", LOST: "L", TRACKED: "T", DANGEROUS: "T", ACKNOWLEDGED: "T"}  # as TTM says it


def bits_of(payload: str, fill: int) -> tuple[int, int]:
    """(bits as one number, how many) of payload characters; FormatError for others and for a wrong fill."""
    bits = 0
    for c in payload.encode("latin-1", "replace"):
        if not (48 <= c < 88 or 96 <= c < 120):
            raise FormatError("field", f"{chr(c)!r} is no six-bit character", payload.encode("latin-1", "replace"))
        bits = bits << 6 | (c - 48 if c < 88 else c - 56)
    count = 6 * len(payload) - fill
    if not 0 <= fill <= 5 or count < 0:
        raise FormatError("field", f"{fill} fill bits of {len(payload)} characters")
    return bits >> fill, count


def records(payload: str, fill: int = 0) -> list[dict[str, Any]]:
    """The vessels in a payload; FormatError if it does not end with a record. Absent values are left out.

    `test` marks the radar's own test signal; with `relative_speed` speed and course are relative to own ship.

    >>> record, = records("0051:10<1:100P18000", 0)
    Traceback (most recent call last):
    mihari.core.errors.FormatError: TTD: 24 bits after the last record
    """
    found, _, left = whole_records(*bits_of(payload, fill))
    if left:
        raise FormatError("field", f"TTD: {left} bits after the last record", payload.encode())
    return found


def whole_records(bits: int, left: int) -> tuple[list[dict[str, Any]], int, int]:
    """(the vessels that `left` bits hold, the bits after the last of them, how many)."""
    found: list[dict[str, Any]] = []
    while left >= 2:
        version = bits >> (left - 2) & 3
        size = APPROACH_BITS if version == 1 else BITS
        if left < size:
            break
        left -= size
        record = bits >> left & ((1 << size) - 1)
        if version == 1:
            found.append({"version": 1, "number": record >> 30 & 1023, "approach": record & ((1 << 30) - 1)})
        else:
            found.append(_record(record))
    return found, bits & ((1 << left) - 1), left


class Parts:
    """Records that go on from one sentence to the next of the same source and sequence number. Bounded.

    >>> payload, _ = encode_records([{"number": n, "distance_nm": 1.0} for n in (1, 2)])
    >>> parts = Parts()
    >>> [[r["number"] for r in parts.take("RA", 7, 2, k + 1, piece, 0)[0]]
    ...  for k, piece in enumerate((payload[:10], payload[10:]))]
    [[], [1, 2]]
    """

    def __init__(self) -> None:
        self._open: dict[tuple[str, int], tuple[int, int, int, int]] = {}  # -> total, last number, bits, how many

    def take(
        self, source: str, sequence: int, total: int, number: int, payload: str, fill: int
    ) -> tuple[list[dict[str, Any]], bool]:
        """(the records that this sentence completes, whether bits were lost); FormatError for no payload at all.

        After a sentence that did not come only whole records count: where one begins is not known.
        """
        bits, count = bits_of(payload, fill)
        total_before, last, rest, left = self._open.pop((source, sequence), (0, 0, 0, 0))
        follows = number == 1 or (total_before, last) == (total, number - 1)
        if number > 1 and follows:
            bits, count = rest << count | bits, left + count
        lost = left > 0 and (number == 1 or not follows)
        found, rest, left = whole_records(bits, count)
        if left and not follows:
            return [], True
        if number < total:
            self._open[source, sequence] = (total, number, rest, left)
            while len(self._open) > OPEN:
                self._open.pop(next(iter(self._open)))
            left = 0
        return found, lost or left > 0


def _record(bits: int) -> dict[str, Any]:
    made: dict[str, Any] = {}
    left = BITS
    for name, width, scale, absent in _RECORD:
        left -= width
        raw = bits >> left & ((1 << width) - 1)
        if not (absent and raw == (1 << width) - 1):
            made[name] = raw / scale if scale else raw
    return made


def encode_records(given: Iterable[Mapping[str, Any]]) -> tuple[str, int]:
    """(payload, fill bits) of vessels; FormatError for a value that its bits cannot carry.

    >>> payload, fill = encode_records([{"number": 7, "bearing_deg": 12.5, "distance_nm": 3.21, "status": TRACKED}])
    >>> payload, fill, records(payload, fill)[0]["distance_nm"]
    ('071uwwwwwwP5100', 0, 3.21)
    """
    bits = count = 0
    for message in given:
        if message.get("version") == 1:
            number, approach = int(message["number"]), int(message["approach"])
            if not (0 <= number < 1024 and 0 <= approach < 1 << 30):
                raise FormatError("field", f"TTD: {message!r} does not fit")
            bits, count = bits << APPROACH_BITS | 1 << 40 | number << 30 | approach, count + APPROACH_BITS
            continue
        for name, width, scale, absent in _RECORD:
            bits, count = bits << width | _raw(message.get(name), name, width, scale, absent), count + width
    payload, fill = armour(bits, count)
    return payload.decode("ascii"), fill


def _raw(value: Any, name: str, width: int, scale: int, absent: bool) -> int:
    most = (1 << width) - 1
    if value is None:
        return most if absent else 0
    raw = round(value * scale) if scale else int(value)
    if name in ("bearing_deg", "course_deg", "heading_deg"):
        raw %= 3600
    if not 0 <= raw <= most - absent:
        raise FormatError("field", f"TTD: {name} = {value!r} does not fit into {width} bits")
    return raw


def encode_ttd(given: Iterable[Mapping[str, Any]], *, talker: str = "RA", sequence: int = 0) -> list[bytes]:
    """The sentences of a list of vessels, whole records each; FormatError for more than 255 sentences."""
    every = list(given)
    pieces = [every[at : at + PER_SENTENCE] for at in range(0, len(every), PER_SENTENCE)]
    if len(pieces) > 255:
        raise FormatError("length", f"{len(every)} vessels do not fit into 255 sentences")
    made = []
    for number, piece in enumerate(pieces, 1):
        payload, fill = encode_records(piece)
        body = f"{talker}TTD,{len(pieces):02X},{number:02X},{sequence % 10},{payload},{fill}".encode("ascii")
        made.append(b"!" + body + b"*" + checksum(body) + b"\r\n")
    return made
