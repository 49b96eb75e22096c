"""What the clairvoyant is told: plots without bias and from where the radar was, AIS under the right name."""

import numpy as np
import pyarrow as pa
import pytest
from pyarrow import parquet

from mihari.core import geodesy
from mihari.core.reports import Reports
from mihari.score.files import TruthFile
from mihari.score.labelled import heard, kinds, plotted
from mihari.score.moments import Sailed
from mihari.score.near import points
from mihari.simulate import load
from mihari.simulate.labels import PLOTS

START = 1_795_143_600.0
METRE = 1 / 111_319.49  # degree of the equator


def write_plots(path, **columns):
    n = len(columns["time"])
    rows = {"radar": np.zeros(n, np.int16), "merged": np.zeros(n, bool), **columns}
    parquet.write_table(pa.table({name: rows[name] for name in PLOTS.names}, schema=PLOTS), path)
    return path


def write_truth(path, **columns):
    n = len(columns["time"])
    rows = Sailed.of(n, **{"lat_deg": 0.0, "east_mps": 0.0, "north_mps": 0.0, **columns}).columns()
    kind = pa.array(["ferry"] * n).dictionary_encode()
    parquet.write_table(pa.table(rows | {"kind": kind}), path)
    return path


def test_plots_are_freed_from_the_radar_s_bias(tmp_path):
    scenario = load("radar-bias")
    radar = scenario.radars[0]
    assert radar.range_bias != 0
    assert radar.bearing_bias != 0
    lat, lon = np.array([radar.lat_deg + 0.1, radar.lat_deg]), np.array([radar.lon_deg, radar.lon_deg - 0.1])
    slant, bearing = geodesy.polar_of(radar.lat_deg, radar.lon_deg, radar.height, lat, lon)
    plots = write_plots(
        tmp_path / "plots.parquet", time=np.array([7.0, 8.0, 9.0]) + radar.clock_offset,
        range_m=np.append(slant, 5e3) + radar.range_bias, bearing_rad=np.append(bearing, 0.0) + radar.bearing_bias,
        vessel=np.array([3, 4, -1]),
    )  # fmt: skip
    found = plotted(plots, scenario, tmp_path / "none")
    assert found.vessel.tolist() == [3, 4]
    assert found.time.tolist() == [7.0, 8.0]
    assert np.linalg.norm(points(found.lat_deg, found.lon_deg) - points(lat, lon), axis=1).max() < 1.0


def test_plots_of_a_radar_aboard_are_seen_from_where_the_ship_was(tmp_path):
    scenario = load("imo-2")
    (radar,) = scenario.radars
    assert radar.aboard is not None
    way = np.arange(11.0) * 5.0 * METRE
    truth = write_truth(tmp_path / "truth.parquet", time=START + np.arange(11.0), vessel=0, lon_deg=179.9999 + way)
    slant, bearing = geodesy.polar_of(0.0, 179.9999 + 7.5 * 5 * METRE, radar.height, 0.02, 179.9999)
    plots = write_plots(
        tmp_path / "plots.parquet", time=np.array([START + 7.5]), range_m=np.atleast_1d(slant),
        bearing_rad=np.atleast_1d(bearing), vessel=np.array([1]),
    )  # fmt: skip
    found = plotted(plots, scenario, truth)
    assert np.linalg.norm(points(found.lat_deg, found.lon_deg) - points([0.02], [179.9999])) < 1.0


@pytest.mark.parametrize("shuffled", [False, True])
def test_ais_is_put_to_the_vessel_that_sends_it_second_by_second(tmp_path, shuffled):
    times = np.repeat(np.arange(5.0), 2)
    east = np.where(np.arange(10) % 2 == 0, 0.0, 4000.0) + 10 * times
    columns = {"vessel": np.tile([4, 5], 5), "mmsi": np.tile([244, 244], 5), "lon_deg": east * METRE, "east_mps": 10.0}
    truth = TruthFile(write_truth(tmp_path / "truth.parquet", time=START + times, **columns))
    told = np.array([0.2, 1.9, 2.0, 3.5, 99.0])
    place = np.array([2.0, 4019.0, 20.0, 9000.0, 0.0])
    reports = Reports.of(5, time=START + told, lat_deg=0.0, lon_deg=place * METRE, speed=10.0, course=np.pi / 2)
    order = np.random.default_rng(1).permutation(5) if shuffled else np.arange(5)
    found = heard(reports.take(order), np.full(5, 244), truth)
    assert found.vessel.tolist() == [4, 5, 4]  # the fourth is told from nowhere, the fifth after the truth's end
    assert found.east_mps == pytest.approx([10.0] * 3)


def test_kinds_are_those_of_the_truth_where_it_tells_them(tmp_path):
    path = write_truth(tmp_path / "truth.parquet", time=np.zeros(2), vessel=[4, 9], lon_deg=0.0)
    assert kinds(path) == {4: "ferry", 9: "ferry"}
    parquet.write_table(
        pa.table(Sailed.of(1, time=0.0, vessel=4, lat_deg=0, lon_deg=0, east_mps=0, north_mps=0).columns()), path
    )
    assert kinds(path) == {}
