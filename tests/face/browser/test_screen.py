"""The map page in a real browser: what a watch officer sees, step by step."""

from __future__ import annotations

import itertools
import re
import time
from typing import Any
from urllib.parse import parse_qs

import numpy as np
import pytest


def shown(screen: Any, vessel: int) -> list[float]:
    """Longitude and latitude of a vessel on the screen."""
    return screen.ask(f"(s => [...mihari.picture.shown.slice(2*s, 2*s+2)])(mihari.picture.slotOf.get({vessel}))")


def text(screen: Any, selector: str) -> str:
    """Text of the first element, spaces made single."""
    return re.sub(r"\s+", " ", screen.page.inner_text(selector))


def test_vessels_appear_and_move_along_their_course(screen):
    fast = "mihari.picture.speed.reduce((b, v, i, a) => i < mihari.picture.count && v > a[b] ? i : b, 0)"
    slot = screen.ask(fast)
    vessel, course = screen.ask(f"[mihari.picture.id[{slot}], mihari.picture.course[{slot}]]")
    before = np.array(shown(screen, vessel))
    for _ in range(60):  # far enough that a state which came late, and sets the symbol back, does not turn the way
        east, north = (np.array(shown(screen, vessel)) - before) * [np.cos(np.radians(26)), 1] * 60 * 1852
        if np.hypot(east, north) > 100:  # m
            break
        time.sleep(0.5)
    assert np.hypot(east, north) > 100
    assert screen.ask("mihari.picture.count") == 300
    assert abs((np.arctan2(east, north) - course + np.pi) % (2 * np.pi) - np.pi) < 0.1
    screen.until("mihari.chart.map.queryRenderedFeatures().length > 0")  # the coastline
    screen.picture("day")


def test_names_do_not_touch_each_other(screen):
    boxes = screen.ask("mihari.chart.labels.placed.map(l => [l.left, l.top, l.left + l.width, l.top + 16])")
    assert len(boxes) > 15
    for a, b in itertools.combinations(boxes, 2):
        assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]


def test_a_chosen_vessel_shows_its_sources_with_ages_that_live(screen, node):
    node.order(ais_lost=[12], silent_s=252)
    screen.ask("mihari.goTo(12)")
    screen.until("document.querySelector('mh-vessel').innerText.includes('AIS lost')")
    first = text(screen, "mh-vessel")
    assert re.search(r"AIS lost 4 min \d\d s ago, radar holds it", first)
    assert "431000011" in first
    assert " kn" in first
    assert "°" in first
    age = "/(\\d+) s\\s+✕ lost/.exec(document.querySelector('.sources').innerText)[1]"
    before = screen.ask(age)
    screen.until(f"{age} != '{before}'")
    assert parse_qs(screen.ask("location.search")[1:])["vessel"] == ["12"]
    screen.picture("vessel")


def test_a_silent_vessel_is_marked_as_coasting_and_not_dropped(screen, node):
    node.order(coast=[14], silent_s=100)
    screen.until("mihari.picture.status[mihari.picture.slotOf.get(14)] == 1")
    screen.ask("mihari.goTo(14)")
    screen.until("document.querySelector('mh-vessel').innerText.includes('position extrapolated')")
    assert re.search(r"Silent since [12] min \d\d s: position extrapolated", text(screen, "mh-vessel"))
    screen.until("document.querySelector('#row-14')")  # the list follows the choice
    assert re.search("coasting [12] min", text(screen, "#row-14"))
    screen.until("mihari.chart.labels.placed.some(l => l.id == 14 && /·[12]m/.test(l.text))")
    screen.picture("coasting")


def test_a_removed_vessel_disappears(screen, node):
    assert screen.ask("mihari.picture.slotOf.has(17)")
    node.order(remove=[17])
    screen.until("!mihari.picture.slotOf.has(17)")
    assert screen.ask("mihari.picture.count") == 299
    screen.until("Array.from(mihari.chart.slots).every(s => s < mihari.picture.count)")  # drawn without it


def test_search_and_filters_narrow_list_and_map(screen):
    screen.page.keyboard.press("Escape")
    screen.page.keyboard.press("/")
    assert screen.ask("document.activeElement.id") == "search"
    screen.page.keyboard.type("431000041")
    screen.until("document.querySelector('mh-list').order.length == 1 && mihari.chart.slots.length == 1")
    screen.page.fill("#search", "7j0041")  # its call sign
    screen.until("document.querySelector('mh-list').order.length == 1")
    screen.page.fill("#search", "")
    screen.page.click("details.filters summary")
    for name in ("both", "AIS only", "AIS lost", "seen only", "not held"):
        screen.page.click(f"details.filters button:text-is('{name}')")
    screen.until("mihari.settings.holds.filter(Boolean).length == 1")
    radar_only = "Array.from(mihari.chart.slots).every(s => mihari.picture.source[s] == 1)"
    screen.until(f"mihari.chart.slots.length > 5 && {radar_only}")
    time.sleep(0.4)
    assert parse_qs(screen.ask("location.search")[1:])["sources"] == ["0"]
    screen.picture("filters")
    screen.page.click("text=Clear filters")
    screen.until("mihari.chart.slots.length == mihari.picture.count")
    screen.page.click("details.filters summary")


def test_keys_work_and_letters_rest_while_typing(screen):
    screen.page.keyboard.press("Escape")
    screen.page.click("h1")
    screen.page.keyboard.press("l")
    screen.until("mihari.settings.locked")
    screen.page.keyboard.press("l")
    zoom = screen.ask("mihari.chart.map.getZoom()")
    screen.page.keyboard.press("+")
    screen.until(f"mihari.chart.map.getZoom() > {zoom + 0.5}")
    screen.page.keyboard.press("-")
    screen.page.keyboard.press("?")
    screen.until("document.querySelector('dialog').open")
    screen.picture("help")
    screen.page.keyboard.press("Escape")
    screen.until("!document.querySelector('dialog').open")
    screen.page.keyboard.press("/")
    screen.page.keyboard.type("nl")
    assert screen.ask("[mihari.settings.palette, mihari.settings.locked]") == ["day", False]
    screen.page.fill("#search", "")
    screen.page.keyboard.press("Escape")


