"""The table of IMC messages that surveillance needs: message -> fields, `ours=theirs` where the names differ.

Angles in names without a suffix are radians, distances m, speeds m/s as IMC has them; `lat`, `lon` become `lat_deg`,
`lon_deg`. Source of the messages, their fields and units: LSTS IMC.xml (IMC 5.4).
"""

from __future__ import annotations

from dataclasses import dataclass

_WHERE = "lat_deg=lat lon_deg=lon z z_units"
_DRIVE = "speed speed_units"

TABLE: dict[str, str] = {
    # where a vehicle is and what it says of itself
    "EstimatedState": "lat_deg=lat lon_deg=lon height x y z phi theta psi u v w vx vy vz p q r depth altitude=alt",
    "Announce": "sys_name sys_type owner lat_deg=lat lon_deg=lon height services",
    "Heartbeat": "",
    "VehicleState": "op_mode error_count error_ents maneuver_type maneuver_stime maneuver_eta_s=maneuver_eta"
    " control_loops flags last_error last_error_time",
    "FuelLevel": "value_percent=value confidence_percent=confidence opmodes",
    "EntityState": "state flags description",
    "GpsFix": "validity type utc_year utc_month utc_day utc_time lat_deg=lat lon_deg=lon height satellites cog sog hdop"
    " vdop hacc vacc",
    # what it sees and hears
    "AisInfo": "msg_type sensor_class mmsi callsign name nav_status type_and_cargo lat_deg=lat lon_deg=lon"
    " course_deg=course speed_kn=speed dist a b c d draught",
    "Target": "label lat_deg=lat lon_deg=lon z z_units cog sog",
    "SonarData": "type frequency_hz=frequency min_range max_range bits_per_point scale_factor beam_config data",
    "BeamConfig": "beam_width beam_height",
    "UamTxFrame": "seq sys_dst flags data",
    "UamRxFrame": "sys_src sys_dst flags data",
    "UamRxRange": "seq sys range=value",
    "UsblAngles": "peer=target bearing elevation",
    "UsblAnglesExtended": "peer=target device_bearing=lbearing device_elevation=lelevation bearing elevation phi theta"
    " psi accuracy",
    "AcousticLink": "peer rssi_db=rssi integrity_percent=integrity",
    # plans
    "PlanControl": "type op request_id plan_id flags arg info",
    "PlanControlState": "state plan_id plan_eta_s=plan_eta plan_progress_percent=plan_progress man_id man_type"
    " man_eta_s=man_eta last_outcome",
    "PlanDB": "type op request_id plan_id arg info",
    "PlanSpecification": "plan_id description vnamespace variables start_man_id maneuvers transitions start_actions"
    " end_actions",
    "PlanManeuver": "maneuver_id data start_actions end_actions",
    "PlanTransition": "source_man dest_man conditions actions",
    "Goto": f"timeout_s=timeout {_WHERE} {_DRIVE} roll pitch yaw custom",
    "Loiter": f"timeout_s=timeout {_WHERE} duration_s=duration {_DRIVE} type radius length bearing direction custom",
    "FollowPath": f"timeout_s=timeout {_WHERE} {_DRIVE} points custom",
    "PathPoint": "x y z",
    "Rows": f"timeout_s=timeout {_WHERE} {_DRIVE} bearing cross_angle width length hstep coff alternation flags custom",
    "PopUp": f"timeout_s=timeout {_WHERE} {_DRIVE} duration_s=duration radius flags custom",
}
POSITIONS = ("EstimatedState", "Announce", "GpsFix", "AisInfo", "Target")  # those that tell where something is


@dataclass(frozen=True, slots=True)
class Field:
    """One value: its name here and in IMC."""

    name: str
    attribute: str

    @property
    def in_degrees(self) -> bool:
        """Whether the wire's radians become degrees."""
        return self.attribute in ("lat", "lon")


def _fields(told: str) -> tuple[Field, ...]:
    pairs = (word.partition("=") for word in told.split())
    return tuple(Field(ours, theirs or ours) for ours, _, theirs in pairs)


FIELDS: dict[str, tuple[Field, ...]] = {name: _fields(told) for name, told in TABLE.items()}
