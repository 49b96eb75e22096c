"""The table of sentences: formatter -> fields. IEC 61162-1 edition 5, 8.3; alert sentences also IEC 62923-1.

Distances and speeds of TTM, OSD and RSD are in the unit that the sentence itself names (`units`): K km and km/h,
N nautical miles and knots, S statute miles and miles per hour.
"""

from __future__ import annotations

from mihari.formats.nmea.fields import (
    Field,
    Kind,
    Sentence,
    code,
    easterly,
    fixed,
    integer,
    latitude,
    longitude,
    number,
    text,
    utc,
)

_STATUS = "AV"  # data valid, not valid
_REFERENCE = "BMWRP"  # bottom log, manual, water, radar tracking, positioning system
_UNITS = "KNS"
_ALERT = (text("manufacturer"), integer("alert"), integer("instance"))

_ALL = (
    Sentence(
        "ACN",
        "alert command",
        (utc(), *_ALERT, code("command", "AQOS"), code("state", "C")),
        5,
        "IEC 61162-1, 8.3; IEC 62923-1",
    ),
    Sentence(
        "ALC",
        "cyclic list of alerts",
        (integer("total", 2), integer("number", 2), integer("sequence", 2), integer("entries", 2),
         Field("alerts", Kind.ALERTS)),
        4,
        "IEC 61162-1, 8.3; IEC 62923-1",
    ),
    Sentence(
        "ALF",
        "one alert",
        (integer("total"), integer("number"), integer("sequence"), utc(), code("category", "ABC"),
         code("priority", "EAWC"), code("state", "ASNOUV"), *_ALERT, integer("revision"), integer("escalation"),
         text("text")),
        12,
        "IEC 61162-1, 8.3; IEC 62923-1",
    ),
    Sentence(
        "ARC",
        "refused alert command",
        (utc(), *_ALERT, code("command", "AQOS")),
        5,
        "IEC 61162-1, 8.3; IEC 62923-1",
    ),
    Sentence(
        "GGA",
        "position of a satellite receiver",
        (utc(), latitude(), longitude(), integer("quality"), integer("satellites", 2), number("hdop"),
         number("altitude"), fixed("M"), number("geoid"), fixed("M"), number("age_s"), integer("station", 4)),
        9,
    ),
    Sentence("GLL", "position", (latitude(), longitude(), utc(), code("status", _STATUS), code("mode")), 4),
    Sentence("HBT", "heartbeat", (number("interval_s"), code("status", _STATUS), integer("sequence")), 2),
    Sentence(
        "HDG",
        "magnetic heading, deviation, variation",
        (number("heading_magnetic_deg"), easterly("deviation_deg"), easterly("variation_deg")),
        1,
    ),
    Sentence("HDT", "true heading", (number("heading_deg"), fixed("T")), 1),
    Sentence(
        "OSD",
        "own ship",
        (number("heading_deg"), code("heading_status", _STATUS), number("course_deg"),
         code("course_reference", _REFERENCE), number("speed"), code("speed_reference", _REFERENCE),
         number("set_deg"), number("drift"), code("units", _UNITS)),
        6,
    ),
    Sentence(
        "RMC",
        "recommended minimum of a satellite receiver",
        (utc(), code("status", _STATUS), latitude(), longitude(), number("speed_kn"), number("course_deg"),
         Field("date", Kind.DATE), easterly("variation_deg"), code("mode"), code("navigation", "SCUV")),
        9,
    ),
    Sentence(
        "RSD",
        "settings of a radar's screen",
        (number("origin_1_range"), number("origin_1_bearing_deg"), number("marker_1_range"),
         number("line_1_bearing_deg"), number("origin_2_range"), number("origin_2_bearing_deg"),
         number("marker_2_range"), number("line_2_bearing_deg"), number("cursor_range"),
         number("cursor_bearing_deg"), number("range_scale"), code("units", _UNITS), code("rotation", "CHN")),
        13,
    ),
    Sentence("THS", "true heading and how it was found", (number("heading_deg"), code("mode", "AEMSV")), 2),
    Sentence(
        "TLL",
        "latitude and longitude of a tracked vessel",
        (integer("number", 2), latitude(), longitude(), text("name"), utc(), code("status", "LQT"),
         code("reference", "R")),
        6,
    ),
    Sentence(
        "TTD",
        "tracked vessels, six bits a character",
        (Field("total", Kind.HEX, "", 2), Field("number", Kind.HEX, "", 2), integer("sequence"), text("payload"),
         integer("fill")),
        5,
        mark="!",
    ),
    Sentence(
        "TTM",
        "a tracked vessel seen from own ship",
        (integer("number", 2), number("distance"), number("bearing_deg"), code("bearing_reference", "TR"),
         number("speed"), number("course_deg"), code("course_reference", "TR"), number("cpa_distance"),
         number("cpa_time_min"), code("units", _UNITS), text("name"), code("status", "LQT"), code("reference", "R"),
         utc(), code("acquisition", "AMR")),
        10,
    ),
    Sentence(
        "VHW",
        "heading and speed through the water",
        (number("heading_deg"), fixed("T"), number("heading_magnetic_deg"), fixed("M"), number("speed_kn"),
         fixed("N"), number("speed_kmh"), fixed("K")),
        5,
    ),
    Sentence(
        "VTG",
        "course and speed over ground",
        (number("course_deg"), fixed("T"), number("course_magnetic_deg"), fixed("M"), number("speed_kn"),
         fixed("N"), number("speed_kmh"), fixed("K"), code("mode")),
        8,
    ),
    Sentence(
        "ZDA",
        "time and date",
        (utc(), integer("day", 2), integer("month", 2), integer("year", 4), integer("zone_h", 2),
         integer("zone_min", 2)),
        4,
    ),
)  # fmt: skip

SENTENCES: dict[str, Sentence] = {sentence.formatter: sentence for sentence in _ALL}
AIS = ("VDM", "VDO")  # read and written by `mihari.formats.ais`
