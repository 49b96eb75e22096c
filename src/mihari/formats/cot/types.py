"""Vessels and own assets -> CoT types: which symbol other people's maps show.

The codes are those of MITRE's `CoTtypes.xml` (the tree after MIL-STD-2525B; its name of each stands beside it). The
identity is friend for our own, neutral for a vessel that tells who it is, unknown for one that does not: never hostile,
suspect, joker or faker. That a vessel is flagged is told in a remark and in `<mihari flagged="..."/>`; it changes no
symbol.
"""

from __future__ import annotations

from mihari.core.picture import Category

FRIEND, NEUTRAL, UNKNOWN = "f", "n", "u"

SEA = {
    Category.UNKNOWN: "S",  # SEA SURFACE TRACK
    Category.CARGO: "S-X-M-C",  # MERCHANT / CARGO
    Category.TANKER: "S-X-M-O",  # MERCHANT / OILER/TANKER
    Category.PASSENGER: "S-X-M-P",  # MERCHANT / PASSENGER
    Category.FISHING: "S-X-F",  # FISHING
    Category.PLEASURE: "S-X-R",  # LEISURE CRAFT
    Category.HIGH_SPEED: "S-X",  # NON MILITARY: the tree has no high-speed craft
    Category.SERVICE: "S-X",  # NON MILITARY, but for those below
    Category.OTHER: "S-X",  # NON MILITARY
    Category.AIRCRAFT: "A",  # AIR TRACK
    Category.DISTRESS: "X-i-r",  # INCIDENT / RESCUE
}
# AIS ship types (M.1371-5 table 53) that the tree knows more closely than our categories do
SHIP_TYPES = {
    31: "S-X-M-T-O",  # TOWING VESSEL
    32: "S-X-M-T-O",
    52: "S-X-M-T-U",  # TUG
    55: "S-X-L",  # LAW ENFORCEMENT VESSEL
}
ASSETS = {
    "uncrewed aircraft": "A-C-F-q",  # Air/Civ/fixed/rpv, drone, uav
    "aircraft": "A-C-F",  # FIXED WING
    "helicopter": "A-C-H",  # ROTARY WING
    "vessel": "S-X-L",  # LAW ENFORCEMENT VESSEL
    "uncrewed vessel": "S-X",  # NON MILITARY: the tree knows no uncrewed civil vessel
    "underwater vehicle": "U-S-U",  # UNMANNED UNDERWATER VEHICLE (UUV)
    "person": "G-U-C",  # what TAK programs say of their holders
}


def vessel_type(category: int, identity: str, ship_type: int = -1) -> str:
    """The CoT type of a vessel; identity is FRIEND, NEUTRAL or UNKNOWN. ValueError for any other identity.

    >>> vessel_type(Category.FISHING, NEUTRAL), vessel_type(Category.SERVICE, FRIEND, 52), vessel_type(0, UNKNOWN)
    ('a-n-S-X-F', 'a-f-S-X-M-T-U', 'a-u-S')
    """
    if identity not in (FRIEND, NEUTRAL, UNKNOWN):
        raise ValueError(f"identity {identity!r}: expected f, n or u")
    return f"a-{identity}-{SHIP_TYPES.get(ship_type) or SEA.get(Category(category), 'S')}"


def asset_type(kind: str) -> str:
    """The CoT type of one of our own, by the names of `ASSETS`; KeyError for others.

    >>> asset_type("underwater vehicle")
    'a-f-U-S-U'
    """
    return f"a-{FRIEND}-{ASSETS[kind]}"
