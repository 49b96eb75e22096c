"""A makes a pattern, B takes it over and hands it on, C sees both and believes neither word that was changed."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from exchange_coast import DAY, Coast
from held_helpers import NOW, by, cases, pattern

from mihari.alerts import tables
from mihari.alerts.records import Records
from mihari.cli import cli
from mihari.core.errors import BadInput
from mihari.library import handing_on, importing, shelf
from mihari.library.exchange import Content, Trust, make, parse, read, verify
from mihari.library.exchange.signing import author_of
from mihari.library.shelf import Shelved


def trusting(folder: Path, name: str, *coasts: Coast) -> Trust:
    """A trust list of the authorities of these coasts."""
    file = folder / name
    some = [f'[[authority]]\nauthority = "{coast.ca.as_posix()}"\nname = "{coast.folder.name}"\n' for coast in coasts]
    file.write_text("format = 1\n" + "".join(f'{one}since = "2025-01-01T00:00:00Z"\n' for one in some))
    return Trust.load(file)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two coasts with B's records, which hold A's pattern in force: proved once for all tests."""
    folder = tmp_path_factory.mktemp("coasts")
    naha, shannon = Coast(folder / "ryukyu"), Coast(folder / "ireland")
    told = {"fired": 7, "confirmed": 5, "false": 2}
    data = make("spring", 1, [Content(pattern(), cases(), told)], naha.signer("naha"), NOW)
    naha.signer("kume")
    shannon.signer("shannon")
    records = Records(folder / "b.sqlite", lambda: NOW + 60).open()
    importing.take(records, by(), parse(data, "spring"), trusting(folder, "b.toml", naha))
    shelf.set_state(records, by(), "dawdles", "active")
    records.close()
    return folder


@pytest.fixture
def naha(folder: Path) -> Coast:
    """The coast of A, who makes the pattern."""
    return Coast(folder / "ryukyu")


@pytest.fixture
def shannon(folder: Path) -> Coast:
    """The coast of B, who takes it over and hands it on."""
    return Coast(folder / "ireland")


@pytest.fixture
def held(folder: Path, tmp_path: Path) -> Iterator[Records]:
    """A copy of B's records."""
    shutil.copy(folder / "b.sqlite", tmp_path / "b.sqlite")
    records = Records(tmp_path / "b.sqlite", lambda: NOW + 60).open()
    yield records
    records.close()


def handed_on(records: Records, coast: Coast, **more) -> bytes:
    with records.read() as connection:
        one, known = handing_on.content(connection, "dawdles")
    return make("autumn", 1, [one], coast.signer("shannon"), NOW + DAY, certificates=known, **more)


def test_c_sees_who_made_it_and_who_handed_it_on(held, naha, shannon, tmp_path):
    bundle = parse(handed_on(held, shannon), "autumn")
    (entry,) = bundle.manifest.patterns
    assert [(link.act, link.node) for link in entry.provenance] == [("made", "naha"), ("passed on", "shannon")]
    verdict = verify(bundle, trusting(tmp_path, "c.toml", naha, shannon), NOW + 2 * DAY)
    (accepted,) = verdict.accepted
    assert accepted.maker == naha.signer("naha").author.id
    assert accepted.unknown == ()
    assert bundle.cases("dawdles") == cases()
    assert bundle.record("dawdles")["confirmed"] == 5


@pytest.mark.slow
def test_c_takes_it_over_and_hands_it_on_again_with_three_links(held, naha, shannon, tmp_path):
    there = Records(tmp_path / "c.sqlite", lambda: NOW + 2 * DAY).open()
    trust = trusting(tmp_path, "c.toml", naha, shannon)
    importing.take(there, by(), parse(handed_on(held, shannon), "autumn"), trust)
    with there.read() as connection:
        one, known = handing_on.content(connection, "dawdles")
    again = make("winter", 1, [one], naha.signer("kume"), NOW + 3 * DAY, certificates=known)
    verdict = verify(parse(again, "winter"), trust, NOW + 4 * DAY)
    assert [accepted.pattern.name for accepted in verdict.accepted] == ["dawdles"]
    (entry,) = parse(again, "winter").manifest.patterns
    assert [link.node for link in entry.provenance] == ["naha", "shannon", "kume"]
    there.close()


