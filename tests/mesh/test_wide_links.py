"""What a wide link does at once: say hello again, tell places before names."""

from __future__ import annotations

import random

import numpy as np
import pytest
from tests.mesh.virtual import Signatures, author_of, sign

from mihari.mesh import batches, queueing, wire
from mihari.mesh.batches import Kind, Stream
from mihari.mesh.exchange import Exchange
from mihari.mesh.link import Link
from mihari.mesh.profiles import PROFILES
from mihari.mesh.store import Store


@pytest.mark.parametrize(("profile", "again"), [("lan", 0.21), ("radio", 2.01)])
def test_a_hello_that_nobody_answers_is_said_again(profile, again):
    exchange = Exchange(author_of("a"), b"certificate", 1, Signatures(), lambda: 0.0, random.Random(1))
    exchange.up(author_of("b"), PROFILES[profile], 0.0)
    said = [
        (time, part)
        for time in (0.0, 0.1, again)
        for _, data, _ in exchange.poll(time)
        for part, _ in wire.decode(data).parts
    ]
    assert said == [(0.0, wire.Part.HELLO), (again, wire.Part.HELLO)]


def test_places_are_told_before_names():
    store, author = Store(), author_of("a")
    link = Link("b", PROFILES["lan"], 1, 0.0)
    for kind in (Kind.IDENTITIES, Kind.VESSELS):
        stream = Stream(author, 1, kind)
        signed = batches.encode(stream, 1, 1, 1, 100.0, np.array([7]), b"")
        store.take(batches.decode(signed + sign(author, signed)), 0.0)
        link.wait(stream, 1)
    told = [queueing.next_one(link, store, 0.0) for _ in range(3)]
    assert [t and t[0][0].kind for t in told] == [Kind.VESSELS, Kind.IDENTITIES, None]
