"""Ten times more than a node can take: it says so, throws the oldest away, writes that down, and never stalls."""

import threading

from node_helpers import free_port, until

from mihari.archive.reader import ArchiveReader
from mihari.core.config import NodeConfig
from mihari.core.reports import Batch, Claims, ReportKind, Reports
from mihari.feeds.inputs import InputQueue
from mihari.node import Node

ROOM = 500  # reports that the queue holds


def batch(number, time):
    reports = Reports.of(
        100, feed=0, time=time, received=time, kind=ReportKind.AIS_POSITION, lat_deg=26.0, lon_deg=127.0, speed=0.0,
        offset=range(100 * number, 100 * number + 100), claim=range(100),
    )  # fmt: skip
    return Batch(reports, Claims.of(100, mmsi=range(431000000, 431000100)))


def test_ten_times_too_much_is_told_shed_from_the_oldest_on_written_down_and_worked_off(tmp_path):
    config = NodeConfig.model_validate(
        {
            "feed": [{"url": f"udp://127.0.0.1:{free_port()}", "format": "ais", "name": "flood"}],
            "face": {"enabled": False},
            "archive": {"enabled": True, "path": str(tmp_path / "archive"), "free_gb": 0.0},
        }
    )
    node = Node(config)
    node.inputs = node.hub.inputs = InputQueue(rows=ROOM)
    taken, busy, free = [], threading.Event(), threading.Event()
    take = node._take

    def slowly(given):
        if isinstance(given, Batch):
            busy.set()
            assert free.wait(60)
            taken.append(int(given.reports.offset[0]) // 100)
        take(given)

    node._take = slowly
    with node:
        health = node.hub.healths[0]
        now = node.clock()
        node.inputs.offer(batch(0, now), health)
        assert busy.wait(60)
        for number in range(1, 50):  # ten times what there is room for, while the pipeline is at the first
            node.inputs.offer(batch(number, now + 0.01 * number), health)
        assert node.inputs.rows <= ROOM
        free.set()
        until(lambda: len(node.inputs) == 0 and taken and taken[-1] == 49)
        assert taken == [0, *range(46, 50)]  # the oldest went
        assert health.shed == 45
        until(lambda: any(key.startswith("shed") for key in node.watch.book.standing))
        node.inputs.offer(batch(50, node.clock()), health)
        until(lambda: taken[-1] == 50)
    assert node.failure is None
    events = ArchiveReader(tmp_path / "archive").events()
    assert {"flood": 45} in [what for _, _, kind, what in events if kind == "shed"]
    assert any(what["key"].startswith("shed") for _, _, kind, what in events if kind == "alarm")
