"""Vessels as their batches carry them, read column by column as docs/mesh.md lays them out."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest

from mihari.core.columns import specs
from mihari.core.errors import FormatError
from mihari.core.shared import Shared
from mihari.mesh import rows

CUT = 1.8e9
AXES = "enuv"
WIDTHS = [2, 4, 4, 2, 2, *[1] * 10, 1, 1, 1, 2, 1, 1]


def made(n: int, seed: int = 5) -> Shared:
    rng = np.random.default_rng(seed)
    root = rng.normal(size=(n, 4, 4)) * np.exp(rng.normal(1.0, 1.0, (n, 1, 1)))
    cov = root @ root.transpose(0, 2, 1) + 0.01 * np.eye(4)
    spread = {f"cov_{AXES[a]}{AXES[b]}": cov[:, a, b] for a in range(4) for b in range(a, 4)}
    return Shared.of(
        n, vessel=np.arange(n) * 3, time=CUT - rng.uniform(0, 600, n), lat_deg=rng.uniform(-80, 80, n),
        lon_deg=rng.uniform(-180, 180, n), east_mps=rng.normal(0, 8, n), north_mps=rng.normal(0, 8, n), **spread,
        existence=rng.uniform(0, 1, n), heading=rng.uniform(0, math.tau, n), heard_radar=CUT - rng.uniform(0.1, 3e3, n),
        heard_ais=np.where(rng.random(n) < 0.3, np.nan, CUT - 20.0), status=rng.integers(0, 4, n),
        source=rng.integers(0, 32, n), category=rng.integers(0, 20, n),
    )  # fmt: skip


def covariance(told: Shared) -> np.ndarray:
    cov = np.empty((len(told), 4, 4))
    for a in range(4):
        for b in range(a, 4):
            cov[:, a, b] = cov[:, b, a] = getattr(told, f"cov_{AXES[a]}{AXES[b]}")
    return cov


def test_what_is_told_comes_out_within_the_steps_of_its_columns() -> None:
    told = made(2000)
    got = rows.decode(rows.encode(told, CUT), told.vessel, CUT)
    moved = got.time - told.time  # told at a whole step of the age, and moved there
    assert np.abs(moved).max() <= 0.0251
    north = (got.lat_deg - told.lat_deg) * rows.METRES - told.north_mps * moved
    assert np.abs(north).max() < 0.02
    east = (got.lon_deg - told.lon_deg) * rows.METRES * np.cos(np.radians(told.lat_deg)) - told.east_mps * moved
    assert np.abs(east).max() < 0.02
    assert np.abs(got.east_mps - told.east_mps).max() <= 0.00501
    assert np.abs(got.existence - told.existence).max() <= 0.5 / 255 + 1e-6
    turned = np.abs((got.heading - told.heading + math.pi) % math.tau - math.pi)
    assert turned.max() < 2.1 * math.tau / 65536
    assert (np.isnan(got.heard_ais) == np.isnan(told.heard_ais)).all()
    age = (CUT - got.heard_radar) / (CUT - told.heard_radar)
    assert age.min() > 0.97
    assert age.max() < 1.03
    for name in ("status", "source", "category", "vessel"):
        assert (getattr(got, name) == getattr(told, name)).all(), name


def test_no_covariance_comes_out_surer_or_impossible() -> None:
    told = made(2000)
    got = rows.decode(rows.encode(told, CUT), told.vessel, CUT)
    before, after = covariance(told), covariance(got)
    diagonal = np.arange(4)
    grown = after[:, diagonal, diagonal] / before[:, diagonal, diagonal]
    assert grown.min() >= 1.0 - 1e-9
    assert grown.max() < 1.13
    assert np.linalg.eigvalsh(after).min() > 0.0


def test_the_layout_is_the_one_that_is_written_down() -> None:
    told = made(3)
    packed = rows.encode(told, CUT)
    assert packed[0] == 1
    assert len(packed) == 1 + 31 * 3
    assert sum(WIDTHS) == 31
    starts = np.concatenate([[0], np.cumsum(WIDTHS)]) * 3 + 1
    age = struct.unpack_from("<3H", packed, starts[0])
    assert list(age) == np.rint((CUT - told.time) / 0.05).astype(int).tolist()
    lat = np.array(struct.unpack_from("<3i", packed, starts[1])) / 1e7
    assert np.abs(lat - told.lat_deg).max() < 1e-5
    assert list(struct.unpack_from("<3h", packed, starts[3])) == np.rint(told.east_mps * 100).astype(int).tolist()
    sd = 0.02 * np.exp(0.055 * np.array(struct.unpack_from("<3B", packed, starts[5])))
    assert (sd >= np.sqrt(told.cov_ee)).all()
    correlation = np.array(struct.unpack_from("<3b", packed, starts[9])) / 127
    assert np.abs(correlation - told.cov_en / np.sqrt(told.cov_ee * told.cov_nn)).max() < 0.15
    presence = struct.unpack_from("<3B", packed, starts[16])
    assert [p & 3 for p in presence] == told.status.tolist()
    assert [p >> 2 for p in presence] == told.category.tolist()


def test_what_is_not_known_or_beyond_all_bounds_is_told_as_such() -> None:
    absent = {name: np.full(1, np.nan) for name, dtype, _ in specs(Shared) if dtype.kind == "f"}
    told = Shared.of(1, **absent | {"time": np.array([CUT]), "lat_deg": np.zeros(1), "lon_deg": np.zeros(1)})
    got = rows.decode(rows.encode(told, CUT), np.array([1]), CUT)
    assert np.isnan([got.heading[0], got.heard_radar[0], got.heard_ais[0]]).all()
    assert got.cov_ee[0] >= 6e8
    assert got.east_mps[0] == 0.0
    assert got.existence[0] == 0.0
    wild = told.replace(north_mps=[1e9], time=[CUT - 1e7], cov_ee=[np.inf], heard_radar=[CUT + 50.0])
    got = rows.decode(rows.encode(wild, CUT), np.array([1]), CUT)
    assert got.north_mps[0] == pytest.approx(327.67)
    assert got.time[0] == pytest.approx(CUT - 65535 * 0.05)
    assert got.heard_radar[0] == pytest.approx(CUT - 0.1)


def test_a_body_of_another_length_or_version_is_refused() -> None:
    told = made(4)
    packed = rows.encode(told, CUT)
    assert len(rows.decode(packed + b"columns of a later release", told.vessel, CUT)) == 4
    with pytest.raises(FormatError, match="for 4 of them"):
        rows.decode(packed[:-1], told.vessel, CUT)
    with pytest.raises(FormatError):
        rows.decode(b"\x02" + packed[1:], told.vessel, CUT)
    with pytest.raises(FormatError):
        rows.decode(b"", told.vessel[:0], CUT)
    assert len(rows.decode(rows.encode(Shared.empty(), CUT), told.vessel[:0], CUT)) == 0
