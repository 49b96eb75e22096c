import math
import tempfile
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError

from mihari.core.config import ArchiveSection, FeedSection, examine, load
from mihari.core.errors import BadInput
from mihari.core.mistakes import as_one, explain
from mihari.core.template import render

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
        ('url = "udp', 'urll = "udp', 6, ["feed[0].urll", "unknown key", "did you mean url?"]),
        ("lat_deg = 26.2", "lat_deg = 126.2", 11, ["sensor[0].lat_deg", "a number from -90 to 90 (degrees)", "126.2"]),
        ('kind = "radar"', 'kind = "sonar"', 10, ["sensor[0].kind", '"radar"', '"sonar"']),
        ("port = 0", 'port = "x"', 16, ["face.port", "a whole number from 0 to 65535", '"x"']),
        ("[face]", "[faces]", 15, ["faces", "unknown key", "did you mean face?"]),
        ('name = "naha"', "name = naha", 3, ["not TOML", 'expected text in quotes: name = "naha"']),
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


MESH = """
[mesh]
listen = ["tls/0.0.0.0:7447"]
profiles = { kume = "radio" }
[[link]]
url = "tcp/127.0.0.1:7448"
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ("tcp/127.0.0.1", "tcp/192.0.2.1", 6, ["link[0].url: expected tls/", "plain = true", "tcp/192.0.2.1:7448"]),
        ("tls/0.0.0.0", "tcp/0.0.0.0", 3, ["mesh.listen: expected tls/", "tcp/0.0.0.0:7447"]),
        ("tcp/127", "udp/127", 6, ["link[0].url: expected tls/HOST:PORT", "udp/127.0.0.1:7448"]),
        ("7447", "74470", 3, ["expected tls/HOST:PORT"]),
        ('"radio"', '"smoke"', 4, ["mesh.profiles.kume", 'a table of names, each with one of "lan"', '"smoke"']),
    ],
)
def test_a_link_that_cannot_be_is_told(tmp_path, old, new, line, words):
    path = written(tmp_path, MESH.replace(old, new, 1))
    with pytest.raises(BadInput) as caught:
        load(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    for word in words:
        assert word in str(caught.value)


def test_links_without_tls_are_for_who_says_so(tmp_path):
    assert load(written(tmp_path, MESH)).mesh.profiles == {"kume": "radio"}
    plain = MESH.replace("[mesh]", "[mesh]\nplain = true").replace("tls/", "tcp/")
    assert load(written(tmp_path, plain)).mesh.listen == ("tcp/0.0.0.0:7447",)


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


def test_every_mistake_is_told_in_the_order_of_the_file(tmp_path):
    text = """port = 1
