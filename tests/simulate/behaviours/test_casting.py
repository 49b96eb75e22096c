from dataclasses import replace

import numpy as np
import pytest

from mihari.core.errors import ConfigError
from mihari.simulate.behaviours import casts
from mihari.simulate.behaviours.casting import INJECTORS
from mihari.simulate.behaviours.contract import Injector
from mihari.simulate.calls import BEHAVIOURS, Behaviour
from mihari.simulate.scenario import parse

HEAD = 'name = "a"\narea = "nansei"\nstart = 2026-01-01T00:00:00Z\n'
CALL = '[[behaviour]]\nkind = "{}"\naround_deg = [25.9, 127.0]\n'
CABLE = '[[cable]]\nname = "c"\npoints_deg = [[26.0, 126.4], [25.7, 127.4]]\n'


def cast_of(scenario, stage, *calls, seed=3):
    return casts(replace(scenario, behaviours=calls), stage, np.random.default_rng(seed))


def test_the_share_of_look_alikes_is_exact_and_every_variant_has_its_turn(scenario, stage):
    call = Behaviour("rendezvous", (25.9, 127.0), radius=37_000.0, count=8)
    events = [cast.events[0] for cast in cast_of(scenario, stage, call)]
    assert [event.innocent for event in events].count(True) == 4
    notes = " / ".join(event.note for event in events if event.innocent)
    assert all(word in notes for word in ("short of", "pilot", "bunkering", "trawling"))


def test_one_more_behaviour_moves_no_other(scenario, stage):
    one = Behaviour("loitering", (25.9, 127.0), radius=37_000.0, count=2)
    alone = cast_of(scenario, stage, one)
    assert repr(cast_of(scenario, stage, one, replace(one, kind="rendezvous"))[:2]) == repr(alone)
    assert repr(cast_of(scenario, stage, one, seed=4)) != repr(alone)


def test_a_variant_that_is_asked_for_is_played(scenario, stage):
    call = Behaviour("rendezvous", (25.9, 127.0), radius=37_000.0, count=2, variant="pilot boarding")
    assert all("pilot" in cast.events[0].note for cast in cast_of(scenario, stage, call))


def test_where_nothing_fits_one_sentence_says_why(scenario, stage):
    for call, why in (
        (Behaviour("rendezvous", (26.50, 127.95), radius=2000.0), "there is no water"),
        (Behaviour("loitering", (25.9, 127.0), start=100.0, end=700.0), "s do not fit between 100 and 700 s"),
        (
            Behaviour("ais_off", (25.9, 127.0), variant="inside radar cover", radius=2000.0),
            "no place has what it takes",
        ),
    ):
        with pytest.raises(ConfigError, match=why) as caught:
            cast_of(scenario, stage, replace(call, innocent=0.0))
        told = str(caught.value)
        assert told.startswith(f"{scenario.file}: behaviour[0]: found no room for {call.kind} around ")
        assert "\n" not in told


def test_an_unknown_variant_is_named_with_those_that_there_are(scenario, stage):
    with pytest.raises(ConfigError, match=r"expected one of transfer, short, pilot boarding, .* found 'party'"):
        cast_of(scenario, stage, Behaviour("rendezvous", (25.9, 127.0), variant="party"))


def test_every_behaviour_of_a_scenario_file_has_an_injector():
    assert tuple(INJECTORS) == BEHAVIOURS
    for injector in INJECTORS.values():
        typed: Injector = injector
        assert typed.REAL
        assert "short" in typed.ALIKE


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (CALL.format("loitering_cable"), "behaviour[0]: expected a [[cable]] in the scenario"),
        (CALL.format("party"), "behaviour[0].kind: expected one of ais_off, false_position, cloned_identity,"),
        (
            CABLE + CALL.format("loitering") + 'cable = "d"',
            "behaviour[0].cable: no cable is named 'd'; known are c",
        ),
        (CABLE + CABLE, "cable[1].name: 'c' is taken"),
        (
            CALL.format("fleet") + "from_s = 9\nto_s = 9",
            "behaviour[0]: expected from_s < to_s <= duration_s, found 9 and 9",
        ),
        (CALL.format("fleet") + "to_s = 9000", "behaviour[0]: expected from_s < to_s <= duration_s, found 0 and 9000"),
        (CALL.format("fleet") + "innocent = 2", "behaviour[0].innocent: expected a number between 0 and 1, found 2"),
    ],
)
def test_a_mistake_in_a_call_gives_one_sentence(text, sentence):
    with pytest.raises(ConfigError) as caught:
        parse(HEAD + text, "coast.toml")
    assert str(caught.value).startswith(f"coast.toml: {sentence}")


def test_calls_and_cables_read_back_equal():
    text = HEAD + CABLE + CALL.format("loitering_cable") + 'count = 3\ncable = "c"\nthreshold_s = 600\nto_s = 3000\n'
    scenario = parse(text, "coast.toml")
    assert parse(scenario.toml(), "again.toml") == scenario
    assert scenario.behaviours[0].threshold == 600.0
