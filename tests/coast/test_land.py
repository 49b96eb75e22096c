"""Land, water and the way to the shore: known places, and brute force over the polygons."""

import numpy as np
import pytest

from mihari.coast import Area, LandMask, land_shadow, load
from mihari.core.geodesy import direct, ecef

shapely = pytest.importorskip("shapely")

MASKS: dict[str, LandMask] = {}


def mask_of(name: str) -> LandMask:
    if name not in MASKS:
        MASKS[name] = LandMask(load(name))
    return MASKS[name]


WATER = {
    "nansei": {
        "middle of the Miyako strait": (25.50, 126.40),
        "off Naha": (26.22, 127.62),
        "Kerama channel": (26.20, 127.52),
        "strait between Ie and Motobu": (26.695, 127.845),
        "Oura bay": (26.53, 128.06),
        "between Iriomote and Ishigaki": (24.36, 124.02),
    },
    "aegean": {
        "Dardanelles, the narrows at Canakkale": (40.150, 26.392),
        "Dardanelles at Nara": (40.205, 26.375),
        "Dardanelles off Lapseki": (40.350, 26.640),
        "between Imroz and the peninsula": (40.20, 26.10),
        "Mytilini strait": (39.20, 26.60),
        "Trikeri channel": (39.09, 23.05),
        "gulf of Saros": (40.55, 26.50),
        "Skiathos channel": (39.15, 23.365),
    },
    "world": {"south Pacific": (-30.0, -140.0), "Bering Sea": (58.0, 179.0), "Caspian Sea": (41.0, 51.0)},
}
LAND = {
    "nansei": {
        "Yonaha-dake": (26.717, 128.219),
        "Omoto-dake, Ishigaki": (24.427, 124.184),
        "Komi-dake, Iriomote": (24.36, 123.88),
        "middle of Miyako": (24.78, 125.33),
        "Shuri castle": (26.217, 127.719),
        "middle of Kume": (26.35, 126.78),
    },
    "aegean": {
        "Athos": (40.158, 24.327),
        "Fengari, Samothraki": (40.461, 25.593),
        "Ypsarion, Thasos": (40.70, 24.70),
        "Lepetymnos, Lesbos": (39.36, 26.27),
        "Bozcaada": (39.82, 26.04),
        "Ida": (39.70, 26.86),
        "Kilitbahir": (40.152, 26.355),
    },
    "world": {"Chukotka, east of 180": (67.0, -175.0), "Chukotka, west of 180": (67.5, 178.0), "pole": (-90.0, 12.0)},
}


@pytest.mark.parametrize("name", WATER)
def test_known_water_is_water_and_known_peaks_are_land(name):
    mask = mask_of(name)
    for place, (lat, lon) in WATER[name].items():
        assert not mask.on_land(lat, lon), place
    for place, (lat, lon) in LAND[name].items():
        assert mask.on_land(lat, lon), place


def polygons_of(area: Area):
    """The area's land as one shape, by an independent reading of the rings: the even ones are cut out."""
    rings = [shapely.Polygon(np.column_stack([area.lon_deg[a:b], area.lat_deg[a:b]]))
             for a, b in zip(area.starts[:-1], area.starts[1:], strict=True)]  # fmt: skip
    odd = [r for r, level in zip(rings, area.level, strict=True) if level % 2]
    even = [r for r, level in zip(rings, area.level, strict=True) if level % 2 == 0]
    return shapely.union_all(shapely.make_valid(odd)).difference(shapely.union_all(shapely.make_valid(even)))


@pytest.mark.parametrize("name", ["nansei", "aegean"])
def test_mask_equals_the_polygons_everywhere_and_at_the_shore(name):
    area, rng = load(name), np.random.default_rng(1)
    anywhere = rng.uniform([area.south_deg, area.west_deg], [area.north_deg, area.east_deg], (20_000, 2))
    at = rng.integers(0, len(area.lat_deg), 60_000)
    shore = np.column_stack([area.lat_deg, area.lon_deg])[at]
    shore = shore + rng.normal(size=shore.shape) * 10 ** rng.uniform(-6, -3, (len(shore), 1))
    lat, lon = np.concatenate([anywhere, shore]).T
    inside = area.covers(lat, lon)
    land = polygons_of(area)
    shapely.prepare(land)
    expected = shapely.contains_xy(land, lon, lat) & inside
    assert (mask_of(name).on_land(lat, lon) == expected).all()


def test_cells_of_any_size_give_the_same_answers():
    area, rng = load("nansei"), np.random.default_rng(2)
    at = rng.integers(0, len(area.lat_deg), 5000)
    lat = area.lat_deg[at] + rng.normal(size=5000) * 1e-3
    lon = area.lon_deg[at] + rng.normal(size=5000) * 1e-3
    fine = mask_of("nansei").on_land(lat, lon)
    for cell_m in (1000.0, 30_000.0):
        assert (LandMask(area, cell_m).on_land(lat, lon) == fine).all()


