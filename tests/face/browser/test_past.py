"""The past on the map in a real browser, told by the archive of a real node that plays the simulated strait."""

from __future__ import annotations

import itertools
import json
import re
import socket
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

import pytest

SECONDS, SPEED = 600, 4  # two and a half minutes on the wall
BOTH = """(p => { for (let i = 0, b = -1;; i++) { if (i == p.count) return b < 0 ? 0 : p.id[b];
  if (p.mmsi[i] && (p.source[i] & 3) == 3 && !(p.speed[i] < (p.speed[b] ?? 0))) b = i } })(mihari.picture)"""
NOON = 1795176000.0  # 2026-11-20 12:00 UTC


class PastNode:
    """A node with an archive, a program of its own."""

    def __init__(self, folder: Path) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}/"
        program = [sys.executable, str(Path(__file__).with_name("past_node.py"))]
        self.running = subprocess.Popen([*program, str(folder), str(self.port), str(SECONDS), str(SPEED)])

    def ask(self, path: str, **given: object) -> dict:
        """An answer of its archive."""
        url = f"{self.url}api/v1/{path}?{urllib.parse.urlencode(given)}"
        with urllib.request.urlopen(url, timeout=30) as answer:
            return json.load(answer)

    def until_kept(self) -> None:
        """Until half a minute of the strait has been taken in."""
        for _ in range(1500):
            try:
                if self.ask("health")["time"] % 3600 > 30:
                    return
            except OSError:
                assert self.running.poll() is None
            time.sleep(0.1)
        raise AssertionError("the node has not kept half a minute")


@pytest.fixture(scope="module")
def keeper(tmp_path_factory):
    node = PastNode(tmp_path_factory.mktemp("past"))
    node.until_kept()
    yield node
    node.running.kill()
    node.running.wait()


@pytest.fixture(scope="module")
def past_screen(new_screen, keeper):
    screen = new_screen()
    screen.open(f"{keeper.url}?palette=day")
    screen.until("mihari.keeps")
    return screen


@pytest.fixture
def page(past_screen):
    """The page with nothing chosen, before and after."""
    yield past_screen
    past_screen.page.unroute_all(behavior="ignoreErrors")
    past_screen.ask("(mihari.nearby.close(), mihari.settings.select(0), mihari.past.clear(), mihari.measure([]))")
    past_screen.ask("(mihari.settings.palette = 'day', mihari.settings.changed('palette'))")


def choose(page, span="1 h"):
    """A vessel under way that AIS and radar hold, and its past."""
    page.until(BOTH)
    vessel = page.ask(BOTH)
    page.ask(f"mihari.goTo({vessel})")
    page.page.click(f".past button:text-is('{span}')")
    page.until("mihari.past.path || mihari.past.problem")
    page.until("document.querySelector('#past-said')?.innerText.match(/\\.$/)")
    return vessel


def said(page, selector="#past-said"):
    return re.sub(r"\s+", " ", page.page.inner_text(selector))


def answer(page, path, given, status=200):
    """Let the page hear this from the archive."""
    page.page.route(f"**/history/{path}?*", lambda route: route.fulfill(status=status, json=given))


def track(*times, lat=26.2, lon=127.5, east=0.0005):
    """An answer with a position at each time, `east` degrees a minute."""
    along = [(t - times[0]) / 60 for t in times]
    places = {"lat_deg": [lat] * len(times), "lon_deg": [(lon + east * k + 180) % 360 - 180 for k in along]}
    return {"mmsi": 431000001, "vessel": 0, "name": "", "since": NOON, "time": list(times), **places}