def test_ctrl_click_measures_from_place_to_place(screen):
    screen.until("!mihari.chart.map.isMoving()")
    box = screen.page.locator("#map").bounding_box()
    for x, y in ((0.2, 0.1), (0.7, 0.1)):
        screen.page.mouse.move(box["x"] + x * box["width"], box["y"] + y * box["height"])
        screen.page.keyboard.down("Control")
        screen.page.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
        screen.page.keyboard.up("Control")
    # an end may have stuck to a vessel near by
    screen.until(r"/NM on (08\d|09\d)°/.test(document.querySelector('.measure')?.innerText ?? '')")
    assert re.match(r"\d\d°\d\d\.\d{3}′N \d{3}°\d\d\.\d{3}′E", text(screen, ".cursor"))
    screen.page.keyboard.press("Escape")
    screen.until("!document.querySelector('.measure')")


def test_the_palettes_differ_and_their_text_can_be_read(screen, contrast):
    brightness = []
    for palette in ("day", "dusk", "night"):
        screen.ask(f"(mihari.settings.palette = '{palette}', mihari.settings.changed('palette'))")
        screen.until(f"document.documentElement.dataset.palette == '{palette}'")
        for ink, ground in READ:
            assert contrast(css(screen, ink), css(screen, ground)) >= 4.5, f"{palette}: {ink} on {ground}"
        assert contrast(screen.ask("mihari.palette.label"), screen.ask("mihari.palette.sea")) >= 4.5
        assert contrast(screen.ask("mihari.palette.label"), screen.ask("mihari.palette.land")) >= 4.5
        time.sleep(1.5)
        brightness.append(mean_brightness(screen.picture(f"palette-{palette}")))
    assert brightness[0] > 2 * brightness[1] > 3 * brightness[2]
    screen.ask("(mihari.settings.palette = 'day', mihari.settings.changed('palette'))")


READ = [  # ink, ground
    ("text", "ground"),
    ("quiet", "ground"),
    ("quiet", "raised"),
    ("on-accent", "accent"),
    ("on-alarm", "alarm"),
    ("on-caution", "caution"),
    ("good", "ground"),
    ("alarm", "ground"),
]


def css(screen: Any, name: str) -> str:
    return screen.ask(f"document.documentElement.style.getPropertyValue('--{name}').trim()")


def mean_brightness(path: Any) -> float:
    image = pytest.importorskip("PIL.Image")
    return float(np.asarray(image.open(path).convert("L")).mean())


def test_distress_is_loud_and_spoken(screen, node):
    node.order(distress=3)
    screen.until("document.querySelector('.distress-box')")
    assert "DISTRESS AIS-SART" in text(screen, ".distress-box")
    assert "distress" in screen.ask("document.querySelector('[role=alert]').textContent")
    screen.page.click(".distress-box button")
    screen.until("mihari.settings.selected == 3")
    screen.until("document.querySelector('mh-list .row.loud')")
    screen.until("mihari.chart.labels.placed.some(l => l.id == 3)")
    time.sleep(1)
    screen.picture("distress")


def test_on_a_small_screen_everything_still_fits_its_width(screen):
    screen.page.set_viewport_size({"width": 420, "height": 860})
    screen.until("document.querySelector('#map').clientWidth == 420 && mihari.chart.map.getCanvas().clientWidth == 420")
    assert screen.ask("document.documentElement.scrollWidth") <= 420
    screen.picture("phone")
    screen.page.set_viewport_size({"width": 1180, "height": 720})


def test_a_gap_in_the_sequence_is_mended_by_a_new_snapshot(screen, node):
    before = screen.ask("mihari.link.frames")
    node.order(gap=5)
    screen.until("mihari.link.gaps == 1")
    screen.until(f"mihari.link.state == 'open' && mihari.link.frames > {before + 8}")
    assert screen.ask("mihari.picture.count") == 299


def test_a_pipeline_that_stands_still_shows_although_the_server_answers(screen, node):
    node.order(freeze=True)
    screen.until("document.querySelector('#stale')?.innerText.includes('STANDS STILL')")
    node.order(freeze=False)
    screen.until("!document.querySelector('#stale')")


def test_the_screen_says_that_it_is_stale_until_the_server_is_back(screen, node):
    node.stop()
    screen.until("document.querySelector('#stale')")
    assert "PICTURE IS STALE" in text(screen, "#stale")
    assert "STALE" in text(screen, "#liveness")
    assert "stale" in screen.ask("document.querySelector('[role=alert]').textContent")
    assert screen.ask("document.documentElement.classList.contains('stale')")
    age = "Number(/STALE: (\\d+) s/.exec(document.querySelector('#stale').innerText)[1])"
    old = screen.ask(age)
    screen.until(f"{age} >= {old + 2}")
    screen.picture("stale")
    node.start()
    screen.until("!document.querySelector('#stale') && mihari.picture.count == 300")
    assert text(screen, "#liveness") == "LIVE"
    screen.errors[:] = [e for e in screen.errors if "ERR_CONNECTION" not in e and "WebSocket" not in e]


def test_nothing_was_asked_from_elsewhere_and_nothing_went_wrong(screen, node):
    outside = [url for url in screen.requests if not url.startswith((node.url, "data:", "blob:"))]
    assert outside == []
    assert screen.errors == []
