"""One vessel ⇄ 46 bytes: for acoustic modems and short-burst satellite links, whose messages are that small.

Big-endian, docs/mesh.md: version (low 4 bits) and run of the author (high 4 bits) u1, author u4 (the first half of its
id), vessel u4, UTC u4 (0.25 s since 2020), latitude and longitude i4 (1e-7 degree), velocity east and north i2 (cm/s),
standard deviations of place and velocity u1 each (`rows`), existence u1, status and category u1, source u1, MMSI u4,
born u4 (s since 2020), and a code of 8 bytes (BLAKE2b, RFC 7693, with a key that the coast's nodes share): a signature
of 64 bytes does not fit.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import struct

import numpy as np

from mihari.core.errors import FormatError
from mihari.core.shared import Shared
from mihari.mesh.rows import GRID, SD_LEAST, SD_STEP

VERSION = 1
EPOCH_S = 1_577_836_800.0  # 2020-01-01
TICK_S = 0.25  # u4 of them are 34 years
BODY = struct.Struct(">B4sIIiihhBBBBBiI")
CODE = 8
SIZE = BODY.size + CODE


def encode(rows: Shared, k: int, author: str, key: bytes, run: int = 0) -> bytes:
    """Row `k`; `author`: 16 hexadecimal digits, `key`: 16 to 64 bytes, `run`: of the author, of which 4 bits are told.

    >>> row = Shared.of(1, vessel=7, time=1.8e9, lat_deg=26.2, lon_deg=127.6, east_mps=3.0, north_mps=-1.5,
    ...     mmsi=431000001, cov_ee=100.0, cov_nn=64.0, cov_uu=0.04, cov_vv=0.09, existence=1.0, born=1.79e9)
    >>> frame = encode(row, 0, "00112233445566aa", b"k" * 16)
    >>> len(frame), decode(frame, b"k" * 16)[1].mmsi.tolist()
    (46, [431000001])
    """
    r = {name: values[k].item() for name, values in rows.columns().items()}
    body = BODY.pack(
        VERSION | (run & 15) << 4, bytes.fromhex(author)[:4], r["vessel"] & 0xFFFFFFFF, _ticks(r["time"], TICK_S),
        round(r["lat_deg"] * GRID), round(r["lon_deg"] * GRID), _speed(r["east_mps"]), _speed(r["north_mps"]),
        _sd(r["cov_ee"], r["cov_nn"]), _sd(r["cov_uu"], r["cov_vv"]),
        round(255 * min(max(0.0, r["existence"]), 1.0)), (r["status"] & 3) | r["category"] << 2 & 0xFF, r["source"],
        r["mmsi"], _ticks(r["born"], 1.0),
    )  # fmt: skip
    return body + _code(body, key)


def decode(frame: bytes, key: bytes) -> tuple[str, Shared]:
    """(the first 8 digits of the author's id, its vessel); FormatError for what is none, or not of this coast."""
    if len(frame) != SIZE:
        raise FormatError("length", f"single vessel: {len(frame)} bytes, expected {SIZE}", frame[:64])
    body = frame[: BODY.size]
    if not hmac.compare_digest(_code(body, key), frame[BODY.size :]):
        raise FormatError("signature", "single vessel: its code is not that of this coast's key", frame)
    version, author, vessel, time, lat, lon, east, north, sd, sdv, exists, presence, source, mmsi, born = BODY.unpack(
        body
    )
    if version & 15 != VERSION:
        raise FormatError("version", f"single vessel of version {version & 15}: this release reads {VERSION}", frame)
    place, motion = (SD_LEAST * math.exp(SD_STEP * sd)) ** 2, (SD_LEAST * math.exp(SD_STEP * sdv)) ** 2
    nothing = dict.fromkeys(("cov_en", "cov_eu", "cov_ev", "cov_nu", "cov_nv", "cov_uv"), 0.0)
    return author.hex(), Shared.of(
        1, vessel=vessel, time=EPOCH_S + time * TICK_S, lat_deg=lat / GRID, lon_deg=lon / GRID,
        east_mps=east / 100.0, north_mps=north / 100.0, cov_ee=place, cov_nn=place, cov_uu=motion, cov_vv=motion,
        **nothing, existence=exists / 255.0, status=presence & 3, category=presence >> 2, source=source, mmsi=mmsi,
        born=EPOCH_S + born if born else np.nan,
    )  # fmt: skip


def run_of(frame: bytes) -> int:
    """The run of its author in which a frame was told, 0 to 15: vessels of another run have other ids."""
    return frame[0] >> 4


def _code(body: bytes, key: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=CODE, key=key).digest()


def _ticks(time: float, step: float) -> int:
    return min(max(round((time - EPOCH_S) / step), 0), 0xFFFFFFFF) if math.isfinite(time) else 0


def _speed(value: float) -> int:
    return min(max(round(value * 100), -32767), 32767) if math.isfinite(value) else 0


def _sd(one: float, other: float) -> int:
    """The greater of two variances as one standard deviation, rounded up."""
    greater = max(one, other) if math.isfinite(one + other) else 1e9
    return min(max(math.ceil(math.log(max(greater, SD_LEAST**2)) / 2 / SD_STEP - math.log(SD_LEAST) / SD_STEP), 0), 255)
