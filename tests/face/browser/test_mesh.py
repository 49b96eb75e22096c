"""Other nodes on the map and in the panel of health, in a real browser, well and in trouble, in all palettes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.slow

LINES = "mihari.chart.map.queryRenderedFeatures({layers: ['mesh-good', 'mesh-full', 'mesh-down']})"
WORTHS = f"[...new Set({LINES}.map(f => f.properties.worth))].sort().join()"


@pytest.fixture(scope="module")
def page(node: Any, new_screen: Callable[..., Any]) -> Any:
    one = new_screen(width=1500, height=860)
    one.open(f"{node.url}?palette=day&lat=26.3&lon=127.35&z=8.9")
    return one


@pytest.fixture
def well(page: Any, node: Any) -> Iterator[Any]:
    """The page, in a mesh that is well."""
    node.order(mesh="well")
    page.until("mihari.health?.mesh?.refused && !mihari.health.mesh.refused.ie")
    yield page
    node.order(mesh="")
    if page.ask("document.querySelector('mh-health').open"):
        page.page.keyboard.press("Escape")
    palette(page, "day")


def palette(page: Any, name: str) -> None:
    page.ask(f"(mihari.settings.palette = '{name}', mihari.settings.changed('palette'))")


def trouble(page: Any, node: Any) -> None:
    node.order(mesh="trouble")
    page.until("mihari.health?.mesh?.refused.ie")
    page.until(f"{WORTHS} === 'down,full,good'")


def point_at(page: Any, lat: float, lon: float) -> str:
    """What is said of a node when the mouse rests on it."""
    box, (x, y) = page.page.locator("#map").bounding_box(), page.ask(f"mihari.chart.toScreen({lat}, {lon})")
    page.page.mouse.move(box["x"] + x + 40, box["y"] + y)
    page.page.mouse.move(box["x"] + x + 2, box["y"] + y + 1)
    page.until("document.querySelector('.learned')")
    told: str = page.ask("document.querySelector('.learned').textContent")
    return told


def test_nodes_stand_on_the_map_with_the_links_between_them(well: Any) -> None:
    well.until(f"{LINES}.length > 0")
    assert well.ask(WORTHS) == "good"
    assert well.ask("mihari.chart.nodes.map(n => n.name).join()") == "kume,kerama,ie,yonaguni,naha"
    assert well.ask("mihari.chart.nodes.filter(n => n.own).map(n => n.name)") == ["naha"]
    well.picture("mesh-day")
    assert well.errors == []


RINGS = "(mihari.chart.overlay._deck.props.layers.flat().find(l => l.id === 'cover-others')?.props.data ?? [])"


def rings(page: Any) -> tuple[int, int, int]:
    """Whole rings of other nodes' radars, dashes of broken ones, and those of either that are fainter."""
    told: list[int] = page.ask(f"{RINGS}.map(r => [r.path.length > 100 ? 1 : 0, r.faint ? 1 : 0])")
    return sum(w for w, _ in told), sum(1 - w for w, _ in told), sum(f for _, f in told)


def test_what_other_nodes_watch_with_is_drawn_silent_radars_in_dashes(well: Any, node: Any) -> None:
    well.until("mihari.scene.others.length === 4")
    well.until(f"{RINGS}.length > 4")
    assert rings(well) == (4, 24, 0)  # a radar each, and one that is silent
    well.picture("cover-day")
    trouble(well, node)
    well.until(f"{RINGS}.some(r => r.faint)")
    assert rings(well) == (3, 48, 24)  # that of the node which is not heard
    well.ask("(mihari.settings.layers.delete('cover'), mihari.settings.changed('layers'))")
    well.until(f"{RINGS}.length === 0")
    well.ask("(mihari.settings.layers.add('cover'), mihari.settings.changed('layers'))")
    palette(well, "night")
    well.until(f"{RINGS}.length > 4")
    well.picture("cover-night")
    node.order(mesh="")
    well.until("mihari.scene.others.length === 0")
    assert well.errors == []


def test_fleets_of_other_nodes_are_drawn_and_the_same_one_once(well: Any) -> None:
    def fleet(number: int, lat: float, **more: Any) -> dict[str, Any]:
        ring = [[lat, 127.2], [lat, 127.3], [lat + 0.1, 127.3], [lat + 0.1, 127.2]]
        told = {"id": number, "time": 1e9, "members": [], "outline_deg": ring, "node": "", "same_as": 0}
        return told | more

    elder = (1 << 51) + 5
    others = [fleet(elder, 26.4, node="kume"), fleet(3, 26.42, same_as=elder), fleet(4, 25.95, time=1e9 - 5000)]
    well.page.evaluate("f => mihari.alerts.hearFleets(f)", [fleet(1, 26.1), *others])
    lines = "mihari.chart.map.queryRenderedFeatures({layers: ['fleet-line']})"
    well.until(f"{lines}.length === 2")
    well.picture("mesh-fleets-day")
    well.page.evaluate("mihari.alerts.hearFleets([])")
    well.until(f"{lines}.length === 0")