[node]
name = naha
areaa = "nansei"
[[feed]]
urll = "udp://:1"
silent = 3
[[feed]]
[[sensor]]
name = "a"
kind = "radar"
lat_deg = 26
sac = 1.5
[[node2]]
[face]
port = "eighty"
enabled = "maybe"
"""
    _, mistakes = examine(written(tmp_path, text))
    told = [(mistake.line, mistake.told) for mistake in mistakes]
    assert told == [
        (1, "port: unknown key here; it belongs to [face]"),
        (3, 'not TOML: invalid value; expected text in quotes: name = "naha"'),
        (4, "node.areaa: unknown key; did you mean area?"),
        (6, "feed[0].urll: unknown key; did you mean url?"),
        (7, "feed[0].silent: unknown key; did you mean silent_s?"),
        (13, "sensor[0].sac: expected a whole number from 0 to 255, found 1.5"),
        (14, "node2: unknown key; did you mean node?"),
        (16, 'face.port: expected a whole number from 0 to 65535, found "eighty"'),
        (17, 'face.enabled: expected true or false, found "maybe"'),
    ]


def test_loading_tells_all_mistakes_in_one_sentence(tmp_path):
    text = GOOD.replace("lat_deg = 26.2", "lat_deg = 126.2").replace("port = 0", "port = 99999").replace("1\n", "256\n")
    with pytest.raises(BadInput) as caught:
        load(written(tmp_path, text))
    sentence = str(caught.value)
    assert "toml:11: sensor[0].lat_deg: expected" in sentence
    assert "; and 2 more: line 13: sensor[0].sac: expected" in sentence
    assert "; line 16: face.port: expected" in sentence
    assert "\n" not in sentence


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ('[feed]\nurl = "x"', 1, "feed: expected tables that begin with [[feed]], found a table"),
        ('[[node]]\nname = "x"', 1, "node: expected one table that begins with [node], found a list"),
        ('face = 3', 1, "face: expected one table that begins with [face], found 3"),
        ('face.prot = 3', 1, "face.prot: unknown key; did you mean port?"),
        ('[[sensor]]\nname = ""\nkind = "ais"', 2, 'sensor[0].name: expected text of 1 to 40 characters, found ""'),
        ('[[sensor]]\nkind = "ais"', 1, "sensor[0].name: is missing; expected text of 1 to 40 characters"),
        ("[[sensor]]\nname = 'a'\nkind = 'radar'\nsac = 1", 1, "sensor[0]: sac and sic go together"),
        ("[[sensor]]\nname = \"a\"\nkind = \"ais\"\nperiod_s = nan", 4, "expected a number above 0 (s), found nan"),
        ("node.name = '''a\nname = 3\n'''\n[node2]", 4, "node2: unknown key"),
        ("a" * 200 + " = [", None, "not TOML"),
    ],
)  # fmt: skip
def test_a_wrong_shape_says_what_was_expected(tmp_path, text, line, words):
    config, mistakes = examine(written(tmp_path, text))
    assert config is None
    assert mistakes[0].line == line
    assert words in mistakes[0].told


def test_a_file_of_another_kind_gives_few_mistakes_soon(tmp_path):
    path = written(tmp_path, "\n".join(f"{n} line {n} of a log" for n in range(5000)))
    assert 0 < len(examine(path)[1]) <= 20
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="UTF-8 text"):
        examine(path)
    path.write_text("\ufeff[node]\nname = 'a'\n", encoding="utf-8")  # some editors begin a file so
    assert load(path).node.name == "a"


LINES = st.sampled_from(
    ["[node]", "[[node]]", "[feed]", "[[feed]]", "[[sensor]]", "[face]", "[a.b]", "[", "]", "name = 'x'", "name = x",
     'url = "stdin:"', "port = 1", "port = [", "lat_deg = 200", "lat_deg = nan", "kind = 3", "x = {", "}", "'''", '"""',
     "face.port = 'p'", "sensor = 3", "# words", "", "name = '''", "a = 1e999", "feed = [{url = 1}]", "\t\x00"]
)  # fmt: skip


@given(st.lists(LINES | st.text(max_size=30), max_size=12))
def test_any_text_gives_a_configuration_or_mistakes_that_name_lines_of_the_file(lines):
    text = "\n".join(lines)
    with tempfile.NamedTemporaryFile("w", suffix=".toml", encoding="utf-8", errors="surrogatepass") as file:
        file.write(text)
        file.flush()
        try:
            config, mistakes = examine(file.name)
        except BadInput:  # not UTF-8
            return
        assert (config is None) == bool(mistakes)
        count = text.count("\n") + text.count("\r") + 1
        for mistake in mistakes:
            assert "\n" not in str(mistake)
            assert mistake.problem
            assert mistake.line is None or 1 <= mistake.line <= count
        if mistakes:
            assert "\n" not in str(as_one(mistakes))


class Output(BaseModel):
    model_config = {"extra": "forbid"}
    relayed: list[str] = Field(alias="from", description="names of feeds")
    rate_s: float | None = Field(None, gt=0.0, description="between two")


class File(BaseModel):
    model_config = {"extra": "forbid"}
    output: tuple[Output, ...] = ()
    feed: tuple[FeedSection, ...] = ()


def test_keys_that_are_words_of_python_are_known_by_their_name_in_the_file():
    text = "[[output]]\nfrm = 3\nrate_s = 0\n[[feed]]\nurl = 'stdin:'\nfrom = 'a'\n"
    with pytest.raises(ValidationError) as caught:
        File.model_validate(tomllib.loads(text))
    told = [(mistake.line, mistake.told) for mistake in explain("a.toml", text, caught.value, File)]
    assert told == [
        (2, "output[0].frm: unknown key; did you mean from?"),
        (3, "output[0].rate_s: expected a number above 0 (s), found 0"),
        (6, "feed[0].from: unknown key here; it belongs to [[output]]"),
    ]
    assert "#[[output]]\n# names of feeds (a list of texts; required)\n#from = []" in render(File, {})
