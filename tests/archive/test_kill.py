"""A node killed at random moments: every report that was older than five seconds is in the archive, whole and once."""

import random
import signal
import socket
import subprocess
import sys
import time

import numpy as np
import pyarrow.parquet as pq
import pytest

from mihari.archive.reader import ArchiveReader
from mihari.archive.store import filed, hours_in
from mihari.formats.ais import encode
from mihari.rebuild import verified

LOST_S = 5.0
EVERY_S = 0.02


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def sentence(number):
    lat_deg, lon_deg = 26.0 + number % 40 * 0.05, 126.0 + number // 40 % 40 * 0.05
    message = {"message_type": 1, "mmsi": 200000000 + number, "lat_deg": lat_deg, "lon_deg": lon_deg, "speed": 0.0}
    return b"".join(encode(message))


def started(folder, port, tmp_path):
    """A node in a process of its own that listens and archives."""
    node = tmp_path / "node.toml"
    node.write_text(
        f'[[feed]]\nurl = "udp://127.0.0.1:{port}"\nformat = "ais"\n'
        f'[archive]\nenabled = true\npath = "{folder}"\nfree_gb = 0.0\nsnapshot_s = 3.0\n[face]\nenabled = false\n'
    )
    command = [sys.executable, "-m", "mihari", "run", str(node), "--no-browser"]
    with (tmp_path / "log").open("ab") as log:
        return subprocess.Popen(command, stdout=log, stderr=log)


def fed_and_killed(folder, port, tmp_path, numbers, rng):
    """Send a report every 20 ms until the node is killed; {number: when it was sent}, and when it was killed."""
    sent, child = {}, started(folder, port, tmp_path)
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            began, first, lasts = time.monotonic(), None, rng.uniform(6.0, 9.0)
            while first is None or time.monotonic() < first + lasts:
                assert child.poll() is None, (tmp_path / "log").read_text()
                assert time.monotonic() < began + 120, "the node never listened"
                number = next(numbers)
                out.sendto(sentence(number), ("127.0.0.1", port))
                if first is None:
                    first = time.monotonic() if b":%04X" % port in listening() else None
                else:
                    sent[number] = time.monotonic()
                time.sleep(EVERY_S)
        return sent, time.monotonic()
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(10)


def listening():
    with open("/proc/net/udp", "rb") as f:
        return f.read()


def kept_numbers(folder):
    files = filed(hours_in(folder), "reports")
    return np.concatenate([pq.read_table(f.path, columns=["mmsi"])["mmsi"].to_numpy() for f in files]) - 200000000


@pytest.mark.parametrize("kills", [2, pytest.param(20, marks=pytest.mark.slow)])
def test_every_report_older_than_five_seconds_survives_a_kill(kills, tmp_path):
    folder, rng, numbers = tmp_path / "archive", random.Random(kills), iter(range(10**6))
    for _ in range(kills):
        sent, killed = fed_and_killed(folder, free_port(), tmp_path, numbers, rng)
        kept = kept_numbers(folder)
        must = [n for n, t in sent.items() if t < killed - LOST_S]
        assert len(must) > 10
        assert set(must) <= set(kept.tolist())
        assert len(kept) == len(set(kept.tolist()))
    reader = ArchiveReader(folder)
    assert len(reader.runs()) == kills
    assert [c for c in verified(reader, -np.inf, np.inf) if c.differs] == []
