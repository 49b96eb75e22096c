"""What a coast has taught, in a real browser: chosen in the list, drawn, told in words, kept in the address."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import orjson
import pytest
from tests.behaviours.test_rims import START, coast

from mihari.behaviours.context import Context
from mihari.behaviours.context.view import layer
from mihari.behaviours.sightings import Sightings


def traffic() -> bytes:
    """One vessel that crosses ten cells at 12 kn."""
    context = Context()
    n = 120
    rows = Sightings.of(
        n, key=431000001, time=[1.7e9 + 30 * k for k in range(n)], lat_deg=26.2, kind=0, station=1, course=1.57,
        lon_deg=[127.2 + k * 0.002 for k in range(n)], speed=6.17,
    )  # fmt: skip
    context.take(rows, 1.7e9 + 3600)
    return orjson.dumps(layer(context.now(), "traffic"))


def reception() -> bytes:
    """A station that hears nobody north of 26.3 degrees, after three days."""
    rows, context = coast(), Context()
    for now in range(START + 3600, int(rows.time[-1]) + 3600, 3600):
        context.take(rows.take(np.flatnonzero((rows.time >= now - 3600) & (rows.time < now))), now)
        context.step(now)
    return orjson.dumps(layer(context.now(), "reception"))


@pytest.fixture(scope="module")
def page(node: Any, new_screen: Callable[..., Any]) -> Any:
    one = new_screen(width=1280, height=800)
    one.page.route(
        "**/api/v1/context/traffic", lambda r: r.fulfill(body=traffic(), content_type="application/geo+json")
    )
    one.page.route("**/api/v1/context/reception", lambda r: r.fulfill(body=reception()))
    one.page.route("**/api/v1/context/radar", lambda r: r.fulfill(status=404, body="{}"))
    one.open(f"{node.url}?palette=day&lat=26.2&lon=127.3&z=10")
    return one


@pytest.mark.slow
def test_a_layer_is_chosen_drawn_told_and_put_away(page: Any) -> None:
    page.page.click("details.filters summary")
    page.page.click("mh-list button:text-is('traffic')")
    page.until("document.querySelector('#learned')?.textContent.includes('cells')")
    page.until("mihari.chart.map.queryRenderedFeatures({layers: ['learned-fill']}).length > 5")
    assert "learned=traffic" in page.ask("mihari.settings.query()")
    box = page.page.locator("#map").bounding_box()
    x, y = page.ask("mihari.chart.toScreen(26.2, 127.3)")
    page.page.mouse.move(box["x"] + x, box["y"] + y)
    page.page.mouse.move(box["x"] + x + 2, box["y"] + y + 1)
    page.until("document.querySelector('.learned')?.textContent.includes('came in')")
    assert page.ask("document.querySelector('.learned').textContent") == (
        "1 came in\nmost at 12 kn, 100 % towards E\nvessels: unknown 1"
    )
    page.picture("learned-traffic")
    page.page.click("mh-list button:text-is('traffic')")
    page.until("mihari.chart.map.queryRenderedFeatures({layers: ['learned-fill']}).length === 0")
    assert page.errors == []


@pytest.mark.slow
def test_what_is_not_learned_yet_says_so(page: Any) -> None:
    page.ask("mihari.settings.learned = 'radar', mihari.settings.changed('learned')")
    page.until("document.querySelector('#learned').textContent === 'nothing learned yet'")
    page.ask("mihari.settings.learned = '', mihari.settings.changed('learned')")


@pytest.mark.slow
def test_where_reception_ends_is_drawn_and_told(page: Any) -> None:
    page.ask("mihari.settings.learned = 'reception', mihari.settings.changed('learned')")
    page.until("document.querySelector('#learned')?.textContent.includes('cells')")
    page.ask("mihari.chart.map.jumpTo({center: [127.0, 26.15], zoom: 9.5})")
    page.until("mihari.chart.map.queryRenderedFeatures({layers: ['learned-line']}).some(f => f.properties.ends)")
    assert page.ask("mihari.chart.map.queryRenderedFeatures({layers: ['learned-line']}).some(f => !f.properties.ends)")
    box, (x, y) = page.page.locator("#map").bounding_box(), page.ask("mihari.chart.toScreen(26.29, 127.0)")
    page.page.mouse.move(box["x"] + x, box["y"] + y)
    page.page.mouse.move(box["x"] + x + 2, box["y"] + y + 1)
    page.until("document.querySelector('.learned')?.textContent.includes('reception ends here')")
    page.picture("learned-reception")
    page.ask("mihari.settings.learned = '', mihari.settings.changed('learned')")
