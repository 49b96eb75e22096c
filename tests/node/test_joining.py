"""Joined steps and single steps of a recording believe the same."""

import gzip
import time

import numpy as np
import pytest

from mihari.core.health import Health
from mihari.core.reports import Tick
from mihari.feeds.address import FeedAddress
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.replay import recorded
from mihari.joining import Joining
from mihari.pipeline import Pipeline
from recordings import recording


def believed(path, join):
    pipeline = Pipeline()
    joining = Joining(pipeline.take, lambda: pipeline.next_due)
    address = FeedAddress.of_recording(str(path))
    registry, known = SensorRegistry(), -1
    due = (lambda: pipeline.next_due) if join else None
    for given in recorded([address], registry, [Health(0, "a", "a")], time.time, due):
        if registry.version != known:
            known = registry.version
            joining.flush()
            pipeline.know(registry.all())
        (joining.take if join else pipeline.take)(given)
    joining.flush()
    pipeline.take(Tick(pipeline.time + 1.0))
    return pipeline.picture(), pipeline.tracker.tracks()


@pytest.mark.parametrize("start", [0, pytest.param(60_000, marks=pytest.mark.slow)])
def test_joined_steps_give_the_same_vessels_and_tracks(tmp_path, start):
    lines = gzip.decompress(recording("ais/vernon_timed.nm4.gz").read_bytes()).splitlines(keepends=True)
    path = tmp_path / "part.nmea"
    path.write_bytes(b"".join(lines[start : start + 6_000]))
    (one, one_tracks), (many, many_tracks) = believed(path, join=False), believed(path, join=True)
    assert len(one.vessels) > 3
    for name in ("id", "mmsi", "status", "source", "category", "heard_ais", "track"):
        np.testing.assert_array_equal(getattr(one.vessels, name), getattr(many.vessels, name), err_msg=name)
    np.testing.assert_array_equal(one_tracks.id, many_tracks.id)
    np.testing.assert_allclose(one_tracks.lat_deg, many_tracks.lat_deg, atol=1e-9)
    assert {v: i.claims for v, i in one.identities.items()} == {v: i.claims for v, i in many.identities.items()}
