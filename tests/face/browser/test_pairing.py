"""People say on the map that two vessels are one, or two: in a real browser, on the real face and real records."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from alert_screen import AlertNode, text
from zone_screen import ask

P = "mihari.picture"


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AlertNode]:
    """A node in a mesh."""
    one = AlertNode(tmp_path_factory.mktemp("pairing"), 1)
    one.order(mesh=True)
    yield one
    one.stop()


@pytest.fixture(scope="module")
def one_page(node: AlertNode, new_screen: Callable[..., Any]) -> Any:
    one = new_screen(width=1280, height=900)
    one.open(node.url + "?palette=day&lat=26.2&lon=127.5&z=8.7")
    one.until("mihari.alerts.kept && mihari.health?.mesh")
    return one


@pytest.fixture
def page(one_page: Any, node: AlertNode) -> Iterator[Any]:
    """The page with nothing chosen, before and after."""
    yield one_page
    one_page.page.unroute_all(behavior="ignoreErrors")
    if one_page.ask("Boolean(document.querySelector('dialog[open]'))"):
        one_page.page.keyboard.press("Escape")
    one_page.ask("mihari.settings.select(0)")
    node.order(gone=[])
    one_page.ask("(mihari.settings.palette = 'day', mihari.settings.changed('palette'))")


def words(node: AlertNode, vessel: int) -> list[tuple[int, int, bool, str, str]]:
    """What the node keeps of it, the newest first."""
    found = ask(node, "GET", f"vessels/{vessel}/pair")["words"]
    return [(w["one"], w["other"], w["same"], w["who"], w["note"]) for w in found]


def choose(page: Any, vessel: int) -> None:
    page.ask(f"mihari.goTo({vessel})")
    page.until("document.querySelector('.pair-buttons button')")


def click_on_map(page: Any, vessel: int) -> None:
    """A click on the symbol of a vessel, in the middle of the map."""
    page.ask(f"(s => mihari.chart.map.jumpTo({{center: [{P}.shown[2*s], {P}.shown[2*s+1]], zoom: 11}}))"
             f"({P}.slotOf.get({vessel}))")  # fmt: skip
    page.until(f"mihari.chart.labels.placed.some(l => l.id === {vessel})")
    box = page.page.locator("#map").bounding_box()
    x, y = page.ask(f"(s => mihari.chart.toScreen({P}.shown[2*s+1], {P}.shown[2*s]))({P}.slotOf.get({vessel}))")
    page.page.mouse.move(box["x"] + x, box["y"] + y)
    page.page.mouse.click(box["x"] + x, box["y"] + y)


@pytest.mark.slow
def test_a_vessel_is_said_to_be_the_same_by_a_click_on_the_map(page: Any, node: AlertNode) -> None:
    choose(page, 3)
    page.page.click("mh-pair button:text-is('Same as …')")
    assert text(page, "#choosing").startswith("Click the vessel that is the same as MARU 3.")
    assert page.page.locator("mh-pair .near button").count() == 5
    page.picture("pair-choosing-day")
    other = page.ask("mihari.pairing.choosing.near[0]")
    click_on_map(page, other)
    page.until("document.querySelector('mh-say dialog[open]')")
    assert page.ask("mihari.settings.selected") == 3  # the click has chosen no other vessel
    told = text(page, "mh-say dialog")
    assert "The same vessel" in told
    assert "MARU 3 #3," in told
    assert f"#{other}," in told
    assert "They are one vessel." in told
    assert "naha holds both. What one node holds as two stays two" in told
    node.order(held={str(other): ["kume"]})
    page.until("!document.querySelector('mh-say .problem')")
    page.page.fill("mh-say [name=who]", "Aiko")
    page.page.fill("mh-say [name=note]", "seen both from the air")
    page.picture("pair-saying-day")
    page.page.click("mh-say button.go")
    page.until("!document.querySelector('mh-say dialog[open]') && document.querySelector('.said li')")
    assert words(node, 3) == [(3, other, True, "Aiko", "seen both from the air")]
    assert words(node, other) == words(node, 3)
    assert "Aiko the same as" in text(page, ".said")
    assert "seen both from the air" in text(page, ".said")
    page.picture("pair-said-day")


@pytest.mark.slow
def test_it_is_taken_back_by_saying_the_contrary_also_of_one_that_is_gone(page: Any, node: AlertNode) -> None:
    choose(page, 12)
    page.page.click("mh-pair button:text-is('Same as …')")
    page.page.click("mh-pair .near button >> nth=0")
    other = page.ask("mihari.pairing.saying.other")
    page.page.fill("mh-say [name=who]", "Aiko")
    page.page.click("mh-say button.go")
    page.until("document.querySelector('.said .take-back')")
    node.order(gone=[12])  # the two are one now, under the other's number
    page.until(f"mihari.settings.selected === {other} && mihari.pairing.words.length")
    page.picture("pair-heir")
    page.page.click(".said .take-back")
    page.until("document.querySelector('mh-say dialog[open]')")
    assert "not in the picture now" in text(page, "mh-say dialog")
    assert text(page, "mh-say button.go") == "They are two"
    page.page.click("mh-say button.go")
    page.until("document.querySelectorAll('.said li').length === 2")
    assert [w[:4] for w in words(node, 12)] == [(other, 12, False, "Aiko"), (12, other, True, "Aiko")]
    assert page.page.locator(".said li.overtaken").count() == 1
    assert page.page.locator(".said .take-back").count() == 1


@pytest.mark.slow
def test_all_of_it_can_be_done_by_keys(page: Any, node: AlertNode) -> None:
    choose(page, 20)
    page.page.focus("mh-pair .pair-buttons button >> nth=1")
    page.page.keyboard.press("Enter")
    page.until("document.activeElement.closest('.near')")
    page.page.keyboard.press("Escape")
    page.until("!mihari.pairing.choosing")
    assert page.ask("mihari.settings.selected") == 20
    assert page.ask("document.activeElement.innerText") == "Same as …"
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    page.until("document.activeElement.closest('.near')")
    page.page.keyboard.press("/")
    page.page.keyboard.type("#33")
    page.until("document.querySelectorAll('mh-list .row').length === 1")
    page.page.keyboard.press("Enter")  # the list, too, holds the other one
    page.until("document.activeElement.closest('mh-say dialog')")
    assert page.ask("mihari.pairing.saying.other") == 33
    if page.ask("document.activeElement.name") == "who":
        page.page.keyboard.type("Aiko")
        page.page.keyboard.press("Tab")
    page.page.keyboard.type("two on the camera")
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    page.until("document.querySelector('.said li')")
    assert words(node, 33) == [(20, 33, False, "Aiko", "two on the camera")]
    page.ask("mihari.settings.clearFilters()")


@pytest.mark.slow
def test_what_cannot_be_kept_is_said_and_nothing_is_claimed(page: Any, node: AlertNode) -> None:
    choose(page, 40)
    page.page.click("mh-pair button:text-is('Same as …')")
    page.ask("mihari.pairing.pick(40)")
    page.until("document.querySelector('mh-pair .problem')")
    assert text(page, "mh-pair .problem") == "That is the vessel itself: choose another one."
    page.ask("mihari.pairing.pick(41)")
    page.until("document.querySelector('mh-say dialog[open]')")
    page.page.fill("mh-say [name=who]", "Aiko")
    page.page.route("**/pair", lambda route: route.abort())
    page.page.click("mh-say button.go")
    page.until("document.querySelector('mh-say [role=alert]')")
    assert text(page, "mh-say [role=alert]") == (
        "The node does not answer. Whether it was kept is not known: look again before you repeat it."
    )
    assert words(node, 40) == []
    page.errors[:] = [e for e in page.errors if "ERR_FAILED" not in e]


@pytest.mark.slow
def test_the_panel_tells_which_nodes_hold_a_vessel(page: Any, node: AlertNode) -> None:
    choose(page, 50)
    assert text(page, "#held-by") == "Held by node naha"
    node.order(held={"50": ["kume", "ie", "naha"]})
    page.until("document.querySelector('#held-by').innerText.includes('kume')")
    assert text(page, "#held-by") == "Held by nodes kume (names it), ie, naha"
    told = ask(node, "GET", "vessels/50")
    assert (told["namer"], told["held_by"]) == ("kume", ["ie", "kume", "naha"])
    assert ask(node, "GET", "vessels/51")["held_by"] == ["naha"]
    page.picture("pair-held-day")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dusk", "night"])
def test_it_can_be_read_in_the_dark(page: Any, name: str, contrast: Callable[[str, str], float]) -> None:
    page.ask(f"(mihari.settings.palette = '{name}', mihari.settings.changed('palette'))")
    choose(page, 3)
    page.until("document.querySelector('.said li')")
    page.page.click("mh-pair button:text-is('Not the same as …')")
    page.until("document.querySelector('#choosing')")
    page.picture(f"pair-choosing-{name}")
    page.page.click("mh-pair .near button >> nth=0")
    page.until("document.querySelector('mh-say dialog[open]')")
    page.picture(f"pair-saying-{name}")
    css = page.ask("mihari.palette.css")
    assert contrast(css["quiet"], css["ground"]) >= 4.5


@pytest.mark.slow
def test_where_it_cannot_be_said_it_says_why(page: Any, node: AlertNode) -> None:
    choose(page, 3)
    node.order(mesh=False)
    page.until("document.querySelector('#not-paired')")
    assert text(page, "#not-paired") == (
        "People say which vessels of several nodes are the same; this node is in no mesh."
    )
    assert page.page.locator("mh-pair button").count() == 0
    node.order(mesh=True)
    page.until("document.querySelector('.pair-buttons button')")
    assert page.errors == []


@pytest.mark.slow
def test_what_one_node_holds_of_it_is_said_to_be_another_vessel(page: Any, node: AlertNode) -> None:
    node.order(held={"40": ["kume", "ie"]})
    choose(page, 40)
    page.until("document.querySelectorAll('mh-pair .splits button').length === 2")
    page.picture("split-choosing-day")
    page.page.click("mh-pair .splits button:has-text('ie')")
    page.until("document.querySelector('mh-say dialog[open]')")
    assert "What ie holds of it is another vessel." in text(page, "mh-say dialog")
    page.page.fill("mh-say [name=who]", "Aiko")
    page.page.fill("mh-say [name=note]", "two echoes")
    page.picture("split-saying-day")
    page.page.click("mh-say button.go")
    page.until("document.querySelector('.said li')")
    (word,) = ask(node, "GET", "vessels/40/pair")["words"]
    assert (word["one"], word["same"], word["node"], word["note"]) == (40, False, "ie", "two echoes")
    assert "what ie held of it is another vessel" in text(page, ".said")
