import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihari.core.errors import BadInput, ConfigError
from mihari.simulate import builtin_names, load
from mihari.simulate.scenario import parse

HEAD = 'name = "a"\narea = "nansei"\nstart = 2026-01-01T00:00:00Z\n'
LANE = '[[lane]]\nname = "l"\npoints_deg = [[26.0, 127.0], [26.1, 127.0]]\n'
PLACE = '[[{}]]\nname = "{}"\nlat_deg = 26\nlon_deg = 127\nmmsi = 4310001\n'
RADAR = '[[radar]]\nname = "r"\nlat_deg = 26\nlon_deg = 127\nheight_m = 100\nsac = 1\nsic = 2\n'


@pytest.mark.parametrize("name", builtin_names())
def test_what_is_written_reads_back_equal(name):
    scenario = load(name)
    assert parse(scenario.toml(), "again.toml") == scenario


def test_the_strait_has_three_hundred_vessels_two_radars_and_two_stations():
    scenario = load("strait")
    assert sum(group.count for group in scenario.traffic) == 300
    assert (len(scenario.radars), len(scenario.stations)) == (2, 2)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("name = 1", "coast.toml: name: expected a text on one line, found 1"),
        (HEAD + "sped = 3", "coast.toml: sped: unknown key; known are about, aid, area, behaviour, "),
        ('name = "a"', "coast.toml: area: missing; expected a text"),
        (HEAD + "seed = 1.5", "coast.toml: seed: expected a whole number between 0 and 9.22337e+18, found 1.5"),
        (HEAD.replace("2026-01-01T00:00:00Z", "7"), "coast.toml: start: expected a time such as 2026-11-20T03:00:00Z"),
        (HEAD + "radar = 3", "coast.toml: radar: expected tables [[radar]]"),
        (HEAD + RADAR.replace("26", "126"), "coast.toml: radar[0].lat_deg: expected a number between -90 and 90"),
        (HEAD + RADAR + "sectors = 33", "coast.toml: radar[0].sectors: expected a power of two up to 256, found 33"),
        (HEAD + RADAR + RADAR, "coast.toml: radar[1].name: 'r' is taken"),
        (HEAD + LANE.replace("], [26.1, 127.0]", "]"), "coast.toml: lane[0].points_deg: expected a list of at least"),
        (
            HEAD + '[[traffic]]\nkind = "yacht"\ncount = 1',
            "coast.toml: traffic[0].kind: expected one of cargo, tanker,",
        ),
        (HEAD + '[[traffic]]\nkind = "cargo"\ncount = 1', "coast.toml: traffic[0]: expected either lane or around_deg"),
        (
            HEAD + LANE + '[[traffic]]\nkind = "cargo"\ncount = 1\nlane = "m"',
            "coast.toml: traffic[0].lane: no lane is named 'm'; known are l",
        ),
        (
            HEAD + LANE + '[[traffic]]\nkind = "cargo"\ncount = 1\nlane = "l"\nspeed_kn = [9, 3]',
            "coast.toml: traffic[0].speed_kn: expected [lowest, highest] between 0 and 60, found [9, 3]",
        ),
        ("name = ", "coast.toml: not TOML:"),
        ("name = " + "[" * 5000, "coast.toml: not TOML:"),
        ("seed = " + "9" * 5000, "coast.toml: not TOML:"),
        (HEAD + LANE.replace("26.1", "26.0"), "coast.toml: lane[0].points_deg: the same place twice in a row"),
        (
            HEAD + PLACE.format("station", "A*B") + "height_m = 9",
            "coast.toml: station[0].name: expected 1 to 15 letters, digits,",
        ),
        (HEAD.replace('"a"', '"a\\nb"'), "coast.toml: name: expected a text on one line, found 'a\\nb'"),
        (
            HEAD.replace("T00:00:00Z", ""),
            "coast.toml: start: expected a time such as 2026-11-20T03:00:00Z, found 2026-01",
        ),
        (
            HEAD.replace("2026-", "1969-"),
            "coast.toml: start: expected a time after 1970-01-01, and the scenario's end before",
        ),
        (HEAD.replace("2026-", "1970-"), "coast.toml: start: expected a time after 1970-01-01,"),
        (HEAD.replace("2026-", "0001-"), "coast.toml: start: expected a time after 1970-01-01,"),
        (
            HEAD.replace("2026-", "2105-") + "duration_s = 4e7",
            "coast.toml: start: expected a time after 1970-01-01, and the",
        ),
        (HEAD + "[[weather]]", "coast.toml: weather: expected a table"),
        (HEAD + "radar = [3]", "coast.toml: radar[0]: expected a table"),
        (
            HEAD + LANE + '[[traffic]]\nkind = "ferry"\ncount = 1\nlane = "l"\nspeed_kn = [0, 0]',
            "coast.toml: traffic[0].speed_kn: expected at least 0.01 for a ferry, found 0",
        ),
        (
            HEAD + RADAR + RADAR.replace('"r"', '"s"'),
            "coast.toml: radar[1]: sac 1 and sic 2 are those of 'r' too",
        ),
        (
            HEAD + "".join(RADAR.replace('"r"', f'"r{k}"').replace("sic = 2", f"sic = {k}") for k in range(64)),
            "coast.toml: radar: expected at most 63 of them, found 64",
        ),
        (
            HEAD.replace('"nansei"', '"open sea"\nbox_deg = [[25, 128], [27, 126]]'),
            "coast.toml: box_deg: expected the corner in the south-west first, and a box at most 180 wide; found 358",
        ),
        (HEAD + PLACE.format("aid", "Leuchtturm"), "coast.toml: aid[0].name: expected 1 to 34 capital letters,"),
    ],
)
def test_a_mistake_gives_one_sentence_with_file_and_key(text, sentence):
    with pytest.raises(BadInput) as caught:
        parse(text, "coast.toml")
    assert str(caught.value).startswith(sentence)
    assert "\n" not in str(caught.value)


