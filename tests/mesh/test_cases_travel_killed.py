"""Two and three real processes, their links TLS, while people write in their records; one is killed as it takes."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "library" / "exchange"))
from exchange_coast import Coast, pattern
from tests.mesh.test_nodes import free_port

from mihari.alerts import audit
from mihari.alerts.actions import By
from mihari.alerts.records import Records
from mihari.cases import decide, shelf
from mihari.cases.body import listed_object
from mihari.cases.sections import edits_hash
from mihari.library import offers
from mihari.library.exchange import Content, make
from mihari.library.shelf import listed
from mihari.mesh.authority import make_authority, make_identity

PROGRAM = Path(__file__).with_name("office.py")
BY = By("Sato", 1.79e9)


class Nodes:
    """A row of nodes, each calling the one before."""

    def __init__(self, folder: Path, *names: str) -> None:
        self.folder, self.names = folder, names
        make_authority(folder / "coast", "strait")
        for name in names:
            make_identity(folder / name, name, folder / "coast")
        self.records = {name: Records(folder / f"{name}.sqlite").open() for name in names}
        self.ports = {name: free_port(socket.SOCK_STREAM) for name in names}
        self.running: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str) -> None:
        at = self.names.index(name)
        calls = [str(self.ports[self.names[at - 1]])] if at else []
        path = os.pathsep.join(p for p in sys.path if p)
        command = [sys.executable, str(PROGRAM), str(self.folder), name, str(self.ports[name]), *calls]
        running = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, env={**os.environ, "PYTHONPATH": path}
        )
        self.running[name] = running
        assert running.stdout is not None
        assert running.stdout.readline() == b"up\n"

    def kill(self, name: str) -> None:
        running = self.running.pop(name)
        running.send_signal(signal.SIGKILL)
        running.wait(10.0)
        for pipe in (running.stdin, running.stdout):
            assert pipe is not None
            with contextlib.suppress(BrokenPipeError):
                pipe.close()

    def kept(self, name: str) -> list[shelf.Kept]:
        with self.records[name].read() as connection:
            return [shelf.one(connection, told["number"]) for told in shelf.listed(connection)]

    def hashes(self, name: str) -> dict[str, str]:
        return {kept.case.uuid: edits_hash(kept.case.edits) for kept in self.kept(name)}

    def alike(self) -> bool:
        one, *others = [self.hashes(name) for name in self.names]
        return bool(one) and all(one == other for other in others)


@pytest.fixture
def nodes(tmp_path: Path) -> Iterator[Nodes]:
    made = Nodes(tmp_path, "naha", "kume", "miyako")
    yield made
    for name in list(made.running):
        made.kill(name)
    for records in made.records.values():
        with records.read() as connection:
            assert audit.verify(connection).good
        records.close()


def until(what, seconds: float = 60.0) -> float:
    begin = time.monotonic()
    while not what():
        assert time.monotonic() < begin + seconds, "waited too long"
        time.sleep(0.1)
    return time.monotonic() - begin


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_three_processes_that_were_apart_hold_the_same_cases_again(nodes: Nodes, capsys) -> None:
    for name in nodes.names:
        nodes.start(name)
    shelf.open_case(nodes.records["naha"], BY, [("title", "Boat without lights")])
    took = until(nodes.alike)
    nodes.kill("kume")  # which is between the two others
    for name, text in (("naha", "a drill"), ("kume", "smugglers"), ("miyako", "no lights at all")):
        decide.edit(nodes.records[name], By(f"of {name}", 1.79e9), 1, {"analysis": text})
        decide.add(nodes.records[name], By(f"of {name}", 1.79e9), 1, "note", {"text": text})
    assert not nodes.alike()
    nodes.start("kume")
    again = until(nodes.alike)
    (case,) = [kept.case for kept in nodes.kept("miyako")]
    assert {note["text"] for note in case.held("note")} == {"a drill", "smugglers", "no lights at all"}
    assert {said.value for said in case.words["analysis"]} == {"a drill", "smugglers", "no lights at all"}
    with capsys.disabled():
        print(f" (a new case after {took:.1f} s, after the cut {again:.1f} s)", end="")


@pytest.mark.slow
@pytest.mark.timeout(400)
def test_kill_minus_nine_while_it_takes_leaves_nothing_half_done(nodes: Nodes, capsys) -> None:
    rng = random.Random(5)
    naha, miyako = nodes.records["naha"], nodes.records["miyako"]
    for k in range(30):
        number = shelf.open_case(naha, BY, [("title", f"case {k}")]).number
        shelf.change(naha, BY, number, [("note", {"text": f"{k}/{j} " + "x" * 300}) for j in range(120)])
    nodes.start("naha")
    nodes.start("kume")
    midway = 0
    for _ in range(6):
        nodes.start("miyako")
        time.sleep(rng.uniform(0.2, 1.6))
        nodes.kill("miyako")
        midway += 0 < sum(len(kept.case.edits) for kept in nodes.kept("miyako")) < 30 * 122
        whole(miyako)
    nodes.start("miyako")
    took = until(nodes.alike, 120.0)
    whole(miyako)
    with capsys.disabled():
        print(f" (killed with a part of it {midway} of 6 times; 3,660 edits whole {took:.1f} s after the last)", end="")
    assert sum(len(kept.case.edits) for kept in nodes.kept("miyako")) == 30 * 122


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_bundle_is_offered_at_the_third_node_that_was_killed_while_it_came(nodes: Nodes, capsys) -> None:
    coast = Coast(nodes.folder / "signers")
    data = make(
        "big", 1, [Content(pattern(), os.urandom(7 << 20))], coast.signer("naha", time.time() - 86400.0), 1.79e9
    )
    shared = offers.share(nodes.records["naha"], BY, data, "big")
    nodes.start("naha")
    nodes.start("kume")
    rng, miyako = random.Random(6), nodes.records["miyako"]
    for _ in range(3):
        nodes.start("miyako")
        time.sleep(rng.uniform(0.2, 1.2))
        nodes.kill("miyako")
    nodes.start("miyako")

    def there() -> list[tuple[str, str, str]]:
        with miyako.read() as connection:
            return [(one.id, one.by, one.state) for one in offers.listed(connection)]

    took = until(lambda: there() == [(shared.id, "naha", "offered")])
    with miyako.read() as connection:
        assert offers.one(connection, shared.id)[1] == data
        assert listed(connection) == []
    with capsys.disabled():
        print(f" (7 MiB through the second node {took:.1f} s after the third's start)", end="")


def whole(records: Records) -> None:
    """Each case in the list is the one that its edits make."""
    with records.read() as connection:
        me = shelf.author_there(connection)
        for told in shelf.listed(connection):
            kept = shelf.one(connection, told["number"])
            assert told == listed_object(kept.case, kept.number, kept.version, me)
