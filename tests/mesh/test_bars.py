"""What the mesh's benchmark makes of what its nodes have noted: nothing that is missing passes for good."""

from __future__ import annotations

import math

import numpy as np
import pytest
from benchmarks import mesh_notes as notes
from benchmarks.mesh_notes import Notes, Seen

from mihari.mesh.batches import Kind


def seen(at, kind, order, keys=(), cut=0.0, grade=2):
    return Seen(at, int(kind), grade, order, cut, 100, np.array(keys, np.int64))


def where(at, ids, lat_deg):
    return at, np.array(ids), np.array(lat_deg), np.zeros(len(ids))


def test_who_is_lacking_is_infinitely_far():
    own = [where(10.0, [1, 2], [40.0, 41.0]), where(11.0, [1], [40.0])]
    off = notes.errors(own, [where(10.0, [1], [40.001])], 0.0)
    assert off == pytest.approx([111.195, math.inf, math.inf])


def test_an_alarm_that_never_came_took_for_ever():
    told = [seen(1.0, Kind.ALERTS, 5), seen(2.0, Kind.ALERTS, 6), seen(9.0, Kind.ALERTS, 7)]
    took = notes.alarms(Notes(told=told), Notes(heard=[seen(1.5, Kind.ALERTS, 5)]), 8.0)
    assert took.tolist() == [0.5, math.inf]


def test_the_same_is_who_has_all_that_was_told_or_newer():
    teller = Notes(told=[seen(1.0, Kind.VESSELS, 1, [1, 2]), seen(2.0, Kind.VESSELS, 2, [2])])
    old = [seen(4.0, Kind.VESSELS, 1, [1, 2])]
    assert notes.same_after(teller, Notes(heard=old), 3.0) == math.inf
    assert notes.same_after(teller, Notes(heard=[*old, seen(5.0, Kind.VESSELS, 9, [2])]), 3.0) == 2.0


def test_a_row_is_as_late_as_the_picture_that_changed_it():
    teller = Notes(offers=[(1.0, 3), (1.1, 4)])  # vessel 1 changed in the first, 2 in the second
    hearer = Notes(heard=[seen(1.2, Kind.VESSELS, 1, [1, 2], cut=1.15)])
    assert notes.delays(teller, hearer, 2, 0.0, 9.0) == pytest.approx([0.2, 0.1])
    until = notes.on_screen([(1.25, 7)], [(6, 1.3), (8, 1.4)])
    assert until(1.2) == 1.4