def test_a_missing_file_names_the_scenarios_that_there_are(tmp_path):
    with pytest.raises(BadInput, match="built-in scenarios: aegean, "):
        load(tmp_path / "nothing.toml")


def test_bytes_that_are_no_text_are_one_sentence(tmp_path):
    path = tmp_path / "coast.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadInput, match="expected UTF-8 text"):
        load(path)


def test_a_byte_order_mark_before_the_text_is_no_mistake(tmp_path):
    path = tmp_path / "coast.toml"
    path.write_bytes(b"\xef\xbb\xbf" + HEAD.encode())
    assert load(path).name == "a"


def test_a_box_may_cross_the_antimeridian():
    text = HEAD.replace('"nansei"', '"open sea"\nbox_deg = [[25, 178], [27, -178]]')
    assert parse(text, "coast.toml").box == ((25, 178), (27, -178))


def test_an_error_of_a_key_knows_its_place():
    with pytest.raises(ConfigError) as caught:
        parse(HEAD + "seed = -1", "coast.toml")
    assert (caught.value.file, caught.value.key) == ("coast.toml", "seed")


def outcome(text: str) -> str:
    """ "read", or the sentence."""
    try:
        parse(text, "coast.toml")
    except BadInput as error:
        return str(error)
    return "read"


VALUES = st.recursive(
    st.one_of(st.integers(), st.floats().map(repr), st.booleans().map(lambda b: str(b).lower()), st.just('"x"')),
    lambda inner: st.lists(inner, max_size=3).map(lambda items: "[" + ", ".join(map(str, items)) + "]"),
    max_leaves=5,
)


@given(st.sampled_from(["name", "seed", "start", "lane", "radar", "traffic"]), VALUES)
def test_whatever_stands_at_a_key_it_is_read_or_refused_in_one_line(key, value):
    lines = [line for line in HEAD.splitlines() if not line.startswith(key)]
    told = outcome("\n".join([*lines, f"{key} = {value}"]))
    assert told == "read" or (told.startswith("coast.toml: ") and "\n" not in told)


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_in_one_line(text):
    with pytest.raises(BadInput, match=r"^coast\.toml: "):
        parse(text, "coast.toml")
