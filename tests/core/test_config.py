import math

import pytest

from mihari.core.config import ArchiveSection, load
from mihari.core.errors import BadInput

GOOD = """
[node]
name = "naha"
area = "nansei"
[[feed]]
url = "udp://:10110"
format = "ais"
[[sensor]]
name = "radar"
kind = "radar"
lat_deg = 26.2
lon_deg = 127.6
sac = 1
sic = 2
[face]
port = 0
"""


def written(tmp_path, text):
    path = tmp_path / "node.toml"
    path.write_text(text)
    return path


def test_a_good_file_gives_si_units(tmp_path):
    config = load(written(tmp_path, GOOD))
    sensor = config.sensor[0].sensor(0)
    assert sensor.source == "1/2"
    assert sensor.range_max == 24 * 1852
    assert math.isclose(sensor.bearing_sd, math.radians(0.15))
    assert config.feed[0].url == "udp://:10110"


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('url = "udp', 'urll = "udp', 6, ["feed[0].urll", "unknown key", "url"]),
        ("lat_deg = 26.2", "lat_deg = 126.2", 11, ["sensor[0].lat_deg", "less than or equal to 90", "126.2"]),
        ('kind = "radar"', 'kind = "sonar"', 10, ["sensor[0].kind", "'radar'", "sonar"]),
        ("port = 0", 'port = "x"', 16, ["face.port", "integer", "'x'"]),
        ("[face]", "[faces]", 15, ["faces", "unknown key", "face"]),
        ('name = "naha"', "name = naha", 3, ["not TOML"]),
    ],
)
def test_a_mistake_is_one_sentence_with_file_line_key_and_what_was_expected(tmp_path, old, new, line, words):
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(BadInput) as caught:
        load(path)
    sentence = str(caught.value)
    assert sentence.startswith(f"{path}:{line}: ")
    assert "\n" not in sentence
    for word in words:
        assert word in sentence


def test_a_missing_file_is_said(tmp_path):
    with pytest.raises(BadInput, match=r"no such file"):
        load(tmp_path / "none.toml")


def test_half_a_position_is_said(tmp_path):
    with pytest.raises(BadInput, match="go together"):
        load(written(tmp_path, GOOD.replace("lon_deg = 127.6\n", "")))


def test_what_a_feed_does_not_say_comes_from_the_health_section(tmp_path):
    text = GOOD.replace(
        'format = "ais"', 'format = "ais"\nsilent_s = 5\n[[feed]]\nurl = "stdin:"\nclock_offset_max_s = 9'
    )
    config = load(written(tmp_path, text + "[health]\nsilent_s = 20\nclock_offset_s = 3\n"))
    assert [config.silent_s(feed) for feed in config.feed] == [5.0, 20.0]
    assert [config.clock_offset_s(feed) for feed in config.feed] == [3.0, 9.0]


@pytest.mark.parametrize(("node", "folder"), [("naha", "naha"), ("../x", "_x"), ("", "_"), ("..", "_")])
def test_an_archive_without_a_path_lies_among_the_users_data_under_the_nodes_name(node, folder, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", "/somewhere")
    assert str(ArchiveSection().folder(node)) == f"/somewhere/mihari/archive/{folder}"
