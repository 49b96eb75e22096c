"""Plans are changed when things happen: at once, by the rules, and what flies goes on for the first minutes."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from tests.patrol.made import patrol

from mihari.core.errors import BadInput
from mihari.patrol.checker import check
from mihari.patrol.file import LookSection
from mihari.patrol.planner import finished, prepare, search
from mihari.patrol.replan import FROZEN_S, Replanner
from mihari.patrol.vehicles import vehicles_of

SEEDS = (3, 5, 8, 11)


@pytest.fixture(scope="module", params=SEEDS)
def planned(request):
    """A patrol, prepared, and a plan of it."""
    prepared = prepare(patrol(request.param))
    return prepared, finished(prepared, search(prepared, 0.15, request.param)), np.random.default_rng(request.param)


def wrong(replanner, before, plan, now):
    """What breaks a rule, but for what the plan itself says it cannot do."""
    cannot = {short.demand.removeprefix("landing of ") for short in plan.shortfalls}
    if any(name.startswith("station") for name in cannot):
        cannot |= {"unmanned", "short overlap"}
    found = check(
        replanner.file, replanner.prepared.ground, plan, lost=replanner.lost, lost_places=replanner.lost_places,
        before=before, frozen_until=now + FROZEN_S,
    )  # fmt: skip
    return [v.told for v in found if not {v.kind, v.vehicle} & cannot]


def vessel(prepared, rng, now, hours):
    """A vessel somewhere in the area that is to be looked at in so many hours."""
    hour, row = (now - prepared.file.start.timestamp()) / 3600, int(rng.choice(prepared.problem.rows))
    cells = prepared.ground.cells
    return LookSection(
        name="vessel", lat_deg=float(cells.lat_deg[row]), lon_deg=float(cells.lon_deg[row]), told_h=hour,
        by_h=hour + hours, speed_kn=float(rng.uniform(0, 10)), course_deg=float(rng.uniform(0, 360)),
    )  # fmt: skip


def test_changed_plans_keep_every_rule_at_the_second_of_a_launch_or_landing(planned):
    prepared, plan, rng = planned
    names = [v.name for v in vehicles_of(prepared.file)]
    times = [time + off for s in plan.sorties for time in (s.launch, s.landing) for off in (-0.6, 0.0, 0.6)]
    for now in rng.permutation([time for time in times if plan.begin < time < plan.end])[:12].tolist():
        replanner = Replanner(prepared, plan)
        assert wrong(replanner, plan, replanner.change(now, lost=[str(rng.choice(names))]), now) == []


def test_changed_plans_keep_every_rule(planned):
    prepared, plan, rng = planned
    replanner, now = Replanner(prepared, plan), plan.begin + 1800.0
    names = [v.name for v in vehicles_of(prepared.file)]
    places = [place.name for place in prepared.problem.places]
    changes = (
        {"lost": [str(rng.choice(names))]}, {"closed": {str(rng.choice(places)): now + 7200.0}},
        {"looks": [vessel(prepared, rng, now + 3000, 2.0)]}, {"lost_places": [str(rng.choice(places))]}, {},
    )  # fmt: skip
    for change in changes:
        before = replanner.plan
        after = replanner.change(now, **change)
        assert wrong(replanner, before, after, now) == []
        assert wrong(replanner, before, replanner.improve(0.05), now) == []
        now += 1500.0


def test_who_is_lost_is_not_planned_with(planned):
    prepared, plan, _ = planned
    who = plan.sorties[0].vehicle
    after = Replanner(prepared, plan).change(plan.begin + 3600.0, lost=[who])
    assert not after.of(who)
    assert after.begin == plan.begin + 3600.0
    assert after.end == plan.end


def test_nothing_happened_is_the_same_plan_from_then_on(planned):
    prepared, plan, _ = planned
    now = plan.begin + 3600.0
    after = Replanner(prepared, plan).change(now)
    first, again = (
        Counter((s.vehicle, stop.name) for s in one.sorties for stop in s.stops if stop.leave > now)
        for one in (plan, after)
    )
    assert (first & again).total() >= 0.9 * first.total()


def test_cells_that_were_not_looked_at_are_old(planned):
    prepared, plan, _ = planned
    now = plan.begin + 3600.0
    as_planned = Replanner(prepared, plan).change(now)
    never = Replanner(prepared, plan).change(now, seen=dict.fromkeys(prepared.problem.rows.tolist(), now - 1e5))
    assert never.figures["fresh"] < as_planned.figures["fresh"] or as_planned.figures["fresh"] == 0.0


def test_what_nobody_knows_is_refused(planned):
    prepared, plan, _ = planned
    replanner = Replanner(prepared, plan)
    with pytest.raises(BadInput, match="no vehicle is called 'nobody'"):
        replanner.change(plan.begin + 60.0, lost=["nobody"])
    with pytest.raises(BadInput, match="no base or ship is called 'nowhere'"):
        replanner.change(plan.begin + 60.0, closed={"nowhere": plan.end})
    with pytest.raises(BadInput, match="outside the plan"):
        replanner.change(plan.end + 60.0)
    with pytest.raises(BadInput, match="nothing has changed"):
        replanner.improve(0.1)
    assert replanner.plan is plan


def happens(rng, prepared, now, names):
    """Something at random."""
    places = [place.name for place in prepared.problem.places]
    return (
        {"lost": [str(rng.choice(names))]},
        {"closed": {str(rng.choice(places)): now + float(rng.uniform(600, 9000))}},
        {"looks": [vessel(prepared, rng, now, float(rng.uniform(0.5, 4)))]},
        {"lost_places": [str(rng.choice(places))]} if rng.random() < 0.3 else {},
        {},
    )[int(rng.integers(0, 5))]


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(100, 150))
def test_days_of_changes_keep_every_rule(seed):
    prepared, rng = prepare(patrol(seed)), np.random.default_rng(seed)
    plan = finished(prepared, search(prepared, 0.15, seed))
    names = [v.name for v in vehicles_of(prepared.file)]
    for _ in range(6):
        replanner, now = Replanner(prepared, plan), plan.begin + rng.uniform(60, 0.5 * (plan.end - plan.begin))
        for _ in range(int(rng.integers(1, 6))):
            before = replanner.plan
            times = [time for s in before.sorties for time in (s.launch, s.landing) if time > now + 1]
            if times and rng.random() < 0.4:
                now = float(rng.choice(times)) + rng.uniform(-0.9, 0.9)
            if not before.begin <= now < before.end:
                break
            assert wrong(replanner, before, replanner.change(now, **happens(rng, prepared, now, names)), now) == []
            assert wrong(replanner, before, replanner.improve(0.05), now) == []
            now += 60 * rng.uniform(1, 90)
