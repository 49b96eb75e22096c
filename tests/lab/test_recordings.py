"""The loaders: rows counted, planes the right way round, licences told."""

from __future__ import annotations

import numpy as np
import pytest

from mihari.core.errors import BadInput
from mihari.lab.recordings import autoferry, canal, joyride, solent
from recordings import ROOT, recording


def test_joyride_is_one_boat_in_238_scans():
    recording(joyride.NAME)
    ride = joyride.load(ROOT)
    assert (len(ride.looks), len(ride.truth), len(ride.plots)) == (238, 238, 432)
    assert ride.licence.startswith("CC0")
    # the truth's velocity is the change of its place: columns are not mixed up
    east = np.gradient(ride.truth.east, ride.truth.time)
    assert np.corrcoef(east, ride.truth.east_mps)[0, 1] > 0.95
    near = [
        np.hypot(*(ride.seen(k) - (ride.truth.east[k], ride.truth.north[k])).T).min(initial=np.inf) < 60.0
        for k in range(238)
    ]
    assert np.mean(near) > 0.8


@pytest.mark.parametrize("scenario", [2, 17])
def test_autoferry_has_plots_of_its_boats(scenario):
    recording(f"tracking/autoferry/scenario{scenario}/scenario{scenario}_detections.json")
    ferry = autoferry.load(scenario, ROOT)
    assert np.all(np.diff(ferry.looks.time) >= 0)
    assert set(np.unique(ferry.looks.sensor)) == {0, 1, 2, 3}
    cameras = np.isin(ferry.looks.sensor[ferry.plots.look], (autoferry.INFRARED, autoferry.VIDEO))
    assert np.array_equal(np.isfinite(ferry.plots.bearing), cameras)
    off = []
    for look in np.flatnonzero(ferry.looks.sensor == autoferry.RADAR).tolist():
        boats, plots = ferry.where(float(ferry.looks.time[look]))[1], ferry.seen(look)
        if len(boats) and len(plots):
            off.append(np.linalg.norm(boats[:, None] - plots, axis=2).min())
    assert np.median(off) < 15.0


def test_the_canal_has_its_recordings_in_order():
    recording(canal.NAME)
    parts = canal.load(600.0, ROOT)
    assert len(parts) == 5
    for part in parts:
        assert np.ptp(part.looks.time) > 600.0
        assert np.all(np.diff(part.plots.look) >= 0)
        assert np.hypot(part.plots.east, part.plots.north - canal.RADAR_NORTH).max() < 300.0


def test_the_solent_has_91_vessels():
    recording(solent.NAME)
    heard = solent.load(ROOT)
    assert (len(heard.reports), len(heard.claims)) == (18_623, 91)
    assert len(np.unique(heard.mmsi)) == 91
    assert np.all(np.diff(heard.reports.time) >= 0)
    assert np.nanmax(heard.reports.course) < 2 * np.pi


def test_a_recording_that_is_not_there_is_told(tmp_path, monkeypatch):
    with pytest.raises(BadInput, match="no such recording"):
        joyride.load(tmp_path)
    monkeypatch.delenv("MIHARI_DATA", raising=False)
    with pytest.raises(BadInput, match="MIHARI_DATA"):
        solent.load()
