"""A patrol file as small as they come: one aircraft, one field, eight hours."""

ISLAND = """
name = "Island"
start = 2026-11-21T00:00:00Z
hours = 8
[area]
lat_deg = 26.0
lon_deg = 126.0
along_km = 80
across_km = 40
[[demand]]
name = "all"
every_h = 1
[[base]]
name = "field"
lat_deg = 26.3
lon_deg = 126.2
offers = ["runway"]
[[asset]]
name = "tb2"
platform = "tb2"
home = "field"
"""
