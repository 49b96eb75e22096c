"""The panel of health in a real browser, in every state an officer may find it, in all palettes."""

from __future__ import annotations

import re

import pytest


def text(screen):
    return re.sub(r"\s+", " ", screen.page.inner_text("mh-health"))


@pytest.fixture
def well(screen, node):
    """The panel, open, and everything well before and after."""
    node.order(health="well")
    screen.until("document.querySelector('#health')?.innerText.includes('HEALTH')", 30.0)
    screen.page.click("#health")
    screen.until("document.querySelector('mh-health h2')")
    yield screen
    node.order(health="well")
    if screen.ask("document.querySelector('mh-health').open"):
        screen.page.keyboard.press("Escape")
    screen.ask("(mihari.settings.palette = 'day', mihari.settings.changed('palette'))")


def test_all_well_shows_feeds_stations_witnesses_and_what_was_refused(well):
    said = text(well)
    assert "No alarm stands." in said
    assert re.search(r"AIS stations listening heard \d s ago", said)
    assert re.search(r"KUME \d s [\d ]+ [\d ]+ [\d ]+ · \d+ % 498 −0.1 s", said)
    assert "refused: checksum 3, too long 1" in said
    assert "Queue 3 reports of 200 000: <1 %" in said
    assert "1 240 reports and looks that came too late were run again in their place" in said
    assert "4 200 passed on" in said
    assert "1 ended within the last day" in said
    well.picture("health-well")
    well.ask("document.querySelectorAll('mh-health details').forEach(d => d.open = true)")
    assert "!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4F" in text(well)
    assert r"\x00\xff\x17!AIVDM" in text(well)
    well.picture("health-refused")
    assert well.errors == []


@pytest.mark.parametrize(
    ("trouble", "badge", "sentence"),
    [
        ("failed", "✕ 1 ALARM", "Feed radars has failed: udp://239.192.0.2:8600: the network card eth1 has gone."),
        ("clock", "▲ 1 WARNING", "The clock of AIS station KERAMA is 7.1 s ahead, by the seconds that ships tell"),
        pytest.param(
            "archive",
            "✕ 1 ALARM",
            "The archive has stopped, the picture goes on: /srv/mihari: no space left on the device.",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "own",
            "✕ 1 ALARM +1",
            "This computer's clock is 62.0 s behind, by the seconds of ships.",
            marks=pytest.mark.slow,
        ),
        pytest.param(
            "range",
            "✕ 1 ALARM",
            "The range of radar kume has shrunk to the north-east and the east",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_a_trouble_is_told_in_the_bar_and_in_a_sentence(well, node, trouble, badge, sentence):
    node.order(health=trouble)
    well.until(f"document.querySelector('#health').innerText.trim() == {badge!r}", 10.0)
    assert sentence in text(well)
    assert re.search(r"since \d\d:\d\d:\d\d, \d+ s", text(well))
    well.picture(f"health-{trouble}")


@pytest.mark.slow
@pytest.mark.parametrize("palette", ["dusk", "night"])
def test_it_is_readable_in_the_dark(well, node, palette):
    node.order(health="clock")
    well.until("document.querySelector('#health').innerText.includes('WARNING')", 10.0)
    well.ask(f"(mihari.settings.palette = '{palette}', mihari.settings.changed('palette'))")
    well.picture(f"health-{palette}")
    style = "getComputedStyle(document.querySelector('.health'))"
    colours = well.ask(f"[{style}.backgroundColor, {style}.color]")
    dark, light = (sum(int(v) for v in re.findall(r"\d+", colour)[:3]) for colour in colours)
    assert dark < 140
    assert light > 2 * dark + 150


def test_the_key_opens_it_and_escape_closes_it_and_the_map_stays(well):
    well.page.keyboard.press("Escape")
    well.until("!document.querySelector('.health')")
    well.page.keyboard.press("h")
    well.until("document.querySelector('.health')")
    assert well.ask("document.activeElement.innerText") == "Close (Esc)"
    assert well.ask("document.querySelector('mh-feeds').innerText.includes('AIS stations')")