@pytest.mark.parametrize("west_deg", [20.0, 179.5, -180.0])
def test_a_lake_is_water_across_the_antimeridian_too(west_deg, square):
    mask = LandMask(square(west_deg=west_deg))
    lon = west_deg + np.array([0.1, 0.3, 0.5, 0.7, 0.9])
    wrapped = (lon + 180) % 360 - 180
    expected = [False, True, False, True, False]
    assert mask.on_land(10.5, lon).tolist() == mask.on_land(10.5, wrapped).tolist() == expected
    assert mask.on_land(np.full((2, 1), 10.5), wrapped).tolist() == [expected, expected]


def test_outside_the_box_and_absent_positions_are_not_land():
    mask = mask_of("nansei")
    assert not mask.on_land([35.0, np.nan, 26.5, 26.5], [139.0, 127.9, np.nan, 300.0]).any()
    assert mask.on_land([], []).shape == (0,)
    assert np.isnan(mask.distance_to_shore(np.nan, 127.0))


def test_an_area_without_land_is_all_water():
    nothing = Area("sea", "Sea", "", 0.0, 0.0, 1.0, 1.0, np.zeros(0), np.zeros(0), np.zeros(1, int), np.zeros(0, "u1"))
    mask = LandMask(nothing)
    assert not mask.on_land(0.5, 0.5)
    assert mask.distance_to_shore(0.5, 0.5) == np.inf
    assert not mask.near_land(0.5, 0.5, 1e6)
    assert land_shadow(mask, 0.5, 0.5, [0.0], 10e3).tolist() == [np.inf]


def test_distance_to_shore_equals_brute_force_over_all_edges():
    area, mask, rng = load("nansei"), mask_of("nansei"), np.random.default_rng(3)
    lat = np.concatenate([rng.uniform(23.8, 27.6, 150), area.lat_deg[::70] + 2e-3])
    lon = np.concatenate([rng.uniform(123.8, 129.6, 150), area.lon_deg[::70] - 1e-3])
    shore = area.is_shore()
    lat1, lon1, lat2, lon2 = (end[shore] for end in area.edges())
    start, step = ecef(lat1, lon1), ecef(lat2, lon2) - ecef(lat1, lon1)
    exact = []
    for point in ecef(lat, lon):
        along = np.clip(((point - start) * step).sum(axis=1) / (step**2).sum(axis=1), 0, 1)
        exact.append(np.linalg.norm(point - start - along[:, None] * step, axis=1).min())
    error = mask.distance_to_shore(lat, lon) - exact
    assert error.min() > -1e-6
    assert error.max() < 75
    assert np.quantile(error, 0.95) < 0.001


def test_the_cut_along_the_box_is_no_shore():
    aegean = load("aegean")
    lat = 41.19  # Rhodope mountains, 1 km inside the northern edge
    assert mask_of("aegean").on_land(lat, 24.5)
    assert mask_of("aegean").distance_to_shore(lat, 24.5) > 20e3
    assert (~aegean.is_shore()).sum() >= 3


def test_near_land_is_land_and_the_strip_before_it(square):
    mask = LandMask(square())
    lat, lon = np.full(4, 10.3), np.array([20.1, 20.19, 20.3, 20.9])
    assert mask.near_land(lat, lon, 2000.0).tolist() == [False, True, True, False]


def test_land_hides_what_lies_behind_it_and_nothing_else(square):
    mask = LandMask(square())
    seen = land_shadow(mask, 10.5, 20.1, [np.pi / 2, 1.5 * np.pi, 0.0], 40e3)
    assert seen[0] == pytest.approx(0.1 * 111_320 * np.cos(np.radians(10.5)), rel=0.01)
    assert np.isinf(seen[1:]).all()
    shore = direct(10.5, 20.1, np.pi / 2, [seen[0] - 2.0, seen[0] + 2.0])
    assert mask.on_land(*shore).tolist() == [False, True]


def test_the_masts_own_ground_hides_nothing_but_the_island_behind_it_does(square):
    mask = LandMask(square())
    seen = land_shadow(mask, 10.5, 20.205, [1.5 * np.pi, np.pi / 2], 40e3, own_ground=1500.0)
    assert seen.tolist() == [np.inf, 1500.0]


def test_shorter_reach_than_own_ground_sees_all(square):
    assert np.isinf(land_shadow(LandMask(square()), 10.5, 20.1, [np.pi / 2], 1000.0)).all()