@pytest.mark.slow
def test_the_past_of_the_chosen_vessel_is_what_the_archive_has_kept(page, keeper):
    vessel = choose(page)
    mmsi = page.ask(f"mihari.picture.mmsi[mihari.picture.slotOf.get({vessel})]")
    fixes = page.ask("mihari.past.path.fixes.map(f => [f.time, f.lat, f.lon])")
    kept = keeper.ask("history/vessel", who=f"{mmsi:09d}")
    expected = list(zip(kept["time"], kept["lat_deg"], kept["lon_deg"], strict=True))
    assert len(fixes) > 5
    assert fixes == [list(row) for row in expected[: len(fixes)]]
    assert re.match(rf"{len(fixes)} positions by AIS, \d\d:\d\d:\d\d to \d\d:\d\d:\d\d\.", said(page))
    middle = fixes[len(fixes) // 2]
    page.ask(f"mihari.chart.map.jumpTo({{center: [{middle[2]}, {middle[1]}], zoom: 13}})")
    page.until("mihari.chart.map.queryRenderedFeatures({layers: ['past-seen']}).length > 0")
    page.until("mihari.chart.labels.placed.some(l => l.id < 0)")
    texts = page.ask("mihari.chart.labels.placed.filter(l => l.id < 0).map(l => l.text)")
    assert all(re.fullmatch(r"\d\d:\d\d", text) for text in texts)
    boxes = page.ask("mihari.chart.labels.placed.map(l => [l.left, l.top, l.left + l.width, l.top + 16, l.priority])")
    for a, b in itertools.combinations([box for box in boxes if box[4] < 5000], 2):
        assert a[0] >= b[2] or b[0] >= a[2] or a[1] >= b[3] or b[1] >= a[3]
    time.sleep(1)
    page.picture("past-day")


@pytest.mark.slow
def test_pressing_again_or_choosing_another_takes_it_away(page):
    first = choose(page, "10 min")
    assert page.ask("document.querySelector('.past [aria-pressed=true]').innerText") == "10 min"
    page.page.click(".past button:text-is('10 min')")
    page.until("!mihari.past.path && !document.querySelector('#past-said')")
    page.until("mihari.chart.marks.size == 0")
    page.until("mihari.scene.selectedTrail.length > 1")  # the ordinary trail is back
    page.page.click(".past button:text-is('24 h')")
    page.until("mihari.past.path")
    page.ask(f"mihari.goTo(Array.from(mihari.picture.id).find(i => i != {first}))")
    page.until("!mihari.past.subject && !document.querySelector('.past [aria-pressed=true]')")


@pytest.mark.slow
def test_a_gap_is_dashed_and_holds_no_times(page):
    silent = [*range(0, 601, 10), *range(2400, 3001, 10)]
    answer(page, "vessel", track(*(NOON + t for t in silent), east=0.005))
    choose(page)
    assert "Gap of 30 min: dashed." in said(page)
    assert page.ask("[mihari.past.path.seen.length, mihari.past.path.interval]") == [2, 10]
    page.ask("mihari.chart.map.jumpTo({center: [127.625, 26.2], zoom: 11})")
    page.until("mihari.chart.map.queryRenderedFeatures({layers: ['past-gap']}).length > 0")
    page.until("mihari.chart.marks.size > 3")
    minutes = [t - NOON / 60 for t in page.ask("[...mihari.chart.marks.keys()]")]
    assert all(t <= 10 or t >= 40 for t in minutes)
    assert {0, 10, 40, 50} <= set(minutes)
    time.sleep(1)
    page.picture("past-gap")


@pytest.mark.slow
def test_a_leap_that_nobody_could_make_is_no_path_and_the_antimeridian_is_none(page):
    there, here = track(NOON, NOON + 20, NOON + 40), track(NOON + 10, NOON + 30, NOON + 50, lat=27.0)
    both = {
        k: [v for pair in zip(there[k], here[k], strict=True) for v in pair] for k in ("time", "lat_deg", "lon_deg")
    }
    answer(page, "vessel", {**there, **both})
    choose(page)
    assert page.ask("mihari.past.path.seen.map(p => p.length)") == [1] * 6
    page.page.unroute_all(behavior="ignoreErrors")
    answer(page, "vessel", track(*(NOON + 60 * t for t in range(10)), lon=179.9, east=0.03))
    page.page.click(".past button:text-is('6 h')")
    page.until("mihari.past.path.fixes.length == 10")
    assert page.ask("mihari.past.path.seen.length") == 1
    assert page.ask("mihari.past.path.fixes[9].lon") == pytest.approx(180.17)


@pytest.mark.parametrize(
    ("status", "given", "sentence"),
    [
        (422, {"detail": "nothing was kept then"}, "The archive cannot tell: nothing was kept then."),
        (500, {}, "The archive cannot tell: error 500."),
        (200, track(NOON) | {"time": [], "lat_deg": [], "lon_deg": []}, "has nothing of it from the last 1 h."),
    ],
)
@pytest.mark.slow
def test_what_cannot_be_told_is_said_in_a_sentence(page, status, given, sentence):
    answer(page, "vessel", given, status)
    choose(page)
    assert sentence in said(page)
    page.errors[:] = [e for e in page.errors if "Failed to load resource" not in e]


@pytest.mark.slow
def test_a_node_that_does_not_answer_is_said_too(page):
    page.page.route("**/history/*", lambda route: route.abort())
    choose(page)
    assert said(page) == "The node does not answer."
    page.page.unroute_all(behavior="ignoreErrors")
    page.page.click(".past button:text-is('6 h')")
    page.until("mihari.past.path && /positions? by AIS/.test(document.querySelector('#past-said').innerText)")
    page.errors[:] = [e for e in page.errors if "ERR_FAILED" not in e]


@pytest.mark.slow
def test_a_vessel_without_ais_has_its_tracked_past(page, keeper):
    radar = "Array.from(mihari.picture.id).find((v, s) => v && s < mihari.picture.count && !mihari.picture.mmsi[s])"
    page.until(radar)
    vessel = page.ask(radar)
    page.ask(f"mihari.goTo({vessel})")
    page.page.click(".past button:text-is('1 h')")
    page.until("mihari.past.path?.fixes.length > 1")
    assert re.match(r"\d+ positions tracked, ", said(page))
    assert keeper.ask("history/vessel", who=f"#{vessel}")["since"] <= page.ask("mihari.past.path.fixes[0].time")


@pytest.mark.slow
def test_numbers_of_an_earlier_run_are_other_vessels(page):
    older = track(*(NOON + 60 * t for t in range(10))) | {"mmsi": 0, "vessel": 7, "since": NOON + 300}
    answer(page, "vessel", older)
    choose(page)
    assert page.ask("mihari.past.path.fixes.length") == 5


def place_of(page, vessel):
    """px on the page of a vessel that is brought to the middle."""
    page.ask(f"mihari.goTo({vessel})")
    page.ask("(mihari.centre(), mihari.chart.map.stop())")
    slot = f"mihari.picture.slotOf.get({vessel})"
    shown = f"mihari.picture.shown[2*{slot}], mihari.picture.shown[2*{slot}+1]"
    page.ask(f"mihari.chart.map.jumpTo({{center: [{shown}], zoom: 12}})")
    page.ask("mihari.settings.select(0)")
    box = page.page.locator("#map").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


@pytest.mark.slow
def test_a_right_click_asks_who_was_here_and_a_click_chooses(page, keeper):
    page.until(BOTH)
    vessel = page.ask(BOTH)
    page.page.mouse.click(*place_of(page, vessel), button="right")
    page.until("mihari.nearby.visitors?.length > 0")
    page.until("document.querySelectorAll('.nearby li').length > 0")
    distances = page.ask("mihari.nearby.visitors.map(v => v.distance)")
    assert distances == sorted(distances)
    assert distances[-1] <= 2000
    assert len(set(page.ask("mihari.nearby.visitors.map(v => v.who)"))) == len(distances)
    mmsi = page.ask(f"String(mihari.picture.mmsi[mihari.picture.slotOf.get({vessel})]).padStart(9, '0')")
    index = page.ask(f"mihari.nearby.visitors.findIndex(v => v.who == '{mmsi}')")
    assert index >= 0
    assert re.search(r"within 2 km, \d\d:\d\d:\d\d to \d\d:\d\d:\d\d UTC", said(page, ".nearby"))
    page.page.locator(".nearby li button").nth(index).click()
    page.until(f"mihari.settings.selected == {vessel}")
    assert page.ask("document.querySelectorAll('.nearby [aria-pressed=true]').length") == 1
    page.page.keyboard.press("Escape")
    page.until("!document.querySelector('.nearby')")
    assert page.ask("mihari.settings.selected") == vessel  # one step at a time


@pytest.mark.slow
def test_the_key_asks_from_the_keyboard_and_escape_gives_the_focus_back(page):
    page.page.focus(".maplibregl-canvas")
    page.page.mouse.move(5, 5)
    page.page.keyboard.press("w")
    page.until("document.querySelector('.nearby')")
    page.until("document.activeElement.innerText == 'Close (Esc)'")
    page.page.keyboard.press("Escape")
    page.until("document.activeElement.classList.contains('maplibregl-canvas')")


@pytest.mark.slow
def test_a_finger_that_rests_asks_and_one_that_drags_does_not(page):
    touch = page.page.context.new_cdp_session(page.page)
    box = page.page.locator("#map").bounding_box()
    x, y = box["x"] + 300, box["y"] + 200
    for drag in (80, 0):
        touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        if drag:
            touch.send("Input.dispatchTouchEvent", {"type": "touchMove", "touchPoints": [{"x": x + drag, "y": y}]})
        time.sleep(0.9)
        if not drag:
            page.until("mihari.nearby.at")
        touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert bool(page.ask("mihari.nearby.at")) == (drag == 0)


@pytest.mark.slow
def test_one_who_is_gone_is_drawn_from_the_archive(page, keeper):
    page.until(BOTH)
    vessel = page.ask(BOTH)
    x, y = place_of(page, vessel)
    gone = {
        "mmsi": 999000001,
        "vessel": 0,
        "name": "GHOST",
        "distance": 90.0,
        "time": NOON,
        "first": NOON,
        "last": NOON,
    }
    answer(page, "near", {"vessels": [gone, gone | {"mmsi": 0, "vessel": 3, "name": ""}], "since": NOON + 1})
    answer(page, "vessel", track(*(NOON + 10 * t for t in range(60))))
    page.page.mouse.click(x, y, button="right")
    page.until("document.querySelectorAll('.nearby li').length == 2")
    assert page.ask("document.querySelectorAll('.nearby li button')[1].disabled")  # of an earlier run
    page.page.locator(".nearby li button").nth(0).click()
    page.until("mihari.past.path?.fixes.length == 60")
    assert "GHOST 999000001" in said(page, "mh-vessel")
    assert "Not in the picture now." in said(page, "mh-vessel")
    page.picture("past-gone")
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Escape")
    page.until("!mihari.past.subject && document.querySelector('mh-vessel').innerText.includes('None chosen')")


@pytest.mark.slow
def test_nobody_and_a_failure_are_told(page):
    answer(page, "near", {"vessels": [], "since": None})
    page.ask("mihari.whoWasHere()")
    page.until("document.querySelector('.nearby').innerText.includes('Nobody, as far as the archive knows.')")
    page.page.unroute_all(behavior="ignoreErrors")
    answer(page, "near", {"detail": "no room"}, 422)
    page.ask("mihari.whoWasHere()")
    page.until("document.querySelector('.nearby').innerText.includes('The archive cannot tell: no room.')")
    page.errors[:] = [e for e in page.errors if "Failed to load resource" not in e]


@pytest.mark.parametrize("palette", ["day", "dusk", "night"])
@pytest.mark.slow
def test_its_colour_can_be_read_on_sea_and_land_and_is_no_other(page, palette, contrast):
    page.ask(f"(mihari.settings.palette = '{palette}', mihari.settings.changed('palette'))")
    choose(page)
    colours = page.ask("[mihari.palette.past, mihari.palette.sea, mihari.palette.land]")
    assert contrast(colours[0], colours[1]) >= 4.5
    assert contrast(colours[0], colours[2]) >= 4.5
    assert page.ask("mihari.chart.map.getPaintProperty('past-seen', 'line-color')") == colours[0]
    assert colours[0] not in page.ask("[...mihari.palette.categories, mihari.palette.alarm, mihari.palette.mark]")
    time.sleep(1)
    page.picture(f"past-{palette}")
    page.ask("mihari.whoWasHere()")
    page.until("mihari.nearby.visitors")
    page.picture(f"nearby-{palette}")


@pytest.mark.slow
def test_a_node_without_an_archive_offers_no_past_and_says_why(screen):
    screen.ask("mihari.goTo(12)")
    screen.until("document.querySelector('#vessel-name')")
    assert screen.ask("document.querySelector('.past')") is None
    screen.ask("mihari.whoWasHere()")
    screen.until("document.querySelector('.nearby')?.innerText.includes('keeps no archive')")
    screen.page.keyboard.press("Escape")
    screen.until("!document.querySelector('.nearby')")
    assert screen.errors == []


@pytest.mark.slow
def test_nothing_was_asked_from_elsewhere_and_nothing_went_wrong(past_screen, keeper):
    assert [u for u in past_screen.requests if not u.startswith((keeper.url, "data:", "blob:"))] == []
    assert past_screen.errors == []
