"""Bundles of patterns over the mesh, in virtual time: offered, held, never in force by themselves."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "library" / "held"))
sys.path.insert(0, str(Path(__file__).parents[1] / "library" / "exchange"))
from exchange_coast import Coast, pattern
from tests.mesh.test_exchange import vessels
from tests.mesh.virtual import Member, Net

from mihari.alerts.actions import By, Conflict, Unknown
from mihari.alerts.audit import verify as verify_audit
from mihari.alerts.records import Records
from mihari.carrying.bundles import Bundles
from mihari.core.errors import BadInput, ConfigError
from mihari.library import offers, shelf
from mihari.library.exchange import Content, make, withdrawn
from mihari.library.offers import Offer
from mihari.mesh import states
from mihari.mesh.batches import Kind
from mihari.mesh.transport import Lane

NOW = 1_000_000_000.0  # of the net's clock
BY = By("Sato", NOW)


@pytest.fixture(scope="module")
def nansei(tmp_path_factory: pytest.TempPathFactory) -> Coast:
    """The coast by whose keys bundles are signed."""
    coast = Coast(tmp_path_factory.mktemp("nansei"))
    coast.keys("naha", NOW - 86400.0)
    return coast


@pytest.fixture
def trust(nansei: Coast, tmp_path: Path) -> str:
    file = tmp_path / "trust.toml"
    file.write_text(
        f'format = 1\n[[authority]]\nauthority = "{nansei.ca.as_posix()}"\nname = "the coast"\n'
        'since = "2001-01-01T00:00:00Z"\n'
    )
    return str(file)


class Library:
    """A node of the mesh and the bundles that its records hold."""

    def __init__(self, member: Member, folder: Path, trust: str = "") -> None:
        self.member, self.trust = member, trust
        self.records = Records(folder / f"{member.name}.sqlite", member.utc).open()
        self.begin()

    def begin(self) -> None:
        self.bundles = Bundles(self.member.mesh, self.records, self.member.mesh.authors.name_of, self.trust)

    def look(self) -> None:
        self.bundles.tell()
        self.bundles.take()

    def offered(self) -> list[Offer]:
        with self.records.read() as connection:
            return offers.listed(connection)

    def data(self, sha256: str) -> bytes:
        with self.records.read() as connection:
            return offers.one(connection, sha256)[1]

    def held(self) -> list[str]:
        with self.records.read() as connection:
            return [s.told for s in shelf.listed(connection)]


@pytest.fixture
def libraries() -> Iterator[dict[str, Library]]:
    made: dict[str, Library] = {}
    yield made
    for one in made.values():
        with one.records.read() as connection:
            assert verify_audit(connection).good
        one.records.close()


def coast(libraries: dict[str, Library], folder: Path, names: str, *links: str, trust: str = "", **more) -> Net:
    """A mesh of members that look every half second."""
    net = Net()
    for name in names:
        libraries[name] = Library(net.member(name), folder, trust)
    for one, other in links:
        net.link(one, other, more.get("profile", "lan"), delay=0.01, kbit=more.get("kbit", 0.0))
    net.every(0.5, lambda: [library.look() for library in libraries.values()])
    return net


def bundle(nansei: Coast, size: int = 0, **more) -> bytes:
    """A bundle, its proof as long as it takes."""
    return make(
        "nansei", 1, [Content(pattern(), bytes(range(256)) * (size // 256))], nansei.signer("naha"), NOW, **more
    )


def test_a_bundle_is_held_by_all_and_in_force_nowhere(libraries, tmp_path, nansei, trust):
    net = coast(libraries, tmp_path, "abc", "ab", "bc", trust=trust)
    data = bundle(nansei, 2 << 20)
    offers.share(libraries["a"].records, BY, data, "nansei")
    net.run(8.0)
    for name in "bc":
        (one,) = libraries[name].offered()
        assert (one.state, one.by, one.told) == ("offered", "a", "1 pattern")
        assert one.about["signer"]["name"] == "naha"
        assert one.about["believed"] == "certified by the coast"
        assert one.about["patterns"][0]["title"]
        assert libraries[name].data(one.id) == data
        assert libraries[name].held() == []
    assert libraries["a"].offered() == []


def test_without_a_trust_list_it_is_held_and_nothing_is_said_of_it(libraries, tmp_path, nansei):
    net = coast(libraries, tmp_path, "ab", "ab")
    offers.share(libraries["a"].records, BY, bundle(nansei), "nansei")
    net.run(5.0)
    (one,) = libraries["b"].offered()
    assert (one.state, one.about["believed"]) == ("offered", "")


def test_one_who_is_not_believed_is_refused_by_name_until_the_list_says_otherwise(libraries, tmp_path, nansei, trust):
    other = Coast(tmp_path / "other")
    other.keys("shady", NOW - 86400.0)
    net = coast(libraries, tmp_path, "ab", "ab", trust=trust)
    b = libraries["b"]
    data = make("loot", 1, [Content(pattern())], other.signer("shady"), NOW)
    offers.share(libraries["a"].records, BY, data, "loot")
    net.run(5.0)
    (one,) = b.offered()
    assert one.state == "refused"
    assert "shady" in one.problem
    assert "is not on the trust list" in one.problem
    assert b.bundles.refused == 1
    with b.records.read() as connection, pytest.raises(Conflict, match="was refused"):
        offers.one(connection, one.id)
    Path(trust).write_text(
        f'format = 1\n[[authority]]\nauthority = "{other.ca.as_posix()}"\nname = "others"\n'
        'since = "2001-01-01T00:00:00Z"\n'
    )
    b.member.begin()
    b.begin()
    net.run(20.0)
    assert [one.state for one in b.offered()] == ["offered"]


def test_a_withdrawal_is_shown_and_waits_for_a_person(libraries, tmp_path, nansei, trust):
    net = coast(libraries, tmp_path, "ab", "ab", trust=trust)
    a, b = libraries["a"], libraries["b"]
    maker = nansei.signer("naha")
    shelf.take_over(b.records, BY, [shelf.Shelved(pattern(), "active", maker=maker.author.id)])
    gone = withdrawn(pattern().name, "takes ferries for smugglers", maker, NOW)
    offers.share(a.records, BY, make("gone", 1, [], maker, NOW, revokes=[gone]), "gone")
    net.run(5.0)
    (one,) = b.offered()
    assert one.told == "1 withdrawn"
    assert one.about["withdrawn"][0]["reason"] == "takes ferries for smugglers"
    with b.records.read() as connection:
        assert [s.state for s in shelf.listed(connection)] == ["active"]
        assert shelf.withdrawals(connection) == []


def test_what_is_offered_no_longer_goes_and_what_was_taken_is_not_offered_again(libraries, tmp_path, nansei):
    net = coast(libraries, tmp_path, "ab", "ab")
    a, b = libraries["a"], libraries["b"]
    first = offers.share(a.records, BY, bundle(nansei), "first")
    second = offers.share(a.records, BY, bundle(nansei, 100_000), "second")
    net.run(5.0)
    with b.records.read() as connection:
        offers.taken(b.records, BY, offers.one(connection, first.id)[0])
    offers.stop(a.records, BY, second.id)
    net.run(10.0)
    assert [(one.sha256, one.state) for one in b.offered()] == [(first.sha256, "taken")]
    assert sum(len(batch.body) for batch in b.member.mesh.held(Kind.PIECES)) == first.size
    a.member.begin()
    a.begin()
    net.run(30.0)
    assert [(one.sha256, one.state) for one in b.offered()] == [(first.sha256, "taken")]
    with b.records.read() as connection, pytest.raises(Unknown):
        offers.one(connection, second.id)


def test_one_who_was_cut_off_and_one_who_joins_late_get_it_too(libraries, tmp_path, nansei):
    net = coast(libraries, tmp_path, "ab", "ab")
    net.run(3.0)
    net.cut("a", "b")
    net.run(10.0)
    offer = offers.share(libraries["a"].records, BY, bundle(nansei, 1 << 20), "nansei")
    net.heal("a", "b")
    net.run(20.0)
    net.cut("a", "b")
    libraries["c"] = Library(net.member("c"), tmp_path)
    net.link("b", "c")
    net.run(35.0)
    assert [(one.sha256, one.state) for one in libraries["c"].offered()] == [(offer.sha256, "offered")]


def test_no_more_than_the_mesh_carries(libraries, tmp_path, nansei):
    net = coast(libraries, tmp_path, "a")
    records = libraries["a"].records
    with pytest.raises(BadInput, match="expected at most 8388608, which is what the mesh carries"):
        offers.share(records, BY, bytes(offers.SIZE_MOST + 1), "big")
    with pytest.raises(BadInput, match="expected a bundle of patterns"):
        offers.share(records, BY, b"PK", "none")
    for k in range(offers.OFFERS_MOST):
        offers.share(records, BY, bundle(nansei, 256 * (k + 1)), str(k))
    with pytest.raises(BadInput, match="4 bundles are offered: expected at most 4 of 16777216 bytes together"):
        offers.share(records, BY, bundle(nansei), "one more")
    with pytest.raises(Conflict, match="is offered already"):
        offers.share(records, BY, bundle(nansei, 256), "again")
    net.run(1.0)


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        (None, "expected a list of bundles"),
        ([{"slot": 1}], "expected its SHA-256 and what is in it"),
        ([{"slot": -1, "sha256": "0" * 64, "about": {}, "size": 3}], "expected a number for each bundle"),
        ([{"slot": 1, "sha256": "0" * 64, "about": {}, "size": 1 << 40}], "expected 1 to 8388608 bytes"),
        ([{"slot": k, "sha256": f"{k:064}", "about": {}, "size": 3} for k in range(2, 10)], "expected at most 4"),
        ([{"slot": 1, "sha256": "0" * 64, "about": {}, "size": 3}], "its bytes are not those of 000000000000"),
    ],
)
def test_hostile_offers_are_refused_in_one_sentence(libraries, tmp_path, rows, sentence):
    net = coast(libraries, tmp_path, "b")
    a, b = net.member("a"), libraries["b"]
    net.link("a", "b")
    a.mesh.put(Kind.PATTERNS, 0, states.encode([{"offers": rows}]))
    a.mesh.put(Kind.PIECES, 1024, b"abc")
    net.run(4.0)
    assert sentence in b.bundles.problem
    assert b.member.mesh.heard.refused[a.id, "patterns"] == 1
    assert all(one.state == "coming" for one in b.offered())
    assert len(b.offered()) <= offers.OFFERS_MOST


def test_a_trust_list_that_cannot_be_read_lets_them_wait(libraries, tmp_path, nansei, trust):
    good = Path(trust).read_text()
    Path(trust).write_text("format = ")
    net = coast(libraries, tmp_path, "a")
    offers.share(libraries["a"].records, BY, bundle(nansei), "nansei")
    b = Library(net.member("b"), tmp_path, trust)
    net.link("a", "b")
    net.run(4.0)
    with pytest.raises(ConfigError):
        b.look()
    assert [one.state for one in b.offered()] == ["coming"]
    Path(trust).write_text(good)
    b.look()
    assert [one.state for one in b.offered()] == ["offered"]
    b.records.close()


@pytest.mark.parametrize(("profile", "kbit", "carried"), [("radio", 64.0, False), ("cellular", 2000.0, True)])
def test_over_a_thin_link_it_is_announced_alone(libraries, tmp_path, nansei, profile, kbit, carried):
    net = coast(libraries, tmp_path, "ab", "ab", profile=profile, kbit=kbit)
    sent: list[tuple[Lane, int]] = []
    send = libraries["a"].member.mesh.transport.send

    def counted(peer: str, frame: bytes, lane: Lane) -> bool:
        sent.append((lane, len(frame)))
        return send(peer, frame, lane)

    libraries["a"].member.mesh.transport.send = counted
    net.every(1.0, lambda: libraries["a"].member.see(vessels(60, libraries["a"].member.utc(), seed=int(net.now))))
    data = bundle(nansei, 400_000)
    offers.share(libraries["a"].records, BY, data, "nansei")
    net.run(40.0)
    (one,) = libraries["b"].offered()
    assert one.state == ("offered" if carried else "coming")
    assert (one.told, one.about["signer"]["name"]) == ("1 pattern", "naha")
    bulk = sum(size for lane, size in sent if lane == Lane.HISTORY)
    assert (bulk > len(data)) == carried
    assert carried or bulk < 2000
    assert hashlib.sha256(data).hexdigest() == one.sha256
