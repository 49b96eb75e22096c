"""Vessels and their trails as files that other people's maps read: GeoJSON, KML, GPX, CSV."""

from mihari.formats.exports.geojson import geojson
from mihari.formats.exports.gpx import gpx
from mihari.formats.exports.kml import kml
from mihari.formats.exports.rows import FIELDS, Trail, Vessel, rows_of, trails_of, vessels_of
from mihari.formats.exports.table import csv_of

__all__ = ["FIELDS", "Trail", "Vessel", "csv_of", "geojson", "gpx", "kml", "rows_of", "trails_of", "vessels_of"]