def test_c_who_does_not_believe_the_maker_refuses_it(held, naha, shannon, tmp_path):
    verdict = verify(parse(handed_on(held, shannon), "autumn"), trusting(tmp_path, "c.toml", shannon), NOW + 2 * DAY)
    (refused,) = verdict.refused
    assert "naha" in refused.why


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda links: links[0].update(node="kume"), "the signature does not hold"),
        (lambda links: links[0].update(groups=[], at="2026-01-01T00:00:00Z"), "the signature does not hold"),
        (lambda links: links[0].update(signature="0" * 128), "the signature does not hold"),
        (lambda links: links[0].update(cases="0" * 64), "the signature does not hold"),
        (lambda links: links.insert(0, dict(links[0])), "the signature does not hold"),
        (lambda links: links[0].pop("certificate"), "the certificate of naha is not kept"),
        (lambda links: links.clear(), "without its chain"),
    ],
)
def test_a_chain_that_was_changed_in_the_records_is_not_handed_on(held, change: Callable, why: str):
    p = tables.pattern
    with held.write() as (connection, _):
        links = json.loads(connection.execute(sa.select(p.c.provenance)).scalar_one())
        change(links)
        connection.execute(sa.update(p).values(provenance=json.dumps(links)))
    with held.read() as connection, pytest.raises(BadInput, match=why):
        handing_on.content(connection, "dawdles")


def test_a_chain_that_b_forges_is_refused_by_c(held, naha, shannon, tmp_path):
    with held.read() as connection:
        one, known = handing_on.content(connection, "dawdles")
    forged = one.provenance[0].model_copy(update={"at": "2020-01-01T00:00:00Z"})
    content = Content(one.pattern, one.cases, one.record, [forged])
    data = make("autumn", 1, [content], shannon.signer("shannon"), NOW + DAY, certificates=known)
    verdict = verify(parse(data, "autumn"), trusting(tmp_path, "c.toml", naha, shannon), NOW + 2 * DAY)
    assert verdict.accepted == ()
    assert verdict.refused[0].why == "dawdles 1: made by naha: the signature does not hold"


def test_what_was_made_here_begins_its_own_chain_and_what_was_withdrawn_goes_nowhere(tmp_path, shannon):
    records = Records(tmp_path / "own.sqlite", lambda: NOW).open()
    shelf.take_over(records, by(), [Shelved(pattern(), "trial", cases=cases())])
    bundle = parse(handed_on(records, shannon), "autumn")
    assert [link.act for link in bundle.manifest.patterns[0].provenance] == ["made"]
    assert bundle.record("dawdles") == {}
    shelf.set_state(records, by(), "dawdles", "withdrawn", why="fires at ferries")
    with records.read() as connection, pytest.raises(BadInput, match=r"was withdrawn \(fires at ferries\): expected"):
        handing_on.content(connection, "dawdles")
    records.close()


def test_the_command_exports_what_a_node_holds(held, naha, shannon, tmp_path):
    node = tmp_path / "shannon.toml"
    node.write_text(
        f'[node]\nname = "shannon"\n[alerts]\nrecords = "{tmp_path / "b.sqlite"}"\n'
        f'[mesh]\nkeys = "{shannon.keys("shannon")}"\n'
    )
    out = tmp_path / "autumn.mihari-library"
    told = CliRunner().invoke(cli, ["library", "export", "dawdles@1", "-o", str(out), "--from", str(node)])
    assert told.exit_code == 0, told.output
    (entry,) = read(out).manifest.patterns
    assert [link.act for link in entry.provenance] == ["made", "passed on"]
    assert author_of(bytes.fromhex(entry.provenance[0].key)) == naha.signer("naha").author.id
    none = CliRunner().invoke(cli, ["library", "export", "night", "-o", str(out), "--from", str(node), "--force"])
    assert str(none.exception) == "the node holds no pattern night"
