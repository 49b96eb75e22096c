"""The commands: a bundle is shared at one node, offered at another, and taken over there by a person."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from exchange_coast import Coast
from held_helpers import by, cases, pattern

from mihari.alerts.actions import Unknown
from mihari.alerts.audit import verify
from mihari.alerts.records import Records
from mihari.cli import cli
from mihari.core.errors import BadInput
from mihari.library import offers, shelf
from mihari.library.exchange import Content, Trust, make
from mihari.library.offers import Offer

KUME = "00112233445566aa"


@pytest.fixture
def nansei(tmp_path: Path) -> Coast:
    return Coast(tmp_path / "nansei")


@pytest.fixture
def records(tmp_path: Path) -> Iterator[Records]:
    one = Records(tmp_path / "records.sqlite").open()
    yield one
    with one.read() as connection:
        assert verify(connection).good
    one.close()


@pytest.fixture
def node(tmp_path: Path, nansei: Coast, records: Records) -> str:
    """A node's file, whose library names a trust list."""
    nansei.keys("naha", time.time() - 86400.0)
    trust = tmp_path / "trust.toml"
    trust.write_text(
        f'format = 1\n[[authority]]\nauthority = "{nansei.ca.as_posix()}"\nname = "the coast"\n'
        'since = "2025-01-01T00:00:00Z"\n'
    )
    file = tmp_path / "kume.toml"
    file.write_text(
        f'[node]\nname = "kume"\n[alerts]\nrecords = "{tmp_path / "records.sqlite"}"\n[library]\ntrust = "{trust}"\n'
    )
    return str(file)


@pytest.fixture
def bundle(nansei: Coast, node: str) -> bytes:
    return make("nansei", 1, [Content(pattern(), cases())], nansei.signer("naha"), time.time() - 60.0)


def told(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["library", *arguments])


def offered(records: Records, data: bytes, trust: str = "") -> Offer:
    """A bundle that another node offers, its bytes here."""
    told = offers.share(records, by(), data, "nansei")
    offers.stop(records, by(), told.id)
    offers.announced(records, KUME, "kume", [told])
    found = offers.received(records, KUME, data, Trust.load(trust) if trust else None)
    assert found is not None
    return found


def test_share_and_stop(records, node, bundle, tmp_path):
    file = tmp_path / "nansei.mihari-library"
    file.write_bytes(bundle)
    done = told("share", str(file), "--who", "Sato", "--node", node)
    assert done.exit_code == 0, done.output
    assert done.output.endswith(": 1 pattern offered to the mesh, signed by naha\n")
    own = json.loads(told("offered", "--node", node, "--json").output)["own"]
    assert [(one["by"], one["size"], one["told"]) for one in own] == [("Sato", len(bundle), "1 pattern")]
    assert "offered by this node (Sato)" in told("offered", "--node", node).output
    assert told("share", "--stop", own[0]["id"], "--who", "Sato", "--node", node).exit_code == 0
    assert told("offered", "--node", node).output == "nobody offers a bundle\n"
    assert isinstance(told("share", "--stop", own[0]["id"], "--who", "Sato", "--node", node).exception, Unknown)
    both = told("share", str(file), "--stop", own[0]["id"], "--who", "Sato", "--node", node)
    assert str(both.exception) == "expected a bundle's file, or --stop ID, one of them"


def test_a_bundle_that_trips_the_program_is_refused_once_and_not_looked_at_for_ever(records, bundle, monkeypatch):
    def trips(*_):
        raise RuntimeError("nobody thought of that")

    monkeypatch.setattr(offers, "parse", lambda data, file: trips())
    with pytest.raises(RuntimeError):
        offers.share(records, by(), bundle, "nansei")
    sha256 = hashlib.sha256(bundle).hexdigest()
    offers.announced(records, KUME, "kume", [Offer(sha256, "", "kume", 0.0, "coming", len(bundle), {})])
    refused = offers.received(records, KUME, bundle, None)
    assert refused.state == "refused"
    assert refused.problem == "the bundle of kume was not looked at by an error in this program (RuntimeError)"
    assert offers.received(records, KUME, bundle, None) is None  # it is awaited no more


def test_what_is_offered_is_told_as_somebody_reads_it_who_decides(records, node, bundle, tmp_path):
    offer = offered(records, bundle, str(tmp_path / "trust.toml"))
    lines = told("offered", "--node", node).output.splitlines()
    assert lines[0] == f"{offer.id}  offered by kume: 1 pattern in nansei 1, offered"
    assert lines[1].startswith("  signed by naha (")
    assert lines[1].endswith("): certified by the coast")
    assert lines[2] == "  dawdles 1: Dawdles, made by naha"
    assert lines[3] == f"  to take it over: mihari library import --offered {offer.id} --who NAME --node NODE.toml"


def test_import_needs_a_list_of_who_is_believed(records, node, bundle, tmp_path):
    offer = offered(records, bundle)
    none = told("import", "--offered", offer.id, "--who", "Sato", "--records", str(tmp_path / "records.sqlite"))
    assert isinstance(none.exception, BadInput)
    assert "expected --trust FILE" in str(none.exception)
    other = told("import", "--offered", "abcdef", "--who", "Sato", "--node", node, "--untried")
    assert str(other.exception) == "other nodes offer no bundle of the id abcdef"


@pytest.mark.slow
def test_a_person_takes_it_over_proved_and_on_trial(records, node, bundle):
    offer = offered(records, bundle)
    done = told("import", "--offered", offer.id, "--who", "Sato", "--node", node, "--untried")
    assert done.exit_code == 0, done.output
    with records.read() as connection:
        assert [(s.told, s.state, s.who) for s in shelf.listed(connection)] == [("dawdles version 1", "trial", "Sato")]
        assert [one.state for one in offers.listed(connection)] == ["taken"]
    again = told("import", "--offered", offer.id, "--who", "Sato", "--node", node, "--untried")
    assert str(again.exception) == f"bundle {offer.id} of kume was taken already"
