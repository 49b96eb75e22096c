"""A zone that is drawn while a node runs is watched from then on, and after a new start; real sockets, a fast clock."""

import math
import socket
import time

from node_helpers import free_port, listening, position, until

from mihari.alerts import ask
from mihari.alerts.actions import By
from mihari.alerts.zones import put
from mihari.core.config import load
from mihari.core.zones import Watch, Zone, feature_of
from mihari.formats.ais import encode
from mihari.node import Node

FASTER = 60.0  # a minute of the node in a second
BEGAN = 1_790_000_000.0
CLOSED = Zone("reef", "closed", (((25.9, 127.0), (25.9, 127.2), (26.1, 127.2), (26.1, 127.0)),),
              watch=Watch(enter=True, urgency="warning"))  # fmt: skip
NODE = """[node]
name = "naha"
[face]
enabled = false
[alerts]
records = "{records}"
[[feed]]
url = "udp://127.0.0.1:{port}"
format = "ais"
"""


def alerts(node):
    with node.desk.records.read() as connection:
        return [(a["kinds"], a["urgency"], a["because"]) for a in ask.listed(connection)]


def test_a_zone_drawn_now_raises_an_alert_and_stands_after_a_new_start(tmp_path):
    port, path, start = free_port(), tmp_path / "node.toml", time.monotonic()
    path.write_text(NODE.format(port=port, records=(tmp_path / "records.sqlite").as_posix()))

    def clock():
        return BEGAN + FASTER * (time.monotonic() - start)

    with Node(load(path), clock=clock) as node, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        listening(node)
        begun = clock()

        def sail():
            """East at 19 kn, 1.5 km off the zone at first."""
            east = (clock() - begun) * 9.8 / 100_000.0
            message = position(431000001, 26.0, 126.985 + east) | {"speed": 9.8, "course": math.pi / 2}
            out.sendto(b"".join(encode(message)), ("127.0.0.1", port))
            time.sleep(0.1)

        def found():
            sail()
            return alerts(node)

        until(lambda: sail() or node.lookout.engine.counts.sightings > 5)
        assert node.lookout.zones == ()
        put(node.desk.records, By("Sato", clock()), feature_of(CLOSED))
        until(lambda: sail() or node.lookout.zones == (CLOSED,), 5.0 if node.pipeline.reports else 100.0)
        until(found, 60.0)
        (kinds, urgency, because), *others = alerts(node)
        assert (kinds, urgency, others) == (["zone_enter"], "warning", [])
        assert "reef" in because
    again = Node(load(path), clock=clock)
    with again:
        assert again.lookout.zones == (CLOSED,)
        assert again.lookout.engine.places.flag_of("reef") is not None
