"""Anybody may do anything in any order: what must always hold, holds (a state machine over the actions)."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

from alert_helpers import A, Standing, T, Urgency, by, check, found, listed, one
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mihari.alerts import actions
from mihari.alerts.actions import Conflict, Unknown
from mihari.alerts.records import Records
from mihari.alerts.watch import Watch
from mihari.core.errors import BadInput

KINDS = st.sampled_from(["gap", "dark", "rendezvous"])
VESSELS = st.lists(st.integers(A, A + 3), min_size=1, max_size=2, unique=True).map(tuple)
URGENCIES = st.sampled_from(list(Urgency))
NUMBERS = st.integers(1, 4)
CHOICES = (
    lambda n, now: lambda b: actions.acknowledge(b, n, by(now=now), "other"),
    lambda n, now: lambda b: actions.assign(b, n, by(now=now), f"unit {int(now) % 3}"),
    lambda n, now: lambda b: actions.comment(b, n, by(now=now), "looked"),
    lambda n, now: lambda b: actions.set_aside(b, n, by(now=now), "permitted"),
    lambda n, now: lambda b: actions.set_aside(b, n, by(now=now), "other", until=now + 900),
    lambda n, now: lambda b: actions.bring_back(b, n, by(now=now)),
    lambda n, now: lambda b: actions.escalate(b, n, by(now=now), Urgency.EMERGENCY),
    lambda n, now: lambda b: actions.close(b, n, by(now=now), "innocent"),
)


class AnyOrder(RuleBasedStateMachine):
    """A node that tells, and people who decide."""

    @initialize()
    def begin(self):
        self.folder = tempfile.TemporaryDirectory()
        self.records = Records(Path(self.folder.name) / "records.sqlite").open()
        self.watch, self.now, self.told = Watch(self.records), float(T), {}
        self.watch.begin(T - 100.0)

    @rule(kind=KINDS, vessels=VESSELS, urgency=URGENCIES, ends=st.booleans())
    def tell(self, kind, vessels, urgency, ends):
        b = found(kind, vessels, int(self.now), int(self.now) + 50 if ends else None, urgency=urgency)
        self.told[b.id] = replace(b, revision=self.told[b.id].revision + 1) if b.id in self.told else b
        self.watch.take([([self.told[b.id]], (), self.now)])

    @rule(data=st.data(), urgency=URGENCIES, standing=st.sampled_from(list(Standing)), length=st.integers(1, 9000))
    def revise(self, data, urgency, standing, length):
        if not self.told:
            return
        b = self.told[data.draw(st.sampled_from(sorted(self.told)))]
        end = None if standing is Standing.GOING_ON else b.start + length
        b = replace(b, revision=b.revision + 1, urgency=urgency, standing=standing, end=end)
        self.told[b.id] = b
        self.watch.take([([b], (), self.now)])

    @rule(seconds=st.sampled_from([1.0, 299.0, 300.0, 4000.0, 50_000.0]))
    def wait(self, seconds):
        self.now += seconds
        self.watch.take([((), (), self.now)])

    @rule(number=NUMBERS, choice=st.sampled_from(CHOICES))
    def decide(self, number, choice):
        before = {a["number"]: a for a in listed(self.records, "all")}
        try:
            self.watch.act(number, choice(number, self.now))
        except (Conflict, Unknown, BadInput):
            assert {a["number"]: a for a in listed(self.records, "all")} == before
        else:
            after = {a["number"]: a for a in listed(self.records, "all")}
            assert after[number]["version"] == before[number]["version"] + 1
            assert {n: a for n, a in after.items() if n != number} == {n: a for n, a in before.items() if n != number}

    @invariant()
    def what_must_always_hold(self):
        if not hasattr(self, "records"):
            return
        alerts = listed(self.records, "all")
        order = [(["unacknowledged", "ended", "settled", "aside", "closed"].index(a["place"]),
                  -Urgency[a["urgency"].upper()], -a["since"], -a["number"]) for a in alerts]  # fmt: skip
        assert order == sorted(order)
        assert sum(len(one(self.records, a["number"])["behaviours"]) for a in alerts) == len(self.kept())
        for alert in alerts:
            if alert["going_on"]:
                assert alert["last"] is None
            if alert["place"] in ("unacknowledged", "ended"):
                assert alert["acknowledged"] is None

    def kept(self):
        """The behaviours that were ever told as something else than retracted."""
        with self.records.read() as connection:
            return connection.exec_driver_sql("SELECT id FROM behaviour").all()

    def teardown(self):
        if hasattr(self, "records"):
            check(self.records)
            self.records.close()
            self.folder.cleanup()


AnyOrder.TestCase.settings = settings(
    max_examples=12, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
test_any_order = AnyOrder.TestCase
