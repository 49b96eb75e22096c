"""Coastline files -> areas, land masks, distances to shore and the shadow of land; imports only core."""

from mihari.coast.area import Area, areas, load
from mihari.coast.geojson import cover, geojson
from mihari.coast.land import LandMask
from mihari.coast.shadow import land_shadow

__all__ = ["Area", "LandMask", "areas", "cover", "geojson", "land_shadow", "load"]
