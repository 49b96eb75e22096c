"""A neighbour in a process of its own, to be stopped or killed: `peer.py KEYS URL` calls and sends back what comes."""

import sys

from mihari.mesh.keys import Identity
from mihari.mesh.profiles import PROFILES
from mihari.mesh.transport import Arrival, Up
from mihari.mesh.zenoh_transport import ZenohTransport

transport = ZenohTransport(Identity.load(sys.argv[1]), links={sys.argv[2]: PROFILES["lan"]})
while True:
    event = transport.receive(1.0)
    if isinstance(event, Up):
        print("up", flush=True)
    elif isinstance(event, Arrival):
        transport.send(event.peer, event.frame, event.lane)
