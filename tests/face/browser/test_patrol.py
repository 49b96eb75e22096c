"""The patrol in a real browser, on a real node: ages of looks, who is out, what is lost, a vessel to look at."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from alert_screen import text
from asset_screen import AssetNode, ask
from zone_screen import at

POPUP = ".learned .maplibregl-popup-content"
SHAPES = "mihari.chart.map.querySourceFeatures('patrol-cells')"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AssetNode]:
    """A bay of twelve cells, an aircraft and two boats, since two hours ago."""
    one = AssetNode(tmp_path_factory.mktemp("patrol"), "patrol_node.py")
    yield one
    one.stop()


@pytest.fixture(scope="module")
def page(node: AssetNode, new_screen: Callable[..., Any]) -> Any:
    """The page on it, once there is a plan and the node is ready to change it."""
    one = new_screen(width=1400, height=900)
    one.open(node.url + "?palette=day&lat=25.8&lon=126&z=8.2")
    one.until("mihari.patrol.told?.plan && !mihari.patrol.told.progress.doing", 90)
    return one


def sorties(page: Any, vehicle: str) -> int:
    """How many sorties of a vehicle are still to land."""
    later = f"s.vehicle === '{vehicle}' && s.landing > mihari.patrolNow + 60"
    return int(page.ask(f"mihari.patrol.sorties.filter((s) => {later}).length"))


def test_the_layer_is_asked_for_and_shows_how_old_looks_are(page: Any) -> None:
    assert page.ask(f"{SHAPES}.length") == 0
    page.page.keyboard.press("p")
    page.until("document.querySelector('.patrol .gantt')")
    page.until(f"mihari.patrol.cells.length === 12 && {SHAPES}.length > 0")
    told = page.ask("mihari.patrol.cells.map((c) => [c.row, c.late])")
    steps = dict(page.ask(f"{SHAPES}.map((f) => [f.properties.row, f.properties.step])"))
    for row, late in told:
        assert steps[row] == sum(late > edge for edge in (0.5, 0.8, 1, 2))
    page.until("/PATROL \\d+ % FRESH/.test(document.querySelector('#patrol').innerText)")
    assert page.ask("document.querySelectorAll('.gantt .vehicle').length") == 3
    assert page.ask("document.querySelectorAll('.gantt-sortie').length") > 0
    assert "held by radars" in text(page, ".patrol-legend")
    page.picture("patrol-1-chart")


def test_who_sees_what_takes_the_place_of_ages(page: Any) -> None:
    page.page.click("mh-patrol button:text-is('Who sees what')")
    page.until(f"{SHAPES}.length > 0 && {SHAPES}.every((f) => f.properties.step === -1 && f.properties.seen === 0)")
    heard = page.ask("mihari.patrol.cells.filter((c) => c.heard >= 0.5).length")
    assert page.ask(f"new Set({SHAPES}.filter((f) => f.properties.hatched).map((f) => f.properties.row)).size") == heard
    assert "AIS is heard" in text(page, ".patrol-legend")
    page.picture("patrol-8-seen")
    page.page.click("mh-patrol button:text-is('Age of looks')")
    page.until(f"{SHAPES}.every((f) => f.properties.seen === -1)")


def test_a_cell_tells_what_is_demanded_and_when_it_is_looked_at(page: Any) -> None:
    cell = page.ask("mihari.patrol.cells.find((c) => c.last && c.next && c.lat_deg > 25.9)")
    page.page.mouse.move(*at(page, cell["lat_deg"] + 0.03, cell["lon_deg"] + 0.03))
    page.until(f"document.querySelector('{POPUP}')?.innerText.includes('due every 2 h, for fishing vessels')")
    told = text(page, POPUP)
    assert f"by {cell['last']['vehicle']} (as planned)" in told
    assert "next look" in told


def test_a_bar_tells_its_sortie_and_draws_its_way(page: Any) -> None:
    page.page.focus(".gantt-bar")
    page.page.keyboard.press("Enter")
    page.until("document.querySelector('.patrol-card dl')")
    told = text(page, ".patrol-card")
    assert "cells that are due every 2 h" in told
    assert "% of its" in told
    page.until("mihari.chart.map.querySourceFeatures('patrol').some((f) => f.properties.kind.startsWith('chosen'))")
    page.picture("patrol-2-sortie")
    page.page.keyboard.press("Escape")
    page.until("!mihari.patrol.chosen && mihari.patrol.open")


@pytest.mark.slow
def test_what_is_lost_is_not_planned_with_until_it_is_back(page: Any, node: AssetNode) -> None:
    assert sorties(page, "boat-2") > 0
    page.page.click(".gantt .vehicle:has-text('boat-2')")
    page.page.fill(".patrol-card [name=who]", "Sato")
    page.page.fill(".patrol-card [name=reason]", "engine")
    page.page.click(".patrol-card .go")
    page.until("mihari.patrol.told.plan.why.startsWith('boat-2 is lost: engine')")
    page.until("document.querySelector('.gantt .vehicle.lost')?.textContent.includes('boat-2')")
    assert sorties(page, "boat-2") == 0
    page.picture("patrol-3-lost")
    page.until("document.querySelector('.patrol-card .go')?.innerText === 'It is back' && !mihari.patrol.waiting")
    page.page.click(".patrol-card .go")
    page.until("!mihari.patrol.told.changes.lost.length && !document.querySelector('.gantt .vehicle.lost')")
    assert [line["text"] for line in ask(node.url, "watch-log")["lines"] if line["who"] == "Sato"][:1]


@pytest.mark.slow
def test_somebody_is_sent_to_a_place_of_a_right_click(page: Any) -> None:
    page.page.click("mh-patrol button:text-is('Close (p)')")
    page.page.mouse.click(*at(page, 25.95, 126.1), button="right")
    page.page.click("#look-here")
    page.until("document.querySelector('form[aria-label=\"Look at a vessel\"]')")
    page.page.fill("mh-patrol [name=name]", "dark one")
    page.page.fill("mh-patrol [name=speed]", "6")
    page.page.fill("mh-patrol [name=within]", "240")
    page.picture("patrol-4-look")
    page.page.click("mh-patrol .go")
    page.until("mihari.patrol.told.changes.looks.some((l) => l.name === 'dark one')")
    page.until("/dark one.* is there/.test(document.querySelector('.patrol-asked .log')?.innerText ?? '')")


@pytest.mark.slow
def test_a_zone_is_patrolled_from_the_list_of_zones(page: Any, node: AssetNode) -> None:
    corners = [[125.5, 25.6], [125.5, 26.4], [126.0, 26.4], [126.0, 25.6], [125.5, 25.6]]
    zone = {"type": "Feature", "properties": {"name": "west", "kind": "zone"}}
    zone |= {"geometry": {"type": "Polygon", "coordinates": [corners]}}
    ask(node.url, "zones", {"who": "Sato", "zone": zone})
    page.until("!mihari.patrol.told.improving && !mihari.patrol.waiting", 60)
    page.until("mihari.zones.list.length === 1")
    page.page.keyboard.press("Escape")
    page.ask("mihari.zones.toggle(true)")
    page.page.click("[aria-label='Patrol west']")
    page.page.fill("form[aria-label='Patrol a zone'] [name=every]", "1")
    page.page.fill("form[aria-label='Patrol a zone'] [name=who]", "Sato")
    page.page.click("form[aria-label='Patrol a zone'] .go")
    page.until("mihari.patrol.told.changes.demands.some((d) => d.name === 'west' && d.every_h === 1)", 60)
    page.until("new Set(mihari.patrol.cells.map((c) => c.every_h)).size === 2", 60)
    page.picture("patrol-7-zone")


@pytest.mark.slow
def test_the_sea_around_an_alert_is_patrolled(page: Any, node: AssetNode) -> None:
    node.order()
    page.until("mihari.alerts.list.length && !mihari.patrol.told.improving && !mihari.patrol.waiting", 60)
    page.page.keyboard.press("Escape")
    page.ask("mihari.alerts.choose(mihari.alerts.list[0].number)")
    page.page.click("button:text-is('Patrol around it …')")
    page.page.fill("form[aria-label='Patrol a zone'] [name=around]", "10")
    page.page.fill("form[aria-label='Patrol a zone'] [name=every]", "0.5")
    page.page.fill("form[aria-label='Patrol a zone'] [name=who]", "Sato")
    page.picture("patrol-9-around")
    page.page.click("form[aria-label='Patrol a zone'] .go")
    page.until("mihari.patrol.told.changes.demands.some((d) => d.alert && d.every_h === 0.5)", 60)
    page.until("mihari.patrol.cells.some((c) => c.every_h === 0.5)", 60)
    assert "around alert" in page.page.inner_text(".patrol-asked .log")
    page.page.select_option("form[aria-label='Patrol a zone'] [name=zone]", label="west")
    page.until("!document.querySelector(\"form[aria-label='Patrol a zone'] [name=around]\")")
    page.picture("patrol-10-around")


@pytest.mark.slow
def test_the_tasks_of_a_sortie_are_proposed_to_its_operator(page: Any, node: AssetNode) -> None:
    page.until("!mihari.patrol.told.improving && !mihari.patrol.waiting", 60)
    page.ask("mihari.patrol.show('chart')")
    page.ask("mihari.chooseSortie(mihari.patrol.out(mihari.patrolNow).find((s) => s.vehicle === 'tb2'))")
    page.page.fill("form[aria-label='Propose its tasks'] [name=who]", "Sato")
    page.page.click("form[aria-label='Propose its tasks'] .go")
    page.until("/tasks are proposed/.test(document.querySelector('mh-patrol .good-text')?.innerText ?? '')", 60)
    assert {one["state"] for one in ask(node.url, "tasks")["tasks"]} == {"proposed"}
    page.page.keyboard.press("Escape")


@pytest.mark.slow
def test_what_if_stands_beside_and_is_taken_over_by_a_name(page: Any) -> None:
    page.until("!mihari.patrol.told.improving && !mihari.patrol.waiting", 60)
    page.page.click("mh-patrol [role=tab]:text-is('What if')")
    page.page.check("mh-patrol .tick:has-text('tb2') input")
    page.page.fill("mh-patrol [name=seconds]", "1")
    page.page.click("form[aria-label='What if'] .go")
    page.until("document.querySelector('.patrol-answer table')", 90)
    told = page.ask("mihari.patrol.answer")
    assert told["figures"]["hours"] < told["before"]["hours"]
    number = page.ask("mihari.patrol.told.plan.number")
    page.picture("patrol-5-what-if")
    page.page.fill("form[aria-label='Take over'] [name=reason]", "tb2 is needed elsewhere")
    page.page.click("form[aria-label='Take over'] .go")
    page.until(
        f"mihari.patrol.told.plan.number > {number} && mihari.patrol.told.plan.why === 'tb2 is needed elsewhere'", 60
    )
    page.page.click("mh-patrol [role=tab]:has-text('Not met')")
    assert "by Sato: tb2 is needed elsewhere" in text(page, ".patrol-body")


@pytest.mark.slow
def test_a_node_that_knows_nothing_of_what_was_asked_can_be_asked_again(page: Any) -> None:
    page.until("!mihari.patrol.told.improving && !mihari.patrol.waiting", 60)
    page.ask("(mihari.patrol.awaited = 9999, mihari.patrol.askedAt = -Infinity)")
    page.until("!mihari.patrol.waiting")
    page.until("/its records are new/.test(document.querySelector('.patrol .problem')?.innerText ?? '')")
    page.ask("mihari.patrol.show('chart')")


@pytest.mark.slow
def test_what_was_filled_in_outlives_the_connection_but_not_the_records(page: Any) -> None:
    given = "mihari.patrol.goal = { name: 'one', at: [26, 126], speed_kn: 0, course_deg: 0, alert: 0 }"
    page.ask(f"({given}, mihari.patrol.begin(true))")
    page.until("mihari.patrol.told && mihari.patrol.goal?.name === 'one' && mihari.patrol.sorties.length > 0")
    page.ask("(mihari.patrol.told.plan.time -= 1, mihari.patrol.awaited = 9999, mihari.patrol.begin(true))")
    page.until("mihari.patrol.told && !mihari.patrol.goal && !mihari.patrol.waiting && !mihari.patrol.answer")
    page.until("mihari.patrol.sorties.length > 0 && mihari.patrol.cells.length === 12", 30)


@pytest.mark.parametrize("palette", ["day", "dusk", "night"])
def test_it_can_be_read(page: Any, palette: str, contrast: Callable[[str, str], float]) -> None:
    page.ask(f"(mihari.settings.palette = '{palette}', mihari.settings.changed('palette'))")
    colours = page.ask(
        "({ way: mihari.palette.patrol.way, halo: mihari.palette.halo, late: mihari.palette.patrol.late })"
    )
    assert contrast(colours["way"], colours["halo"]) >= 4.5
    assert len(set(colours["late"])) == 5
    page.ask("mihari.patrol.show('chart')")
    page.until("document.querySelector('.patrol .gantt')")
    page.picture(f"patrol-6-{palette}")
