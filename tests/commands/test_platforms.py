"""`mihari platforms`: the list, one platform with its origins, JSON, and one sentence for an unknown one."""

import json
import math
import subprocess
import sys

from mihari.sensors.platform import profiles


def mihari(*arguments):
    return subprocess.run([sys.executable, "-m", "mihari", *arguments], capture_output=True, timeout=120, check=False)


def test_the_list_has_every_platform():
    lines = mihari("platforms").stdout.decode().splitlines()
    assert lines[0].split()[:2] == ["id", "name"]
    assert [line.split()[0] for line in lines[1:]] == list(profiles())


def test_one_platform_shows_where_each_figure_is_from():
    told = mihari("platforms", "subcloud").stdout.decode()
    assert "UNCONFIRMED" in told
    for figure in profiles()["subcloud"].figures.values():
        (line,) = [line for line in told.splitlines() if line.startswith(f"  {figure.key} ")]
        assert line.endswith(figure.origin)


def test_json_has_si_units_and_origins():
    told = json.loads(mihari("platforms", "tb2", "--json").stdout)
    assert told["si"]["link_range"] == 150_000
    assert told["figures"]["link_range_km"]["value"] == 150
    assert told["figures"]["link_range_km"]["source"].startswith("webtekno")
    assert told["figures"]["bank_deg"]["assumed"] is True
    assert math.isclose(told["sensors"][0]["si"]["narrow_field"], math.radians(1.0))
    everything = json.loads(mihari("platforms", "--json").stdout)
    assert [one["id"] for one in everything] == list(profiles())


def test_an_unknown_platform_is_one_sentence():
    result = mihari("platforms", "u-boat")
    assert result.returncode == 2
    (line,) = result.stderr.decode().splitlines()
    assert line.startswith("mihari: no platform is named 'u-boat'")