@pytest.mark.slow
def test_a_node_under_the_mouse_tells_of_itself(well: Any) -> None:
    assert point_at(well, 26.18, 127.3) == (
        "kerama: 94 vessels told\n2 sensors\nheard 0 s ago\nclock 0.0 s\nto kume (radio): 210 ms, 2 waiting\n"
        "to yonaguni (radio): 210 ms, 2 waiting\nto naha (radio): 210 ms, 2 waiting"
    )
    well.picture("mesh-popup")
    assert point_at(well, 26.34, 126.77).startswith("kume: 76 vessels told\n2 sensors\nheard 0 s ago through kerama\n")
    assert "\n3 sensors, 1 of them silent\n" in point_at(well, 26.05, 126.9)
    assert point_at(well, 26.21, 127.68).startswith("naha: this node\nto kerama (radio): 214 ms, 3 waiting\n")
    well.page.mouse.move(700, 840)
    well.until("!document.querySelector('.learned')")


def test_what_is_down_full_or_not_heard_looks_otherwise(well: Any, node: Any) -> None:
    trouble(well, node)
    assert well.ask("mihari.chart.nodes.filter(n => !n.heard).map(n => n.name)") == ["kume"]
    dashes = [
        well.ask(f"JSON.stringify(mihari.chart.map.getPaintProperty('mesh-{w}', 'line-dasharray'))")
        for w in ("good", "full", "down")
    ]
    assert len(set(dashes)) == 3  # never by colour alone
    assert "not reached now" in point_at(well, 26.34, 126.77)
    well.page.mouse.move(700, 840)
    well.picture("mesh-trouble-day")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dusk", "night"])
def test_it_is_drawn_in_the_dark(well: Any, node: Any, name: str, contrast: Callable[[str, str], float]) -> None:
    trouble(well, node)
    palette(well, name)
    well.picture(f"mesh-trouble-{name}")
    inks = well.ask("Object.values(mihari.palette.mesh)")
    assert min(contrast(ink, well.ask("mihari.palette.sea")) for ink in inks) > 3


def test_the_panel_tells_of_nodes_links_and_what_was_refused(well: Any, node: Any) -> None:
    well.page.click("#health")
    well.until("document.querySelector('.mesh-section')")
    said = re.sub(r"\s+", " ", well.page.inner_text(".mesh-section"))
    assert "Mesh naha, with 5 other nodes" in said
    assert re.search(r"kume 76 2 0 s kerama 0.0 s 2 0.1.0", said)
    assert re.search(r"depot no place 85 0 0 s itself", said)
    assert re.search(r"kerama radio up \d+ min 214.0 ms 3 1.2 kB [\d.]+ [kM]B [\d.]+ MB 3", said)
    assert "nothing was refused" in said
    well.picture("mesh-panel-day")
    trouble(well, node)
    well.until("document.querySelector('#health').innerText.includes('ALARM')")
    said = re.sub(r"\s+", " ", well.page.inner_text("mh-health"))
    assert re.search(r"kume has not been heard for \d+ min; its vessels are shown as it told them last.", said)
    assert "ie sent 12 frames within a minute that were refused, mostly for signature." in said
    assert "The clock of ie is 30.2 s ahead." in said
    assert "▲ not reached" in said
    assert "▲ +30.2 s" in said
    assert "▲ 413" in said
    assert re.search(r"tls/zamami.example:7447 lan ▲ down \d min", said)
    assert "refused of ie: signature 9, too long 3" in said
    well.picture("mesh-panel-trouble-day")
    palette(well, "night")
    well.picture("mesh-panel-trouble-night")


@pytest.mark.slow
def test_the_layer_can_be_put_away_and_is_offered_only_in_a_mesh(well: Any, node: Any) -> None:
    if not well.ask("document.querySelector('details.filters').open"):
        well.page.click("details.filters summary")
    well.page.click("mh-list button:text-is('mesh')")
    well.until(f"{LINES}.length === 0 && mihari.chart.nodes.length === 0")
    assert "hide=mesh" in well.ask("mihari.settings.query()")
    well.page.click("mh-list button:text-is('mesh')")
    well.until(f"{LINES}.length > 0")
    node.order(mesh="")
    well.until(f"{LINES}.length === 0 && mihari.health.mesh === null")
    well.until("![...document.querySelectorAll('mh-list button')].some(b => b.innerText === 'mesh')")


def test_a_vessel_without_a_name_has_the_one_that_all_nodes_call_it_by(page: Any) -> None:
    p = "mihari.picture"
    unnamed = page.ask(f"{p}.id[[...Array({p}.count).keys()].find(s => !{p}.mmsi[s])]")
    page.ask(f"{p}.identify({unnamed}, [], 'kume 412')")
    assert page.ask(f"{p}.name[{p}.slotOf.get({unnamed})]") == "kume 412"
    assert "KUME 412" in page.ask(f"{p}.searched[{p}.slotOf.get({unnamed})]")
    page.ask(f"{p}.identify({unnamed}, [{{mmsi: 0, weight: 1, call_sign: '7J0042'}}], 'kume 412')")
    page.ask(f"mihari.settings.select({unnamed})")
    page.until("document.querySelector('#vessel-name')?.innerText === '7J0042'")
    assert "kume 412 to all nodes" in page.page.inner_text(".vessel-head")
    page.ask("mihari.settings.select(0)")
    assert page.errors == []
