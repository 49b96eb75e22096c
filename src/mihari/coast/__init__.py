"""Coastline files -> areas, land masks, distances to shore, terrain and what it hides; imports only core."""

from mihari.coast.area import Area, areas, load
from mihari.coast.geojson import cover, geojson
from mihari.coast.land import LandMask
from mihari.coast.shadow import land_shadow
from mihari.coast.skyline import Skyline, skyline_of
from mihari.coast.terrain import Terrain, load_terrain

__all__ = [
    "Area",
    "LandMask",
    "Skyline",
    "Terrain",
    "areas",
    "cover",
    "geojson",
    "land_shadow",
    "load",
    "load_terrain",
    "skyline_of",
]
