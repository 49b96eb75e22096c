"""What the tests of whole nodes share: sentences, ports, waiting for something to hold."""

import functools
import operator
import socket
import time

from mihari.formats.ais import encode

PATIENCE_S = 100.0  # kernels may have to be compiled first, on a busy machine


def free_port(kind=socket.SOCK_DGRAM):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def until(holds, patience=PATIENCE_S):
    deadline = time.monotonic() + patience
    while not holds():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)


def listening(node):
    until(lambda: all(health.state in ("listening", "connected") for health in node.hub.health()))


def checked(body):
    """A sentence from its body, with its checksum."""
    return b"!" + body + b"*%02X\r\n" % functools.reduce(operator.xor, body, 0)


def position(mmsi, lat_deg, lon_deg, **more):
    return {"message_type": 1, "mmsi": mmsi, "lat_deg": lat_deg, "lon_deg": lon_deg, "speed": 0.0, **more}


def good(count):
    """One position each of so many vessels at rest, far from each other."""
    return [b"".join(encode(position(431000000 + k, 26.0 + 0.1 * k, 127.0))) for k in range(count)]
