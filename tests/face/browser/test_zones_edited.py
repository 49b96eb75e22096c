"""Zones on the map in a real browser: corners dragged, other pages, other officers, keys alone, and how it looks."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from alert_screen import AlertNode, text
from zone_screen import ask, at, draw, kept, theirs

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AlertNode]:
    """A node with one zone."""
    one = AlertNode(tmp_path_factory.mktemp("zones"), 1)
    ring = [[127.1, 26.3], [127.5, 26.3], [127.5, 26.1], [127.1, 26.1], [127.1, 26.3]]
    about = {"name": "north bank", "kind": "closed", "watch": {"enter": True, "urgency": "warning"}}
    shape = {"type": "Polygon", "coordinates": [ring]}
    ask(one, "POST", "zones", {"who": "Kudo", "zone": {"type": "Feature", "properties": about, "geometry": shape}})
    yield one
    one.stop()


@pytest.fixture(scope="module")
def page(node: AlertNode, new_screen: Callable[..., Any]) -> Any:
    """The page on it."""
    one = new_screen(width=1280, height=800)
    one.open(node.url + "?palette=day&lat=26.2&lon=127.2&z=9")
    one.until("mihari.zones.list.length === 1")
    one.page.click("#zones")
    return one


def test_a_corner_is_dragged_and_other_pages_see_it_at_once(
    page: Any, node: AlertNode, new_screen: Callable[..., Any]
) -> None:
    other = new_screen(width=700, height=900)
    other.open(node.url + "?palette=night&lat=26.2&lon=127.2&z=9")
    other.until("mihari.zones.list.length === 1")
    page.page.click("[aria-label='Change north bank']")
    time.sleep(0.2)
    page.until("!mihari.chart.map.isMoving()")
    middle = page.ask("mihari.chart.map.getCenter().lat")
    page.page.mouse.move(*at(page, 26.1, 127.5))
    page.page.mouse.down()
    page.page.mouse.move(*at(page, 26.05, 127.45), steps=4)
    page.page.mouse.up()
    page.page.mouse.move(*at(page, 26.3, 127.3))  # the middle of an edge gives a new corner
    page.page.mouse.down()
    page.page.mouse.move(*at(page, 26.4, 127.3), steps=4)
    page.page.mouse.up()
    page.picture("zones-editing")
    assert page.ask("mihari.chart.map.getCenter().lat") == middle  # the map stayed
    page.page.fill("mh-zones [name=who]", "Sato")
    page.page.click("mh-zones button:text-is('Save')")
    page.until("!mihari.zones.draft")
    other.until("mihari.zones.list[0].revision === 2", 5.0)
    corners = other.ask("mihari.zones.list[0].rings[0]")
    assert len(corners) == 5
    assert [26.05, 127.45] in [[round(lat, 2), round(lon, 2)] for lat, lon in corners]
    other.page.keyboard.press("o")
    other.picture("zones-night-narrow")
    assert not other.errors
    other.page.close()


def test_what_somebody_else_changed_meanwhile_is_shown_and_nothing_is_lost(page: Any, node: AlertNode) -> None:
    page.page.click("[aria-label='Change north bank']")
    page.page.fill("mh-zones [name=name]", "mine")
    page.page.fill("mh-zones [name=who]", "Sato")
    (zone,) = kept(node)
    told = {"who": "Kudo", "revision": zone["properties"]["revision"], "zone": theirs(zone, "south bank")}
    ask(node, "PUT", f"zones/{zone['id']}", told)
    page.until("mihari.zones.overtaken", 5.0)
    assert "Kudo has changed this zone meanwhile." in text(page, "mh-zones .problem")
    assert page.page.input_value("mh-zones [name=name]") == "mine"
    page.picture("zones-overtaken")
    page.page.click("mh-zones button:text-is('Put mine in its place')")
    page.page.click("mh-zones button:text-is('Save')")
    page.until("!mihari.zones.draft && mihari.zones.list[0].name === 'mine'")
    assert [f["properties"]["name"] for f in kept(node)] == ["mine"]


def test_a_line_is_drawn_by_keys_alone_and_its_corners_may_be_written(page: Any, node: AlertNode) -> None:
    press = page.page.keyboard.press
    page.page.evaluate("document.querySelector('.zone-buttons button:nth-child(2)').focus()")
    press("Enter")  # "Draw a line": the focus goes to the map
    page.until("mihari.zones.draft?.drawing")
    press("Space")
    press("ArrowRight")
    page.until("mihari.chart.map.isMoving() || mihari.chart.map.getCenter().lng > 127.25")
    page.until("!mihari.chart.map.isMoving()")
    press("Space")
    assert page.ask("mihari.zones.corners.length") == 2
    press("Backspace")
    assert page.ask("mihari.zones.corners.length") == 1
    press("Space")
    press("Enter")
    page.until("document.activeElement.name === 'name'")
    page.page.keyboard.type("cable 1")
    page.page.click("mh-zones summary >> nth=1")
    page.page.fill("mh-zones [name=corners]", "26°12.5′N 127°06.0′E\n26 30 N, 127 24.5 E\n26.6, 127.8")
    press("Tab")
    assert page.ask("mihari.zones.corners.map(c => c.map(v => v.toFixed(4)).join())") == [
        "26.2083,127.1000", "26.5000,127.4083", "26.6000,127.8000",
    ]  # fmt: skip
    page.page.fill("mh-zones [name=corners]", "somewhere")
    press("Tab")
    assert "Corner 1 cannot be read: expected a place such as" in text(page, "mh-zones .problem")
    assert page.ask("mihari.zones.corners.length") == 3
    page.page.click("mh-zones button:text-is('Save')")
    page.until("!mihari.zones.draft && mihari.zones.list.length === 2")
    line = next(f for f in kept(node) if f["properties"]["name"] == "cable 1")
    assert (line["geometry"]["type"], line["properties"]["width_m"]) == ("LineString", 500.0)
    page.until("mihari.chart.map.queryRenderedFeatures({layers: ['zone-breadth']}).length > 0")


def test_it_looks_right_in_each_state(page: Any) -> None:
    page.page.click("[aria-label='Take away mine']")
    page.picture("zones-taking-away")
    page.page.keyboard.press("Escape")
    page.page.click("mh-zones button:text-is('Draw a polygon')")
    draw(page, (26.45, 127.5), (26.45, 127.7))
    page.page.click("mh-zones button:text-is('Finish')")
    page.picture("zones-error")
    draw(page, (26.35, 127.7))
    page.picture("zones-drawing")
    page.page.keyboard.press("Escape")  # enough is drawn: it is kept
    page.until("!mihari.zones.draft.drawing")
    page.picture("zones-form")
    page.page.keyboard.press("Escape")
    assert "Press Esc once more" in text(page, "mh-zones .problem")
    page.page.keyboard.press("Escape")
    page.until("!mihari.zones.draft")
    page.page.set_viewport_size({"width": 640, "height": 900})
    page.page.click("[aria-label='Change mine']")
    page.ask("(mihari.settings.palette = 'dusk', mihari.settings.changed('palette'))")
    page.until("!mihari.chart.map.isMoving()")
    page.picture("zones-dusk-narrow")
    assert [e for e in page.errors if "409" not in e] == []
