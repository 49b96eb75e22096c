"""Plans of patrols at random: what the planner makes, the checker of the rules finds nothing wrong with."""

from __future__ import annotations

import pytest
from tests.patrol.made import patrol

from mihari.patrol.checker import check
from mihari.patrol.planner import finished, prepare, search

SECONDS = 0.15
QUICK, ALL = range(12), range(500)


def found(seed):
    """Violations of the plan of one patrol, and the plan."""
    prepared = prepare(patrol(seed))
    plan = finished(prepared, search(prepared, SECONDS, seed))
    return check(prepared.file, prepared.ground, plan), plan


@pytest.mark.parametrize("seed", QUICK)
def test_a_plan_keeps_every_rule(seed):
    violations, plan = found(seed)
    assert [v.told for v in violations] == []
    assert 0.0 <= plan.figures["fresh"] <= plan.figures["bound"] + 1e-9 <= 1.0 + 2e-9


@pytest.mark.slow
def test_five_hundred_plans_keep_every_rule():
    wrong = {seed: [v.told for v in violations] for seed in ALL if (violations := found(seed)[0])}
    assert wrong == {}
