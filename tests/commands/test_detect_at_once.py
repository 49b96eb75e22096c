"""`mihari detect --at-once` looks once, at positions alone: what it would pass over is refused in one sentence."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from mihari.commands.detect import detect as command


@pytest.fixture
def table(tmp_path):
    """A vessel that lies still for two hours."""
    lines = ["mmsi,t,lat,lon", *(f"431000001,{1_700_000_000 + 60 * k},26.5,127.5" for k in range(121))]
    (tmp_path / "p.csv").write_text("\n".join(lines), encoding="utf-8")
    return str(tmp_path / "p.csv")


def detect(*words):
    return CliRunner().invoke(command, list(words))


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("--every", "60"), "takes no --every: it looks once"),
        (("--revisions",), "takes no --revisions"),
        (("--kind", "gap"), "does not find gap: that needs what the receiving stations heard"),
        (("--kind", "fleet"), "does not find fleet: that needs many looks"),
        (("--kind", "nothing"), "expected one of"),
    ],
)
def test_what_it_would_pass_over_is_refused(table, words, expected):
    found = detect(table, "--at-once", *words)
    assert found.exit_code != 0
    assert expected in str(found.exception or "") + found.output


def test_lists_are_refused(table, tmp_path):
    (tmp_path / "watch.csv").write_text("mmsi\n431000001\n", encoding="utf-8")
    found = detect(table, "--at-once", "--watch-list", str(tmp_path / "watch.csv"), "--register", table)
    assert "takes no --watch-list, --register" in str(found.exception or "") + found.output


def test_a_kind_that_positions_tell_is_found(table):
    found = detect(table, "--at-once", "--kind", "gap_6h", "--json")
    assert found.exit_code == 0
    assert json.loads(found.stdout)["reports"] == 121
