"""Hours of data through a node into an archive: memory stays flat."""

import subprocess
import sys
import time

import numpy as np
import psutil
import pytest

from mihari.formats.ais import encode

T0 = 1_795_143_600


def log_of(path, hours, vessels=40):
    """An AIS log: so many vessels on straight courses, each heard every 30 s."""
    rng = np.random.default_rng(5)
    lat, lon = rng.uniform(25.8, 26.8, vessels), rng.uniform(126.5, 127.9, vessels)
    with path.open("wb") as f:
        for k in range(int(hours * 120)):
            for v in range(vessels):
                at = {"lat_deg": lat[v] + 2e-5 * (k % 2000), "lon_deg": lon[v], "speed": 3.0, "course": 0.0}
                line = b"".join(encode({"message_type": 1, "mmsi": 431000000 + v, **at})).rstrip()
                f.write(b"%s,%d\r\n" % (line, T0 + 30 * k + v * 30 // vessels))


def resident(process):
    return sum(p.memory_info().rss for p in [process, *process.children(recursive=True)])


@pytest.mark.slow
@pytest.mark.parametrize("hours", [6.0, pytest.param(24.0, marks=pytest.mark.slow)])
def test_memory_is_flat_over_hours_of_replay_into_an_archive(hours, tmp_path):
    log_of(tmp_path / "a.nmea", hours)
    command = [sys.executable, "-m", "mihari", "run", "--ais", f"file:{tmp_path}/a.nmea?speed=max", "--until-end"]
    child = psutil.Popen([*command, "--archive", str(tmp_path / "archive"), "--summary"], stdout=subprocess.DEVNULL)
    used = []
    try:
        while child.poll() is None:
            if list((tmp_path / "archive").glob("*/*/steps-*")):
                used.append(resident(child))
            time.sleep(0.1)
            assert len(used) < 12000
    finally:
        if child.poll() is None:
            child.kill()
    assert child.wait() == 0
    assert len(used) > 10, "too quick to be measured: give it more hours"
    settled = used[len(used) // 3 :]  # what is compiled and loaded at the start is no growth
    assert settled[-1] - settled[0] < 40e6, [round(u / 1e6) for u in used]
