"""Answers of the archive against a search through all inputs."""

import numpy as np
import pytest
from archive_helpers import inputs_of

from mihari.archive import ask
from mihari.archive.reader import ArchiveReader
from mihari.archive.store import hours_in
from mihari.archive.tidy import close_hour
from mihari.archive.writer import Archive, ArchiveSettings
from mihari.core.reports import Batch, Claims, ReportKind, Reports, Tick

T0 = 1_795_143_600.0


@pytest.fixture(scope="module", params=["open", "closed"])
def reader(kept, request, tmp_path_factory):
    """The archive as it was written, and with its hour closed: merged and sorted."""
    import shutil

    folder = shutil.copytree(kept[0], tmp_path_factory.mktemp("asked") / "a")
    if request.param == "closed":
        for hour in hours_in(folder):
            close_hour(folder, str(hour.relative_to(folder)))
    return ArchiveReader(folder)


@pytest.fixture(scope="module")
def told(strait):
    """(mmsi, time, lat_deg, lon_deg) of all positions in the recordings, by the decoder alone."""
    rows = []
    for given in inputs_of(strait)[0]:
        if isinstance(given, Batch):
            r = given.reports
            placed = np.flatnonzero(r.kind == ReportKind.AIS_POSITION)
            mmsi = given.claims.mmsi[r.claim[placed]].tolist()
            place = (r.time[placed].tolist(), r.lat_deg[placed].tolist(), r.lon_deg[placed].tolist())
            rows += zip(mmsi, *place, strict=True)
    return sorted(set(rows))


def test_where_a_vessel_was_is_every_position_it_told(reader, told):
    for mmsi in sorted({m for m, *_ in told})[::40]:
        found = ask.positions(reader, mmsi, 0, 1e12)
        rows = set(zip(found["time"].tolist(), found["lat_deg"].tolist(), found["lon_deg"].tolist(), strict=True))
        assert {r[1:] for r in told if r[0] == mmsi} >= rows
        heard = {(r[2], r[3]) for r in told if r[0] == mmsi}
        assert {r[1:] for r in rows} == heard  # a second station's repeat is not told again, but nothing is missing


def test_only_the_time_that_was_asked_for(reader, told):
    mmsi, time = told[0][0], told[0][1]
    found = ask.positions(reader, mmsi, time - 0.5, time + 0.5)
    assert len(found["time"]) >= 1
    assert np.all(np.abs(found["time"] - time) <= 0.5)


def test_who_was_near_is_what_a_search_through_everything_finds(reader, told):
    from mihari.core.geodesy import inverse

    lat_deg, lon_deg = told[7][2], told[7][3]
    apart = inverse(lat_deg, lon_deg, np.array([r[2] for r in told]), np.array([r[3] for r in told]))[0]
    mmsi = np.array([r[0] for r in told])
    clear = np.abs(apart - 3000.0) > 20.0  # the circle is on a sphere, the search on the ellipsoid
    expected = set(mmsi[(apart < 3000.0) & clear].tolist())
    edge = set(mmsi[~clear].tolist())
    found = {n.mmsi for n in ask.near(reader, lat_deg, lon_deg, 3000.0, 0, 1e12) if n.mmsi}
    assert expected - edge <= found
    assert expected


def test_names_call_signs_and_numbers_find_the_vessel(reader):
    everybody = ask.who(reader, "A")
    named = next(s for s in everybody if s.name and s.call_sign and s.imo)
    for question in ({"text": named.name.lower()}, {"text": named.call_sign}, {"mmsi": named.mmsi}, {"imo": named.imo}):
        assert named.mmsi in {s.mmsi for s in ask.who(reader, **question)}
    assert ask.who(reader, "NO SUCH NAME") == []
    assert ask.who(reader, "'; DROP TABLE x; --") == []


def test_a_vessel_of_the_picture_is_found_by_its_number(reader, kept):
    vessels = kept[1].pipeline.compiler.vessels()
    row = int(np.flatnonzero((vessels.mmsi == 0) & np.isfinite(vessels.heard_radar))[0])
    found = ask.tracked(reader, int(vessels.id[row]), 0, 1e12)
    assert len(found["time"]) >= 3
    assert abs(found["lat_deg"][-1] - vessels.lat_deg[row]) < 0.01


def test_the_raw_bytes_come_back_as_they_came(reader, strait):
    data = [b"".join(d for _, feed, d in ask.raw(reader, -np.inf, 1e12) if feed == k) for k in range(4)]
    for path in strait:
        if path.suffix == ".nmea":
            assert path.read_bytes() in data


def test_over_the_antimeridian_and_at_the_pole(tmp_path):
    archive = Archive(ArchiveSettings(tmp_path / "a", free=0.0))
    archive.open({})
    archive.snapshot({}, T0)
    lat, lon = [-17.0, -17.0, -17.0, 89.999, 89.999], [179.995, -179.995, 179.9, 10.0, -170.0]
    reports = Reports.of(5, claim=np.arange(5), time=T0, received=T0, kind=1, lat_deg=lat, lon_deg=lon)
    archive.took(Batch(reports, Claims.of(5, mmsi=[1, 2, 3, 4, 5])), T0, False)
    archive.took(Tick(T0), T0, False)
    archive.close()
    reader = ArchiveReader(tmp_path / "a")
    assert {n.mmsi for n in ask.near(reader, -17.0, -179.999, 2000.0, T0 - 1, T0 + 1)} == {1, 2}
    assert {n.mmsi for n in ask.near(reader, 90.0, 0.0, 500.0, T0 - 1, T0 + 1)} == {4, 5}
    assert ask.near(reader, 0.0, 0.0, 500.0, T0 - 1, T0 + 1) == []
