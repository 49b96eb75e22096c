"""What is found and decided, between a node's records and the mesh: behaviours, people's decisions, pairs of vessels.

Behaviours go out as they are told and come in for the desk. A small thread reads what people decide at this node, for
the others, and applies what people at others decided; what cannot be applied yet waits.
"""

from __future__ import annotations

import hashlib
import json
import logging
import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from mihari.alerts.afar import DAY_S, Afar, Decided, decided_of, decisions_after, heard, to_tell
from mihari.alerts.alert import Settings
from mihari.alerts.pairs import Pairing, pairs_after
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.core.behaviour import Behaviour, Standing
from mihari.core.errors import BadInput, FormatError, MihariError
from mihari.core.shared import Decision, Verdict
from mihari.mesh import states
from mihari.mesh.batches import Batch, Kind
from mihari.mesh.bulk import BULK
from mihari.mesh.mesh import Mesh

log = logging.getLogger("mihari.mesh")

LOOK_S = 0.5
WAIT_S = 600.0  # a decision about an alert that does not come is given up: the alert was closed here long ago
HELD = 20_000  # behaviours and decisions that wait
OVER_S = 6 * 3600.0  # behaviours that ended so long ago are not told any more
PAIRS = 10_000
Member = tuple[str, int]


class Deciding:
    """`member_of`: the (author, vessel) that names an id of the picture, `members_of`: all that are fused in it;
    `number_of`: the other way, 0 unknown."""

    def __init__(
        self,
        mesh: Mesh,
        folder: Path,
        name_of: Callable[[str], str],
        member_of: Callable[[int], Member | None],
        members_of: Callable[[int], Sequence[Member]],
        number_of: Callable[[str, int], int],
        clock: Callable[[], float],
    ) -> None:
        self.mesh, self.clock, self._name_of = mesh, clock, name_of
        self._member_of, self._members_of, self._number_of = member_of, members_of, number_of
        self.fleet_of: Callable[[str, int], int] = lambda author, fleet: 0  # (author, its id of a fleet) -> id here
        self._file = folder / "pairs.jsonl"
        self._decisions: dict[tuple[Member, Member], Decision] = {}
        self._spoken: dict[tuple[int, int], tuple[Member, Member]] = {}  # ids of this run -> whom people meant by them
        self._behaviours: deque[tuple[str, dict[str, Any]]] = deque(maxlen=HELD)
        self._decided: deque[tuple[float, Decided]] = deque(maxlen=HELD)
        self._told: dict[int, float] = {}  # key -> UTC s at which it was over; inf: goes on
        self._records: Records | None = None
        self._afar: Afar | None = None
        self._line = self._pair = 0
        self._run_at = 0.0
        self.keep: Callable[[Batch], None] | None = None  # takes all that others tell: the archive
        self.beside: list[Callable[[Batch], None]] = []  # who else heeds what others tell
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mesh decisions", daemon=True)
        for decision in self._kept():
            self._hold(decision)
        mesh.heed = self.heed

    @property
    def pairs(self) -> tuple[Decision, ...]:
        """What people have said of pairs of vessels, the latest of each pair."""
        return tuple(self._decisions.values())

    def start(self, address: str, run: float, settings: Settings | None = None) -> None:
        """Begin; `address`: of the node's records, "" where it keeps none; `run`: as the records have it."""
        self._run_at = run
        for decision in self.pairs:
            self.mesh.record(Kind.DECISIONS, _plain(decision))
        if address:
            self._records = Records(address, self.clock)
            self._afar = Afar(Watch(self._records, settings or Settings()), self.mesh.me.author)
            self._thread.start()

    def stop(self) -> None:
        """End."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(2.0)
        if self._records is not None:
            self._records.close()

    # behaviours

    def found(self, behaviours: Iterable[Behaviour]) -> None:
        """Behaviours of this node's own, as they are now."""
        now = self.clock()
        for behaviour in behaviours:
            key = int.from_bytes(hashlib.sha256(behaviour.id.encode()).digest()[:7])
            self._told[key] = float("inf") if behaviour.standing is Standing.GOING_ON else now
            self.mesh.tell(Kind.ALERTS, key, to_tell(behaviour))
        over = [k for k, at in self._told.items() if at < now - OVER_S]
        if over:
            self.mesh.withdraw(Kind.ALERTS, over)
            for key in over:
                del self._told[key]

    def behaviours(self) -> list[Behaviour]:
        """What others have found since this was last asked."""
        given = []
        while self._behaviours:
            author, told = self._behaviours.popleft()
            try:
                numbers, fleets = partial(self._number_of, author), partial(self.fleet_of, author)
                given.append(heard(told, author, numbers, fleets))
            except BadInput as problem:
                self._refuse(author, problem)
        return given

    # what comes

    def heed(self, batch: Batch) -> None:
        """A batch of another node's; called by the mesh, which must not wait."""
        kind, author = batch.stream.kind, batch.stream.author
        if self.keep is not None and kind not in BULK:  # which changes no picture, and is kept in the records
            self.keep(batch)
        for heed in self.beside:
            heed(batch)
        if kind not in (Kind.ALERTS, Kind.ACTIONS, Kind.DECISIONS):
            return
        try:
            for told in states.decode(batch.body, len(batch.keys) or 1):
                if kind == Kind.ALERTS:
                    self._behaviours.append((author, told))
                elif kind == Kind.ACTIONS:
                    self._decided.append((self.mesh.steady(), decided_of(told, author)))
                else:
                    self._hold(_decision(told))
        except (FormatError, BadInput) as problem:
            self._refuse(author, problem)

    def _refuse(self, author: str, problem: MihariError) -> None:
        self.mesh.heard.refused[author, "body"] += 1
        log.warning("%s told what cannot be read: %s", self._name_of(author) or author, problem)

    def _hold(self, decision: Decision) -> bool:
        """Keep the latest word about each pair; whether this is it."""
        pair = min(decision.one, decision.other), max(decision.one, decision.other)
        before = self._decisions.get(pair)
        if before is not None and (before.time, before.who) >= (decision.time, decision.who):
            return False
        if before is None and len(self._decisions) >= PAIRS:
            self._decisions.pop(next(iter(self._decisions)))
        self._decisions[pair] = decision
        return True

    # what people at this node say

    def _run(self) -> None:
        since = self.clock() - DAY_S
        while not self._stopping.wait(LOOK_S):
            try:
                self._look(since)
            except MihariError:
                pass  # the records do not answer: the desk tells
            except Exception:
                log.exception("decisions could not be passed on")

    def _look(self, since: float) -> None:
        assert self._records is not None
        with self._records.read() as connection:
            decided = list(decisions_after(connection, self._line, since, self.mesh.me.author))
            pairs = pairs_after(connection, self._pair)
        for one in decided:
            self.mesh.record(Kind.ACTIONS, one.told())
            self._line = one.line
        for pairing in pairs:
            self._pair = pairing.number
            if pairing.run == self._run_at:  # else its numbers mean nothing now
                self._said(pairing)
        self._apply()

    def _said(self, pairing: Pairing) -> None:
        who = f"{pairing.who} ({self.mesh.me.name})"
        verdict = Verdict.SAME if pairing.same else Verdict.DIFFERENT
        for one, other in self._about(pairing):
            decision = Decision(verdict, one, other, who, pairing.time, pairing.note)
            if self._hold(decision):
                self._keep(decision)
                self.mesh.record(Kind.DECISIONS, _plain(decision))

    def _about(self, pairing: Pairing) -> list[tuple[Member, Member]]:
        """Pairs of vessels that a word is about; none where they have gone meanwhile."""
        if not pairing.node:
            meant = self._meant(*sorted((pairing.one, pairing.other)))
            return [] if meant is None else [meant]
        members = self._members_of(pairing.one)
        me = self.mesh.me
        apart = [m for m in members if (me.name if m[0] == me.author else self._name_of(m[0])) == pairing.node]
        return [(one, other) for one in apart for other in members if other not in apart]

    def _meant(self, low: int, high: int) -> tuple[Member, Member] | None:
        """Whom two ids of the picture stand for. Two that are said to be one leave one id: then those meant before."""
        one, other = self._member_of(low), self._member_of(high)
        if one is not None and other is not None:
            self._spoken[low, high] = one, other
        return self._spoken.get((low, high))

    def _apply(self) -> None:
        assert self._afar is not None
        for _ in range(len(self._decided)):
            came, decided = self._decided.popleft()
            done = self._afar.apply(decided, self._name_of(decided.author) or decided.author)
            if not done and self.mesh.steady() - came < WAIT_S:
                self._decided.append((came, decided))

    # what outlives a stop

    def _keep(self, decision: Decision) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with self._file.open("a", encoding="utf-8") as file:
                file.write(json.dumps(_plain(decision), ensure_ascii=False) + "\n")
        except OSError as error:
            log.warning("%s: cannot be written: %s", self._file, error.strerror)

    def _kept(self) -> list[Decision]:
        try:
            lines = self._file.read_text(encoding="utf-8").splitlines()
        except OSError:
            return []
        found = []
        for line in lines:
            try:
                found.append(_decision(json.loads(line)))
            except (ValueError, BadInput):
                log.warning("%s: a line that cannot be read was left out", self._file)
        return found


def _plain(decision: Decision) -> dict[str, Any]:
    return {
        "verdict": int(decision.verdict), "one": list(decision.one), "other": list(decision.other),
        "who": decision.who, "time": decision.time, "note": decision.note,
    }  # fmt: skip


def _decision(told: dict[str, Any]) -> Decision:
    try:
        one, other = (str(told["one"][0]), int(told["one"][1])), (str(told["other"][0]), int(told["other"][1]))
        verdict = Verdict(int(told["verdict"]))
        return Decision(
            verdict, one, other, str(told["who"])[:80], float(told["time"]), str(told.get("note", ""))[:500]
        )
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise BadInput(f"a word about two vessels: {error}") from None
