"""Columns of tracks -> category 062 datagrams, the status of our service as category 065: our picture, for a centre.

EUROCONTROL-SPEC-0149 parts 9 and 15, in their newest editions. Whole arrays to octets; what is absent (NaN, -1, '') is
left out of its record.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from mihari.core.columns import Array
from mihari.core.errors import FormatError
from mihari.formats.asterix.editions import category
from mihari.formats.asterix.emit import LONGEST_DATAGRAM
from mihari.formats.asterix.encode import encode, field_specification, frame
from mihari.formats.asterix.reading import ICAO
from mihari.formats.asterix.system_tracks import Status, SystemTracks
from mihari.formats.asterix.times import DAY_S

TIME_UNIT, LAT_UNIT = 1 / 128.0, 180 / 2**25  # s, degrees
VELOCITY_UNIT, ACCURACY_UNIT = 0.25, 0.5  # m/s, m
NO_SOURCE = 0xFFFF
Item = tuple[str, Array, Array]  # name, (n, octets) content, (n,) whether it is there; in one of several forms


def encode_system_tracks(tracks: SystemTracks, longest: int = LONGEST_DATAGRAM) -> list[bytes]:
    """Tracks as category 062 datagrams of at most `longest` octets, one block each, in their order.

    Written are source, service, time, track number, status, position, velocity, mode of movement, identification, size
    and orientation, age of the update, accuracy of position (with covariance) and velocity, composed track number.
    Values are rounded to the wire's units and held to its limits; times wrap at midnight. Raises `FormatError` for a
    track without a place or a number, or with a place that there is not.

    >>> track = SystemTracks.of(1, source=0x0C22, time_of_day=0.5, track_number=7, lat_deg=22.5, lon_deg=-45.0)
    >>> encode_system_tracks(track)[0].hex()
    '3e0015990c0c2200004000400000ff800000000700'
    """
    n = len(tracks)
    if not n:
        return []
    bad = ~(np.abs(tracks.lat_deg) <= 90) | ~(np.abs(tracks.lon_deg) <= 180)
    if bad.any() or (tracks.track_number < 0).any() or (tracks.track_number > 0xFFFF).any():
        raise FormatError("spec", "ASTERIX 062: every track needs a place and a number of 16 bits")
    uap = [None if item is None else item.name for item in category(62).uap]
    items = sorted(_items(tracks), key=lambda item: uap.index(item[0]))
    there = np.stack([is_there for _, _, is_there in items], axis=1)
    records: list[bytes] = [b""] * n
    for combination in np.unique(there, axis=0):
        rows = np.flatnonzero((there == combination).all(axis=1))
        chosen = [items[i] for i in np.flatnonzero(combination).tolist()]
        names = {name for name, _, _ in chosen}
        head = np.frombuffer(field_specification([name in names for name in uap]), np.uint8)
        joined = _join(np.tile(head, (len(rows), 1)), *(octets[rows] for _, octets, _ in chosen))
        for row, record in zip(rows.tolist(), joined, strict=True):
            records[row] = record.tobytes()
    return list(frame(62, records, longest))


def _items(t: SystemTracks) -> list[Item]:
    n = len(t)
    sac_sic = _octets(t.source, 2)
    turned = np.round(t.orientation / (2 * math.pi / 128)) % 128
    composed = np.maximum(t.other_unit, 0).astype(np.int64) << 16 | np.maximum(t.other_number, 0).astype(np.int64) << 1
    return [
        ("010", sac_sic, t.source != NO_SOURCE),
        ("015", _octets(t.service, 1), t.service >= 0),
        ("070", _octets(np.round(t.time_of_day / TIME_UNIT) % round(DAY_S / TIME_UNIT), 3), np.isfinite(t.time_of_day)),
        ("105", _join(_signed(t.lat_deg, LAT_UNIT, 4), _signed(t.lon_deg, LAT_UNIT, 4)), np.ones(n, bool)),
        ("185", _join(_signed(t.east_mps, VELOCITY_UNIT, 2), _signed(t.north_mps, VELOCITY_UNIT, 2)),
         np.isfinite(t.east_mps) & np.isfinite(t.north_mps)),
        ("245", _identification(t.identification), t.identification != ""),
        ("040", _octets(t.track_number, 2), np.ones(n, bool)),
        *_status(t),
        ("290", _join(_octets(np.full(n, 0x80), 1), _limited(t.age, 0.25, 1)), np.isfinite(t.age)),
        ("200", _octets(_movement(t), 1), (t.turning >= 0) | (t.speeding >= 0) | (t.climbing >= 0)),
        *_size(t, turned),
        ("510", _octets(composed, 3), t.other_unit >= 0),
        *_accuracy(t),
    ]  # fmt: skip


def _status(t: SystemTracks) -> list[Item]:
    """080 as short as the bits need: its first octet, second (ended, begun, simulated), fourth (coasted), sixth."""
    has = {flag: (t.status & flag != 0).astype(np.int64) for flag in Status}
    octets = [
        has[Status.MONOSENSOR] << 7 | has[Status.TENTATIVE] << 1,
        has[Status.SIMULATED] << 7 | has[Status.ENDED] << 6 | has[Status.BEGUN] << 5,
        has[Status.AMALGAMATED] << 7,
        has[Status.COASTED] << 7,
        np.zeros(len(t), np.int64),
        has[Status.SURFACE] << 4,
    ]
    last = np.max([place * (octet != 0) for place, octet in enumerate(octets)], axis=0)
    extended = [octet | (last > place) for place, octet in enumerate(octets)]
    return [
        ("080", _join(*(_octets(octet, 1) for octet in extended[: longest + 1])), last == longest)
        for longest in range(len(octets))
    ]


def _movement(t: SystemTracks) -> Array:
    """What is not told is undetermined (3)."""
    turning, speeding, climbing = (np.where(x < 0, 3, x) for x in (t.turning, t.speeding, t.climbing))
    moved: Array = turning.astype(np.int64) << 6 | speeding.astype(np.int64) << 4 | climbing.astype(np.int64) << 2
    return moved


def _size(t: SystemTracks, turned: Array) -> list[Item]:
    """270: length alone, with orientation, with width too (which stands behind the orientation: not without that).

    Seven bits hold no more than 127 m: a longer ship is told as 127 m."""
    length = _units(t.target_length, 1.0, 127)
    known, directed = np.isfinite(t.target_length), np.isfinite(t.orientation)
    wide = known & directed & np.isfinite(t.target_width)
    turned = np.where(directed, turned, 0).astype(np.int64) << 1
    width = _units(t.target_width, 1.0, 127) << 1
    return [
        ("270", _octets(length << 1, 1), known & ~directed),
        ("270", _join(_octets(length << 1 | 1, 1), _octets(turned, 1)), known & directed & ~wide),
        ("270", _join(_octets(length << 1 | 1, 1), _octets(turned | 1, 1), _octets(width, 1)), wide),
    ]


def _accuracy(t: SystemTracks) -> list[Item]:
    """500 with APC and COV, ATV, or both."""
    x, y = np.sqrt(t.cov_ee), np.sqrt(t.cov_nn)
    position = _join(_limited(x, ACCURACY_UNIT, 2), _limited(y, ACCURACY_UNIT, 2))
    covariance = np.sign(t.cov_en) * np.sqrt(np.abs(t.cov_en))
    position = _join(position, _signed(np.nan_to_num(covariance), ACCURACY_UNIT, 2))
    velocity = _join(_limited(t.velocity_sd_east, 0.25, 1), _limited(t.velocity_sd_north, 0.25, 1))
    placed = np.isfinite(x) & np.isfinite(y)
    moving = np.isfinite(t.velocity_sd_east) & np.isfinite(t.velocity_sd_north)

    def behind(specification: int, *parts: Array) -> Array:
        return _join(_octets(np.full(len(t), specification), 1), *parts)

    return [
        ("500", behind(0xC0, position), placed & ~moving),
        ("500", behind(0x04, velocity), moving & ~placed),
        ("500", behind(0xC4, position, velocity), placed & moving),
    ]


def encode_service(
    source: int,
    time_of_day: float,
    batch: int | None = None,
    state: int = 0,
    overload: bool = False,
    service: int | None = None,
    message: int | None = None,
) -> bytes:
    """One category 065 message of `source` (SAC << 8 | SIC): end of batch number `batch`, else the system's status.

    `state`: 0 operational, 1 degraded, 2 not connected, 3 unknown (040/NOGO); `message`: 1 status, 2 end of batch,
    3 service report, where it is not to follow from `batch`.

    >>> encode_service(0x0C22, 60.0, batch=17).hex()
    '41000bd80c2202001e0011'
    """
    kind = message or (1 if batch is None else 2)
    ticks = round(time_of_day / TIME_UNIT) % round(DAY_S / TIME_UNIT)
    items: dict[str, Any] = {"010": {"SAC": source >> 8, "SIC": source & 255}, "000": kind, "030": ticks}
    if service is not None:
        items["015"] = service
    if batch is not None:
        items["020"] = batch % 256
    if kind == 1:
        items["040"] = {"NOGO": state, "OVL": int(overload)}
    return encode([{"category": 65, "items": items}])


def _identification(names: Array) -> Array:
    """(n, 7) octets of 245: not downlinked (1), eight characters of six bits; what the alphabet lacks is a space."""
    codes = {letter: code for code, letter in enumerate(ICAO.tolist()) if letter != " "}
    words = np.zeros(len(names), np.uint64)
    for row in np.flatnonzero(names != "").tolist():
        for letter in str(names[row]).upper().ljust(8)[:8]:
            words[row] = words[row] << np.uint64(6) | np.uint64(codes.get(letter, 32))
    return _join(_octets(np.full(len(names), 0x40), 1), _octets(words, 6))


def _units(values: Array, unit: float, most: int) -> Array:
    """Whole units from 0 to `most`; 0 for what is absent."""
    whole: Array = np.clip(np.rint(np.nan_to_num(values) / unit), 0, most).astype(np.int64)
    return whole


def _limited(values: Array, unit: float, octets: int) -> Array:
    """As octets; what is greater is told as the greatest number."""
    return _octets(_units(values, unit, (1 << 8 * octets) - 1), octets)


def _signed(values: Array, unit: float, octets: int) -> Array:
    """Two's complement, held to its limits."""
    most = (1 << 8 * octets - 1) - 1
    whole = np.clip(np.rint(np.nan_to_num(values) / unit), -most - 1, most).astype(np.int64)
    return _octets(whole & ((1 << 8 * octets) - 1), octets)


def _octets(values: Array, octets: int) -> Array:
    """(n, octets), big-endian."""
    whole = np.nan_to_num(values).astype(np.int64)
    cut: Array = (whole[:, None] >> np.arange(8 * octets - 8, -1, -8) & 0xFF).astype(np.uint8)
    return cut


def _join(*parts: Array) -> Array:
    joined: Array = np.concatenate(parts, axis=1)
    return joined
