"""The main job on real recordings, through the whole node."""

import gzip
import json
import subprocess
import sys

import pyais
import pytest

from recordings import recording


def summary(*arguments):
    command = [sys.executable, "-m", "mihari", *map(str, arguments), "--until-end", "--summary"]
    result = subprocess.run(command, capture_output=True, timeout=280, check=False)
    assert result.returncode == 0, result.stderr.decode()
    return json.loads(result.stdout)


@pytest.mark.parametrize(
    ("name", "sentences", "count"),
    [
        pytest.param("ais/vernon_timed.nm4.gz", 60_000, 41, marks=pytest.mark.slow),
        pytest.param("ais/vernon_timed.nm4.gz", None, 115, marks=pytest.mark.slow),
        ("formats/ais/Hakefjord.log", None, 41),
    ],
)
def test_exactly_the_mmsi_of_valid_messages_are_heard(name, sentences, count, tmp_path):
    path = recording(name)
    data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    if sentences is not None:
        path = tmp_path / "part.nmea"
        data = b"".join(data.splitlines(keepends=True)[:sentences])
        path.write_bytes(data)
    told = summary("run", "--ais", f"file:{path}?speed=max")
    lines = [line.strip() for line in data.splitlines() if b"!" in line]
    valid = set()
    for message in pyais.IterMessages(lines):
        if message.is_valid:
            try:
                mmsi = message.decode().mmsi
            except pyais.exceptions.AISBaseException:
                continue
            if mmsi is not None:  # two characters of payload hold no MMSI
                valid.add(int(mmsi))
    assert set(told["mmsi"]) == valid
    assert len(valid) == count


def test_air_traffic_radars_are_drawn_in_their_place_and_nothing_becomes_a_vessel():
    path = recording("formats/asterix/cat_034_048.pcap")
    told = summary("run", "--radar", f"pcap:{path}?speed=max")
    (feed,) = told["feeds"]
    assert feed["messages"] == 34 + 128
    assert feed["refused"] == {}
    assert told["plots"] == 63  # each datagram was captured twice, and is used once
    assert told["vessels"] == told["tracks_confirmed"] == 0
