"""The items of the UAS Datalink Local Set: tag number, our name, how it is written. MISB ST 0601.8 to 0601.19, table 1.

Angles are radians here and degrees on the wire; positions and corner offsets stay degrees; speeds m/s, lengths m. The
words are the standard's: its "target" (tags 22, 40 to 46, 96) is what the sensor looks at, whatever that is.
Items that are not listed (weapons, laser codes, security and other nested sets among them) keep their octets under
`tag_N`.
"""

from __future__ import annotations

from dataclasses import dataclass

from mihari.formats.klv.kinds import (
    RADIAN,
    Count,
    Imapb,
    Kind,
    Linear,
    Number,
    Signed,
    Text,
    Time,
    angle,
    symmetric,
)

KEY = bytes.fromhex("060e2b34020b01010e01030101000000")  # ST 0601, 6.2
CHECKSUM, VMTI = 1, 74


@dataclass(frozen=True)
class Item:
    """One tag of a local set."""

    tag: int
    name: str
    kind: Kind


HEIGHT = Linear(2, -900.0, 19000.0)
HEIGHT_EXTENDED = Imapb(3, -900.0, 40000.0)
LAT, LON = symmetric(90.0, 4), symmetric(180.0, 4)
OFFSET = symmetric(0.075, 2)
RATE = Imapb(3, -1000.0, 1000.0, RADIAN)
TEXT = Text()

