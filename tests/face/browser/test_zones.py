"""Zones on the map in a real browser, on the real face and real records: drawn, told about, kept, taken away."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from alert_node import HOSTILE
from alert_screen import AlertNode, text
from zone_screen import ask, draw, kept, theirs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AlertNode]:
    """A node without zones."""
    one = AlertNode(tmp_path_factory.mktemp("zones"), 1)
    yield one
    one.stop()


@pytest.fixture(scope="module")
def page(node: AlertNode, new_screen: Callable[..., Any]) -> Any:
    """The page on it."""
    one = new_screen(width=1280, height=800)
    one.open(node.url + "?palette=day&lat=26.2&lon=127.2&z=9")
    one.until("mihari.zones.kept")
    return one


def test_a_polygon_is_drawn_with_the_mouse_told_about_and_kept(page: Any, node: AlertNode) -> None:
    page.page.click("#zones")
    assert "No zones yet" in text(page, "mh-zones")
    page.page.click("mh-zones button:text-is('Draw a polygon')")
    draw(page, (26.3, 127.1), (26.3, 127.5))
    page.page.click("mh-zones button:text-is('Finish')")
    assert "needs 3 corners at least, it has 2" in text(page, "mh-zones .problem")
    draw(page, (26.1, 127.5), (26.0, 127.6))
    page.page.keyboard.press("Control+z")
    assert page.ask("mihari.zones.corners.length") == 3
    draw(page, (26.1, 127.1))
    draw(page, (26.3, 127.1))  # the first one again: it is closed
    page.until("mihari.zones.draft && !mihari.zones.draft.drawing")
    assert page.ask("document.activeElement.name") == "name"
    page.page.keyboard.type("north bank")
    page.page.select_option("mh-zones [name=kind]", "closed")
    page.page.check("mh-zones [name=enter]")
    page.page.fill("mh-zones [name=dwell_min]", "45")
    page.page.select_option("mh-zones [name=urgency]", "warning")
    page.page.click("mh-zones summary >> nth=0")
    page.page.check("mh-zones [name=types][value=tanker]")
    page.page.fill("mh-zones [name=flags]", "431, 432")
    page.page.check("mh-zones [name=months][value='7']")
    page.page.fill("mh-zones [name=who]", "Sato")
    page.page.click("mh-zones button:text-is('Save')")
    page.until("!mihari.zones.draft && mihari.zones.list.length === 1")
    (zone,) = kept(node)
    corners = zone["geometry"]["coordinates"][0]
    assert corners[0] == corners[-1]
    assert sorted((round(lon, 1), round(lat, 1)) for lon, lat in corners[:-1]) == [
        (127.1, 26.1), (127.1, 26.3), (127.5, 26.1), (127.5, 26.3),
    ]  # fmt: skip
    assert zone["properties"]["watch"] == {
        "enter": True, "dwell_min": 45.0, "types": ["tanker"], "flags": [431, 432], "months": [7], "urgency": "warning",
    }  # fmt: skip
    assert page.ask("mihari.settings.selected") == 0  # clicks while drawing choose no vessel
    assert "1 ZONE" in page.page.inner_text("#zones")
    page.until("mihari.chart.map.queryRenderedFeatures({layers: ['zone-fill']}).length > 0")
    page.picture("zones-day")


def test_hostile_names_do_nothing_and_no_corner_is_lost_to_a_refusal(page: Any, node: AlertNode) -> None:
    zone = next(f for f in kept(node) if f["properties"]["name"] == "north bank")
    ask(node, "POST", "zones", {"who": HOSTILE[:70], "zone": theirs(zone, HOSTILE[:70])})
    ask(node, "POST", "zones", {"who": "Kudo", "zone": theirs(zone, "cable 1")})
    page.until("mihari.zones.list.length === 3", 5.0)
    assert "<img src=x" in text(page, "mh-zones")
    assert page.ask("document.title") != "owned"
    assert page.page.locator("mh-zones img, mh-zones script").count() == 0
    page.page.click("[aria-label='Change north bank']")
    page.page.fill("mh-zones [name=name]", "cable 1")
    page.page.click("mh-zones button:text-is('Save')")
    page.until("mihari.zones.problem")
    assert "A zone named cable 1 is there already: expected another name." in text(page, "mh-zones .problem")
    assert page.ask("mihari.zones.corners.length") == 4
    page.page.keyboard.press("Escape")
    page.until("!mihari.zones.draft")


def test_a_zone_is_taken_away_only_when_asked_twice(page: Any, node: AlertNode) -> None:
    page.page.click("[aria-label='Take away north bank']")
    assert page.ask("document.activeElement.textContent") == "Keep it"
    page.page.keyboard.press("Enter")
    assert len(kept(node)) == 3
    page.page.click("[aria-label='Take away north bank']")
    page.page.click(".zone-leaving button:text-is('Take away')")
    page.until("mihari.zones.list.length === 2")
    assert "north bank" not in [f["properties"]["name"] for f in kept(node)]
    assert ask(node, "GET", "audit")["good"]
    page.page.keyboard.press("o")
    page.until("!mihari.zones.open")
    assert [e for e in page.errors if "409" not in e] == []
