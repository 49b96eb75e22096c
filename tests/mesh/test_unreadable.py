"""Whatever others send, reading it ends in rows or in one sentence: text that is no UTF-8, lists without a bottom."""

import msgspec
import numpy as np
import pytest
from tests.mesh.virtual import Net

from mihari.core.errors import FormatError
from mihari.mesh import batches, identities, states, wire
from mihari.mesh.batches import Kind, Stream
from mihari.mesh.transport import Arrival, Lane

ODD = b"\xff\xfe\xfd\xfc"  # no UTF-8
DEEP = b"\x91" * 5000  # a list in a list in a list


def envelope() -> bytes:
    stream = Stream("00112233445566aa", 9, Kind.NODE, 0, "abcd")
    return batches.encode(stream, 1, 1, 1, 100.0, np.array([7]), b"x").replace(b"abcd", ODD) + bytes(64)


def hello() -> bytes:
    told = wire.Hello(b"certificate", 1, "abcd", "0.1.0")
    return wire.frame(1, 0, [wire.message(wire.Part.HELLO, told)]).replace(b"abcd", ODD)


@pytest.mark.parametrize(
    "read",
    [
        lambda: batches.decode(envelope()),
        lambda: wire.decode(hello()),
        lambda: states.decode(states.encode([{"name": "abcd"}]).replace(b"abcd", ODD), 1),
        lambda: states.decode(b"\x91\x81\xa1a" + DEEP, 1),
        lambda: identities.decode(msgspec.msgpack.encode([[1.0, [[7, "abcd"]]]]).replace(b"abcd", ODD), 1),
        lambda: identities.decode(b"\x91\x92\x01\x91" + DEEP, 1),
    ],
)
def test_it_is_refused_in_one_sentence(read):
    with pytest.raises(FormatError) as told:
        read()
    assert told.value.reason == "syntax"
    assert "\n" not in str(told.value)


def test_a_neighbour_that_sends_it_is_counted_and_the_mesh_goes_on():
    net = Net()
    a, b = net.member("a"), net.member("b")
    net.link("a", "b")
    net.run(3.0)
    b.mesh.take(Arrival(a.id, Lane.CONTROL, hello()))
    b.mesh.take(Arrival(a.id, Lane.LIVE, wire.frame(1, 0, [wire.message(wire.Part.BATCH, envelope())])))
    a.mesh.tell(Kind.ALERTS, 7, {"name": "abcd"})
    net.run(5.0)
    assert b.mesh.status()["refused"]["a"]["syntax"] == 2
    assert b.mesh.exchange.store.of(a.id, Kind.ALERTS)