ITEMS = tuple(
    Item(*row)
    for row in (
        (2, "time", Time()),
        (3, "mission_id", TEXT),
        (4, "platform_tail_number", TEXT),
        (5, "platform_heading", angle(360.0, 2, 0.0)),
        (6, "platform_pitch", angle(20.0, 2)),
        (7, "platform_roll", angle(50.0, 2)),
        (8, "platform_true_airspeed", Count(1)),
        (9, "platform_indicated_airspeed", Count(1)),
        (10, "platform_designation", TEXT),
        (11, "image_source_sensor", TEXT),
        (12, "image_coordinate_system", TEXT),
        (13, "sensor_lat_deg", LAT),
        (14, "sensor_lon_deg", LON),
        (15, "sensor_true_altitude", HEIGHT),
        (16, "sensor_horizontal_fov", angle(180.0, 2, 0.0)),
        (17, "sensor_vertical_fov", angle(180.0, 2, 0.0)),
        (18, "sensor_relative_azimuth", angle(360.0, 4, 0.0)),
        (19, "sensor_relative_elevation", angle(180.0, 4)),
        (20, "sensor_relative_roll", angle(360.0, 4, 0.0)),
        (21, "slant_range", Linear(4, 0.0, 5e6)),
        (22, "target_width", Linear(2, 0.0, 1e4)),
        (23, "frame_center_lat_deg", LAT),
        (24, "frame_center_lon_deg", LON),
        (25, "frame_center_elevation", HEIGHT),
        (26, "offset_corner_lat_1_deg", OFFSET),
        (27, "offset_corner_lon_1_deg", OFFSET),
        (28, "offset_corner_lat_2_deg", OFFSET),
        (29, "offset_corner_lon_2_deg", OFFSET),
        (30, "offset_corner_lat_3_deg", OFFSET),
        (31, "offset_corner_lon_3_deg", OFFSET),
        (32, "offset_corner_lat_4_deg", OFFSET),
        (33, "offset_corner_lon_4_deg", OFFSET),
        (34, "icing_detected", Count(1)),
        (35, "wind_direction", angle(360.0, 2, 0.0)),
        (36, "wind_speed", Linear(1, 0.0, 100.0)),
        (37, "static_pressure_mbar", Linear(2, 0.0, 5000.0)),
        (38, "density_altitude", HEIGHT),
        (39, "outside_air_temperature_c", Signed(1)),
        (40, "target_location_lat_deg", LAT),
        (41, "target_location_lon_deg", LON),
        (42, "target_location_elevation", HEIGHT),
        (43, "target_track_gate_width_px", Count(1, factor=2.0)),
        (44, "target_track_gate_height_px", Count(1, factor=2.0)),
        (45, "target_error_ce90", Linear(2, 0.0, 4095.0)),
        (46, "target_error_le90", Linear(2, 0.0, 4095.0)),
        (47, "generic_flags", Count(1)),
        (49, "differential_pressure_mbar", Linear(2, 0.0, 5000.0)),
        (50, "platform_angle_of_attack", angle(20.0, 2)),
        (51, "platform_vertical_speed", symmetric(180.0, 2)),
        (52, "platform_sideslip", angle(20.0, 2)),
        (53, "airfield_pressure_mbar", Linear(2, 0.0, 5000.0)),
        (54, "airfield_elevation", HEIGHT),
        (55, "relative_humidity_percent", Linear(1, 0.0, 100.0)),
        (56, "platform_ground_speed", Count(1)),
        (57, "ground_range", Linear(4, 0.0, 5e6)),
        (58, "platform_fuel_kg", Linear(2, 0.0, 1e4)),
        (59, "platform_call_sign", TEXT),
        (63, "sensor_fov_name", Count(1)),
        (64, "platform_magnetic_heading", angle(360.0, 2, 0.0)),
        (65, "version", Count(1)),
        (67, "alternate_platform_lat_deg", LAT),
        (68, "alternate_platform_lon_deg", LON),
        (69, "alternate_platform_altitude", HEIGHT),
        (70, "alternate_platform_name", TEXT),
        (71, "alternate_platform_heading", angle(360.0, 2, 0.0)),
        (72, "event_start_time", Time()),
        (75, "sensor_ellipsoid_height", HEIGHT),
        (76, "alternate_platform_ellipsoid_height", HEIGHT),
        (77, "operational_mode", Count(1)),
        (78, "frame_center_ellipsoid_height", HEIGHT),
        (79, "sensor_north_velocity", symmetric(327.0, 2)),
        (80, "sensor_east_velocity", symmetric(327.0, 2)),
        (82, "corner_lat_1_deg", LAT),
        (83, "corner_lon_1_deg", LON),
        (84, "corner_lat_2_deg", LAT),
        (85, "corner_lon_2_deg", LON),
        (86, "corner_lat_3_deg", LAT),
        (87, "corner_lon_3_deg", LON),
        (88, "corner_lat_4_deg", LAT),
        (89, "corner_lon_4_deg", LON),
        (90, "platform_pitch_full", angle(90.0, 4)),
        (91, "platform_roll_full", angle(90.0, 4)),
        (92, "platform_angle_of_attack_full", angle(90.0, 4)),
        (93, "platform_sideslip_full", angle(180.0, 4)),
        (96, "target_width_extended", Imapb(3, 0.0, 1.5e6)),
        (103, "density_altitude_extended", HEIGHT_EXTENDED),
        (104, "sensor_ellipsoid_height_extended", HEIGHT_EXTENDED),
        (105, "alternate_platform_ellipsoid_height_extended", HEIGHT_EXTENDED),
        (106, "stream_designator", TEXT),
        (107, "operational_base", TEXT),
        (108, "broadcast_source", TEXT),
        (112, "platform_course", Imapb(2, 0.0, 360.0, RADIAN)),
        (113, "altitude_above_ground", HEIGHT_EXTENDED),
        (114, "radar_altimeter", HEIGHT_EXTENDED),
        (117, "sensor_azimuth_rate", RATE),
        (118, "sensor_elevation_rate", RATE),
        (119, "sensor_roll_rate", RATE),
        (136, "leap_seconds", Signed(4, least=1)),
    )
)
BY_TAG = {item.tag: item for item in ITEMS}
BY_NAME = {item.name: item for item in ITEMS}
NUMBERS = tuple(item for item in ITEMS if isinstance(item.kind, Number))
TEXTS = tuple(item for item in ITEMS if isinstance(item.kind, Text))
TEXT_SLOT = {item.name: slot for slot, item in enumerate(TEXTS)}
SLOT = {item.name: slot for slot, item in enumerate(NUMBERS)}
