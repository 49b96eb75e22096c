"""A vehicle by MAVSDK, in a process of its own: `autopilot.py PORT refuse|obey|fly|still`; a line for what happens.

It takes missions over MAVLink from 127.0.0.1:PORT. `fly`: it is at each item in turn for half a second, tells its
place, and that the item is complete; `still`: it takes missions and stays; `refuse`: it denies each mission
and each command; `obey`: it acknowledges each command (MAVSDK's own server answers few) and is where it was sent.
"""

import json
import sys
import threading
import time

from mavsdk.component_type import ComponentType
from mavsdk.mavsdk import Configuration, Mavsdk
from mavsdk.plugins.action_server.action_server import ActionServer
from mavsdk.plugins.mavlink_direct_server.mavlink_direct_server import MavlinkDirectServer, MavlinkMessage
from mavsdk.plugins.mission_raw_server.mission_raw_server import MissionRawServer
from mavsdk.plugins.param_server.param_server import ParamServer
from mavsdk.plugins.telemetry_server.telemetry_server import Heading, Position, TelemetryServer, VelocityNed

HOME = (26.10, 127.40)


def say(*words):
    """One line, at once."""
    print(*words, flush=True)


class Vehicle:
    """Its mission, and where it is."""

    def __init__(self, port, behaviour):
        self.mavsdk = Mavsdk(Configuration.create_with_component_type(ComponentType.AUTOPILOT))
        self.mavsdk.add_any_connection(f"udpout://127.0.0.1:{port}")
        component = self.mavsdk.server_component()
        self.parameters, self.action = ParamServer(component), ActionServer(component)
        self.telemetry = TelemetryServer(component)
        self.behaviour, self.place, self.items = behaviour, HOME, []
        self.taken = threading.Event()
        if behaviour == "obey":
            self.direct = MavlinkDirectServer(component)
            self.direct.subscribe_message("COMMAND_LONG", self.obey)
            self.direct.subscribe_message("COMMAND_INT", self.obey)
            return
        if behaviour == "refuse":
            self.direct = MavlinkDirectServer(component)
            self.direct.subscribe_message("MISSION_COUNT", self.refuse)
            self.direct.subscribe_message("COMMAND_LONG", self.deny)
            return
        self.missions = MissionRawServer(component)
        self.missions.subscribe_incoming_mission(self.incoming)
        self.missions.subscribe_current_item_changed(lambda item, *_: say("current", item.seq))
        self.missions.subscribe_clear_all(lambda *_: say("cleared"))

    def refuse(self, told, *_):
        """A mission is offered: no."""
        say("refused", told.fields_json)
        fields = {"target_system": told.system_id, "target_component": told.component_id, "type": 14, "mission_type": 0}
        self.direct.send_message(
            MavlinkMessage("MISSION_ACK", 0, 0, told.system_id, told.component_id, json.dumps(fields))
        )

    def deny(self, told, *_):
        """A command comes: no."""
        command = json.loads(told.fields_json)["command"]
        say("refused", command)
        self.acknowledge(told, command, 2)

    def obey(self, told, *_):
        """A command comes: yes."""
        order = json.loads(told.fields_json)
        if "x" in order:
            self.place = (order["x"] / 1e7, order["y"] / 1e7)
        say("ordered", f"{order['command']}:{order.get('x', 0)}:{order.get('y', 0)}:{order.get('z', 0):.0f}")
        self.acknowledge(told, order["command"], 0)

    def acknowledge(self, told, command, result):
        """COMMAND_ACK."""
        fields = {"command": command, "result": result, "progress": 0, "result_param2": 0}
        fields |= {"target_system": told.system_id, "target_component": told.component_id}
        self.direct.send_message(
            MavlinkMessage("COMMAND_ACK", 0, 0, told.system_id, told.component_id, json.dumps(fields))
        )

    def incoming(self, result, plan, *_):
        """A mission was uploaded."""
        self.items = plan.mission_items
        say("mission", result.name, *(f"{i.command}:{i.frame}:{i.x}:{i.y}:{i.z:.0f}" for i in self.items))
        self.taken.set()

    def tell(self):
        """Its place, as it is now."""
        position = Position(*self.place, 300.0, 300.0)
        self.telemetry.publish_position(position, VelocityNed(0.0, 0.0, 0.0), Heading(0.0))

    def fly(self):
        """The mission, item by item."""
        for item in self.items:
            if item.x or item.y:
                self.place = (item.x / 1e7, item.y / 1e7)
            for _ in range(5):
                self.tell()
                time.sleep(0.1)
            self.missions.set_current_item_complete()
            say("complete", item.seq)
        self.items = []


def main():
    """Until standard input ends."""
    vehicle = Vehicle(int(sys.argv[1]), sys.argv[2])
    threading.Thread(
        target=lambda: (sys.stdin.read(), vehicle.mavsdk.destroy(), __import__("os")._exit(0)), daemon=True
    ).start()
    say("up", vehicle.mavsdk.version)
    while True:
        vehicle.tell()
        if vehicle.behaviour == "fly" and vehicle.taken.wait(0.1) and vehicle.items:
            time.sleep(1.0)
            vehicle.fly()
        time.sleep(0.1)


if __name__ == "__main__":
    main()
