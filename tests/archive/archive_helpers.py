"""What the archive's tests share: a minute of the simulated strait, through a node and into an archive."""

import numpy as np

from mihari.archive.rows import Step
from mihari.commands.demo import configuration
from mihari.core.config import NodeConfig
from mihari.core.health import Health
from mihari.core.reports import Batch, Sector
from mihari.feeds.address import FeedAddress
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.replay import recorded
from mihari.simulate import Simulation, load
from mihari.simulate.recordings import write_recordings

SECONDS = 45.0


def recordings(folder, seconds=SECONDS):
    write_recordings(Simulation(load("strait")), folder, seconds)
    return sorted([*folder.glob("*.pcap"), *folder.glob("*.nmea")])


def config_of(files, folder, **archive):
    """A node without a screen that reads recordings as fast as it can, and keeps everything."""
    tables = configuration(load("strait"), [1, 2], 0).model_dump(mode="json")
    tables["feed"] = [
        {"url": f"{'file' if p.suffix == '.nmea' else 'pcap'}:{p}?speed=max", "name": p.stem} for p in files
    ]
    tables["face"] = {"enabled": False}
    tables["archive"] = {"enabled": True, "path": str(folder), "free_gb": 0.0, **archive}
    return NodeConfig.model_validate(tables)


def inputs_of(files):
    """(inputs, sensors) of recordings."""
    config = configuration(load("strait"), [1, 2], 0)
    registry = SensorRegistry([s.sensor(i) for i, s in enumerate(config.sensor)])
    addresses = [FeedAddress.of_recording(str(path)) for path in files]
    healths = [Health(i, a.name, a.text) for i, a in enumerate(addresses)]
    return list(recorded(addresses, registry, healths, lambda: 0.0)), registry.all()


def steps_of(inputs):
    return [Step(k, given, float(k), k % 2 == 0) for k, given in enumerate(inputs)]


def same(one, other):
    """Two batches, column by column and bit for bit."""
    for name, column in one.columns().items():
        found = getattr(other, name)
        assert column.dtype == found.dtype, name
        np.testing.assert_array_equal(column, found, name)
        if column.dtype.kind == "f":  # 0.0 and -0.0 are not the same
            np.testing.assert_array_equal(np.signbit(column), np.signbit(found), name)


def same_input(one, other):
    assert type(one) is type(other)
    if isinstance(one, Batch | Sector):
        same(one.reports.replace(key=np.zeros(len(one.reports))), other.reports)  # keys are not kept
    if isinstance(one, Batch):
        same(one.claims, other.claims)
    elif isinstance(one, Sector):
        fields = ("sensor", "time", "received", "start", "end", "lat_deg", "lon_deg")
        np.testing.assert_array_equal([getattr(one, f) for f in fields], [getattr(other, f) for f in fields])
    else:
        assert one == other
