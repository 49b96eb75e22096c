"""A bundle from another node: proved here, tried here, on trial; whole or not at all, also when killed."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from exchange_coast import Coast
from held_helpers import NOW, VESSEL, by, cases, pattern

from mihari.alerts.actions import Conflict
from mihari.alerts.audit import verify
from mihari.alerts.records import Records
from mihari.core.errors import BadInput
from mihari.library import importing, shelf
from mihari.library.exchange import Content, Trust, make, parse, withdrawn
from mihari.trying import tried

PROGRAM = Path(__file__).with_name("importer.py")


@pytest.fixture
def coast(tmp_path: Path) -> Coast:
    return Coast(tmp_path / "coast")


@pytest.fixture
def records(tmp_path: Path):
    one = Records(tmp_path / "records.sqlite", lambda: NOW + 60).open()
    yield one
    one.close()


def trust(coast: Coast, tmp_path: Path) -> Path:
    file = tmp_path / "trust.toml"
    coast.keys("naha")
    file.write_text(
        f'format = 1\n[[authority]]\nauthority = "{coast.ca.as_posix()}"\nname = "the coast"\n'
        'since = "2025-01-01T00:00:00Z"\n'
    )
    return file


def bundled(coast: Coast, *contents: Content, number: int = 1, **more) -> bytes:
    return make("nansei", number, contents or [Content(pattern(), cases())], coast.signer("naha"), NOW, **more)


def states(records: Records) -> list[tuple[str, int, str]]:
    with records.read() as connection:
        return [(s.pattern.name, s.pattern.file.version, s.state) for s in shelf.listed(connection)]


def take(records: Records, data: bytes, file: Path, **more):
    return importing.take(records, by(), parse(data, "nansei"), Trust.load(file), **more)


def test_what_is_good_is_on_trial_with_its_proof_and_where_it_came_from(coast, tmp_path, records) -> None:
    done = take(records, bundled(coast), trust(coast, tmp_path))
    assert states(records) == [("dawdles", 1, "trial")]
    with records.read() as connection:
        held = shelf.one(connection, "dawdles")
    assert (held.signer, held.proof["found"], held.proof["quiet"]) == ("naha", 3, 5)
    assert held.provenance[0]["node"] == "naha"
    assert done.taken[0].why.startswith("brought by naha, proved in")


def test_a_pattern_whose_proof_does_not_hold_here_is_refused_and_the_others_are_taken(coast, tmp_path, records) -> None:
    other = pattern(dawdles="crawls")
    data = bundled(coast, Content(pattern(), cases(good=False)), Content(other, cases()))
    done = take(records, data, trust(coast, tmp_path))
    assert states(records) == [("crawls", 1, "trial")]
    assert "its proof does not hold here: 8 of 8 cases" in done.refused[0].why


def test_one_that_burns_time_is_stopped_and_named(coast, tmp_path, records) -> None:
    done = take(records, bundled(coast), trust(coast, tmp_path), limits=importing.Limits(seconds=0.05))
    assert done.refused[0].why == "dawdles: stopped: its proof took more than 0.05 s"
    assert states(records) == []


def test_an_older_version_and_a_withdrawn_one_are_refused(coast, tmp_path, records) -> None:
    file = trust(coast, tmp_path)
    take(records, bundled(coast, Content(pattern(2), cases())), file)
    assert "older than version 2" in take(records, bundled(coast), file).refused[0].why
    gone = withdrawn("dawdles", "takes ferries for smugglers", coast.signer("naha"), NOW)
    done = take(records, bundled(coast, Content(pattern(3), cases()), number=3, revokes=[gone]), file)
    assert "was withdrawn by naha" in done.refused[0].why
    assert states(records) == [("dawdles", 2, "withdrawn")]
    later = take(records, bundled(coast, Content(pattern(4), cases()), number=4), file)
    assert "was withdrawn by naha" in later.refused[0].why


def test_what_is_active_stays_active_when_it_comes_again(coast, tmp_path, records) -> None:
    take(records, bundled(coast), trust(coast, tmp_path))
    shelf.set_state(records, by(), "dawdles", "active")
    again = take(records, bundled(coast), trust(coast, tmp_path))
    assert states(records) == [("dawdles", 1, "active")]
    assert [one.state for one in again.taken] == ["active"]


@pytest.mark.parametrize("older", [False, True])
def test_what_a_person_withdrew_here_does_not_come_back_in_that_version(coast, tmp_path, records, older) -> None:
    take(records, bundled(coast), trust(coast, tmp_path))
    shelf.set_state(records, by(), "dawdles", "withdrawn", why="fires at ferries")
    again = take(records, bundled(coast), trust(coast, tmp_path), older=older)
    assert again.refused[0].why == "was withdrawn here: expected another version"
    assert states(records) == [("dawdles", 1, "withdrawn")]
    take(records, bundled(coast, Content(pattern(2), cases())), trust(coast, tmp_path))
    assert states(records) == [("dawdles", 2, "trial"), ("dawdles", 1, "withdrawn")]


def test_what_is_withdrawn_while_it_is_proved_stays_so(coast, tmp_path, records) -> None:
    take(records, bundled(coast), trust(coast, tmp_path))

    def trial(patterns):
        shelf.set_state(records, by(), "dawdles", "withdrawn")
        return {}

    with pytest.raises(Conflict, match="dawdles version 1 was withdrawn"):
        take(records, bundled(coast), trust(coast, tmp_path), trial=trial)
    assert states(records) == [("dawdles", 1, "withdrawn")]


NESTED = json.loads("[" * 300 + "]" * 300)


@pytest.mark.parametrize(
    "record",
    [
        {"fired": "x"}, {"fired": 1e300}, {"fired": -1}, {"fired": 10**30}, {"by_area": 5}, {"by_month": {"3": 7}},
        {"fired": NESTED}, {"by_area": {f"{k}": {} for k in range(10_001)}},
    ],
    ids=lambda record: str(record)[:30],
)  # fmt: skip
def test_a_pattern_whose_record_cannot_be_added_up_is_refused(coast, tmp_path, records, record) -> None:
    done = take(records, bundled(coast, Content(pattern(), cases(), record)), trust(coast, tmp_path))
    assert done.refused[0].why.startswith("its record: expected ")
    assert states(records) == []


def test_of_a_record_that_is_kept_that_can_be_added_up(coast, tmp_path, records) -> None:
    told = {"fired": 2, "by_area": {"26N 127E": {"fired": 2}}, "of a later version": NESTED}
    take(records, bundled(coast, Content(pattern(), cases(), told)), trust(coast, tmp_path))
    with records.read() as connection:
        record = shelf.one(connection, "dawdles").record
    assert (record["fired"], record["by_area"]["26N 127E"]["fired"]) == (2, 2)
    assert "of a later version" not in record


def archive(path: Path) -> Path:
    """Positions of one that dawdles for 20 minutes and one that does not."""
    import pyarrow as pa
    from pyarrow import parquet

    t = np.arange(0.0, 7200.0, 30.0)
    knots = np.where((t > 3000) & (t < 4200), 2.0, 9.0)
    lat = 25.4 + np.cumsum(knots * 30 / 3600 / 60)
    rows = {
        "mmsi": np.full(len(t), VESSEL),
        "t": 1.79e9 + t,
        "lat": lat,
        "lon": np.full(len(t), 126.9),
        "sog_kn": knots,
    }
    other = rows | {"mmsi": np.full(len(t), VESSEL + 1), "lon": np.full(len(t), 126.8), "sog_kn": np.full(len(t), 9.0)}
    parquet.write_table(pa.concat_tables([pa.table(rows), pa.table(other)]), path)
    return path


def test_the_trial_tells_what_it_would_have_told(coast, tmp_path, records) -> None:
    node = tmp_path / "node.toml"
    node.write_text('[node]\nname = "ishigaki"\narea = "nansei"\n')
    positions = str(archive(tmp_path / "month.parquet"))

    def trial(patterns):
        return tried([positions], patterns, str(node))

    done = take(records, bundled(coast), trust(coast, tmp_path), trial=trial)
    assert done.taken[0].trial["sentence"] == "would have fired once: 1 not known"
    assert done.taken[0].trial["examples"][0]["vessels"] == [VESSEL]


def test_two_nodes_give_the_same_verdicts_on_one_archive(coast, tmp_path, records) -> None:
    node = tmp_path / "node.toml"
    node.write_text('[node]\nname = "ishigaki"\narea = "nansei"\n')
    positions = str(archive(tmp_path / "month.parquet"))
    take(records, bundled(coast), trust(coast, tmp_path))
    with records.read() as connection:
        there = shelf.one(connection, "dawdles").pattern
    assert tried([positions], [there], str(node)) == tried([positions], [pattern()], str(node))
    assert tried([positions], [there], str(node))["dawdles"]["fired"] == 1


@pytest.mark.timeout(120)
def test_kill_minus_nine_while_importing(coast, tmp_path, records) -> None:
    other = pattern(dawdles="crawls")
    gone = withdrawn("forgotten", "it never fired", coast.signer("naha"), NOW)
    bundle = tmp_path / "nansei.mihari-library"
    bundle.write_bytes(bundled(coast, Content(pattern(), cases()), Content(other, cases()), revokes=[gone]))
    file, rng = trust(coast, tmp_path), random.Random(7)
    command = [sys.executable, str(PROGRAM), records.where.removeprefix("sqlite:///"), str(bundle), str(file)]
    for _ in range(4):
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout.readline() == "ready\n"
            running.stdin.write("go\n")
            running.stdin.flush()
            time.sleep(rng.uniform(0.02, 0.6))
            running.kill()
            said = [line for line in running.stdout if line.strip().isdigit()]
        with records.read() as connection:
            held, kept = shelf.listed(connection), shelf.withdrawals(connection)
            assert verify(connection).good
        assert len(held) in (0, 2)
        assert len({s.who for s in held}) <= 1  # both of one import
        assert bool(kept) == bool(held)
        assert not said or int(held[0].who.split()[1]) >= int(said[-1]) or len(held) == 2


def test_a_bundle_that_is_refused_leaves_nothing(coast, tmp_path, records) -> None:
    data = bytearray(bundled(coast))
    data[len(data) // 2] ^= 1
    with pytest.raises(BadInput):
        take(records, bytes(data), trust(coast, tmp_path))
    assert states(records) == []
