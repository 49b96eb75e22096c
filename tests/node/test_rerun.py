"""A station whose line was cut sends what it heard meanwhile: the node runs it again from its archive, over UDP."""

import socket
import time

from node_helpers import free_port, listening, position, until

from mihari.archive.reader import ArchiveReader
from mihari.core.config import NodeConfig
from mihari.formats.ais import encode
from mihari.node import Node
from mihari.rebuild import verified

FASTER = 10.0  # seconds of the node's clock in one


def moving(k, when, start):
    """Vessel k on its way north-east at 8 m/s."""
    dt = when - start
    north, east = 26.0 + 0.1 * k + 5.66 * dt / 111120.0, 127.0 + 5.66 * dt / 99800.0
    told = position(431000000 + k, north, east, speed=8.0, course=0.785, second=int(when) % 60)
    return b"".join(encode(told, time=float(int(when)), station="NAHA"))


def test_what_a_station_sends_after_its_line_was_cut_is_run_again_in_its_place(tmp_path):
    start, began, port = float(int(time.time())), time.monotonic(), free_port()

    def clock():
        return start + FASTER * (time.monotonic() - began)

    config = NodeConfig.model_validate(
        {
            "node": {"late_s": 0.0, "rerun_h": 1.0},
            "feed": [{"url": f"udp://127.0.0.1:{port}", "format": "ais", "clock_offset_max_s": 3600.0}],
            "face": {"enabled": False},
            "alerts": {"enabled": False},
            "archive": {"enabled": True, "path": str(tmp_path / "archive"), "free_gb": 0.0, "snapshot_s": 10.0},
        }
    )
    with Node(config, clock=clock, steady=clock) as node, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        listening(node)

        def send(vessels, when):
            for k in vessels:
                out.sendto(moving(k, when, start), ("127.0.0.1", port))

        held, first, due = [], clock(), clock()
        while clock() < first + 90.0:  # four vessels all the time; the station of two others is cut off for a minute
            send(range(4), due)
            if first + 20.0 < due < first + 80.0:
                held.append(due)
            else:
                for when in held:
                    send((4, 5), when)
                held = []
                send((4, 5), due)
            due += 2.0
            until(lambda due=due: clock() >= due)
        until(lambda: node._reruns.done + node._reruns.failed > 0)
        until(lambda: node.health.older > 0)
        assert node._reruns.failed == 0
        tracks = node.pipeline.tracks()
        assert len(set(tracks.id.tolist())) == len(tracks) == 6
        assert tracks.born.max() < first + 20.0  # the two are who they were
    reader = ArchiveReader(tmp_path / "archive")
    (run,) = reader.runs()
    assert len(reader.reruns(run.number)) >= 1
    checked = list(verified(reader, 0.0, float("inf")))
    assert len(checked) >= 5
    assert [c.differs for c in checked if c.differs] == []
