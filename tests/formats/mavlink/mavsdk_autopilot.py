"""An autopilot in a process of its own, made by MAVSDK: tells its position to a UDP port, takes missions.

python mavsdk_autopilot.py PORT SECONDS
"""

import json
import sys
import time

from mavsdk.component_type import ComponentType
from mavsdk.mavsdk import Configuration, Mavsdk
from mavsdk.plugins.action_server.action_server import ActionServer
from mavsdk.plugins.mission_raw_server.mission_raw_server import MissionRawServer
from mavsdk.plugins.param_server.param_server import ParamServer
from mavsdk.plugins.telemetry_server.telemetry_server import Heading, Position, TelemetryServer, VelocityNed

KEYS = ("seq", "frame", "command", "current", "autocontinue", "param1", "param2", "param3", "x", "y", "z")


def told(result, plan, _):
    """One line with the mission that came."""
    print(json.dumps([{key: getattr(item, key) for key in KEYS} for item in plan.mission_items]), flush=True)


def main(port, seconds):
    mavsdk = Mavsdk(Configuration.create_with_component_type(ComponentType.AUTOPILOT))
    mavsdk.add_any_connection(f"udpout://127.0.0.1:{port}")
    component = mavsdk.server_component()
    kept = ParamServer(component), ActionServer(component)
    missions, telemetry = MissionRawServer(component), TelemetryServer(component)
    missions.subscribe_incoming_mission(told)
    ends = time.monotonic() + seconds
    while time.monotonic() < ends and kept:
        position = Position(41.0123457, 29.0234568, 50.0, 30.0)
        telemetry.publish_position(position, VelocityNed(1.0, 2.0, -0.5), Heading(45.0))
        time.sleep(0.1)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
