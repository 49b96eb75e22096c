"""The library on the map in a real browser: read, decided, written, tried on an archive; hostile words stay words."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[2] / "library" / "held"))
from alert_screen import text
from held_helpers import TEXT
from library_node import HOSTILE
from library_screen import LibraryNode

NEAR = TEXT.replace(" and offshore(v) > 3 NM", "").replace("version = 1", "version = 2")


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibraryNode]:
    one = LibraryNode(tmp_path_factory.mktemp("library"))
    yield one
    one.stop()


@pytest.fixture(scope="module")
def page(node: LibraryNode, new_screen: Callable[..., Any]) -> Any:
    one = new_screen(width=1280, height=800)
    one.open(node.url + "?palette=day&lat=26.3&lon=127.2&z=8")
    one.until("mihari.library.kept && mihari.cases.kept")
    return one


def opened(page: Any, pattern: str) -> None:
    """The page of a pattern."""
    page.ask(f"mihari.library.draft = null, mihari.toggleLibrary(true), mihari.showPattern({pattern!r})")
    page.until(f"mihari.library.detail?.name === {pattern!r}")


def test_what_is_held_is_listed_with_state_and_record(page: Any) -> None:
    page.page.keyboard.press("b")
    page.page.wait_for_selector("mh-library .card-main")
    told = text(page, "mh-library")
    assert "Dark rendezvous ● active" in told
    assert "told 23: 6 confirmed, 2 false, 15 not said" in told
    assert "brought by kume" in told
    assert "✕ withdrawn" in told
    page.page.keyboard.type("kume")
    assert page.page.locator("mh-library .card-main").count() == 1
    page.page.fill("mh-library input[type=search]", "")
    page.picture("library")


def test_what_other_nodes_offer_is_told_below_and_how_to_take_it_over(page: Any) -> None:
    page.ask("mihari.library.draft = null, mihari.library.chosen = null, mihari.toggleLibrary(true)")
    page.page.wait_for_selector("mh-library [data-offer]")
    told = text(page, "mh-library")
    assert "Offered by kume: 1 pattern and 1 withdrawn" in told
    assert "signed by naha" in told
    assert "the node has no trust list" in told
    assert "withdraws dawdles in all versions, by naha: takes ferries for smugglers" in told
    assert "mihari library import --offered " in told
    assert HOSTILE in told
    page.page.locator("mh-library [data-offer]").first.scroll_into_view_if_needed()
    page.picture("library_offered")
    page.page.fill("mh-library input[type=search]", "kume")
    assert page.page.locator("mh-library [data-offer]").count() == 0
    page.page.fill("mh-library input[type=search]", "")


def test_a_pattern_is_read_in_the_order_of_an_officer_and_its_examples_are_on_the_map(page: Any) -> None:
    opened(page, "tanker_transfer")
    told = text(page, "mh-library")
    order = ["What it means", "What else it could be", "How to find out", "Figures", "Definition", "Described in",
             "Who made it", "Proof", "Trial", "Record"]  # fmt: skip
    assert sorted(order, key=told.index) == order
    assert "made by kume" in told
    assert page.page.locator(".spot").count() == 4
    page.page.click(".examples button >> nth=3")
    page.until("mihari.library.spot === 3 && mihari.chart.map.getBounds().contains([127.4, 26.46])")
    page.picture("library_pattern")
    assert HOSTILE in told
    assert "owned" not in page.page.title()
    assert page.page.locator("mh-library img[src=x]").count() == 0


def test_making_it_active_asks_for_a_name_and_is_told(page: Any) -> None:
    opened(page, "tanker_transfer")
    page.page.click("mh-library button:text-is('Make active …')")
    assert page.ask("document.activeElement.name") == "who"
    page.page.keyboard.press("Escape")
    page.until("!mihari.library.deciding")
    page.page.click("mh-library button:text-is('Make active …')")
    page.page.fill("mh-library [name=who]", "Mori")
    page.page.fill("mh-library [name=why]", "right so far")
    page.page.click("mh-library button:text-is('Make active')")
    page.page.wait_for_selector("mh-library .good-text")
    assert page.ask("mihari.library.detail.state") == "active"
    assert "It may raise alerts from now on" in text(page, "mh-library")
    assert "Mori" in text(page, "mh-library")


def test_withdrawing_asks_for_a_reason(page: Any) -> None:
    opened(page, "tanker_transfer")
    page.page.click("mh-library button:text-is('Withdraw …')")
    page.page.click("mh-library button:text-is('Withdraw')")
    assert page.ask("mihari.library.detail.state") == "active"  # the form asks for the reason first
    page.page.fill("mh-library [name=why]", "takes ferries for smugglers")
    page.page.click("mh-library button:text-is('Withdraw')")
    page.until("mihari.library.detail.state === 'withdrawn'")


def test_what_the_node_refuses_is_told_in_its_words(page: Any) -> None:
    opened(page, "dawdles")
    page.ask("mihari.library.decide('activate')")
    page.page.fill("mh-library [name=who]", "Mori")
    page.page.click("mh-library button:text-is('Make active')")
    page.page.wait_for_selector("mh-library .problem")
    assert "was withdrawn (takes ferries for smugglers)" in text(page, "mh-library .problem")
    page.errors.clear()  # the browser tells of the 409


def test_mistakes_are_marked_by_line_and_what_was_meant_is_written_by_a_click(page: Any) -> None:
    opened(page, "dawdles")
    page.page.click("mh-library button:text-is('Change a copy …')")
    page.until("mihari.library.good")
    page.page.fill("textarea[name=pattern]", NEAR.replace("crawl lasting", "crawll lasting"))
    page.page.wait_for_selector("mh-library .mistakes li")
    assert "line 13" in text(page, "mh-library .mistakes")
    assert text(page, "mh-library .gutter .wrong").strip() == "▶13"
    page.picture("library_mistake")
    page.page.click("mh-library .mistakes button:has-text('Write')")
    page.until("mihari.library.good")
    assert page.page.input_value("textarea[name=pattern]") == NEAR


def test_what_was_written_is_not_given_up_by_one_key(page: Any) -> None:
    page.page.focus("mh-library .desk-body")
    page.page.keyboard.press("Escape")
    assert "Once more to give up what was written" in text(page, "mh-library .problem")
    assert page.page.input_value("textarea[name=pattern]") == NEAR
    page.page.keyboard.press("Escape")
    page.until("!mihari.library.draft")


def test_a_text_is_tried_on_the_archive_marked_on_the_map_and_held(page: Any) -> None:
    page.ask(f"mihari.library.write({NEAR!r})")
    page.until("mihari.library.good")
    page.page.click("mh-library .preview-form button")
    page.until("mihari.library.draft.preview && mihari.library.draft.preview.state !== 'running'")
    assert "would have fired 4 times: 2 passenger, 1 cargo, 1 fishing" in text(page, "mh-library")
    assert page.page.locator(".spot").count() == 4
    page.page.click("mh-library button:text-is('Show all on the map')")
    page.picture("library_tried")
    page.page.fill("mh-library [name=who]", "Mori")
    page.page.click("mh-library button:text-is('Hold it on trial')")
    page.until("mihari.library.detail?.version === 2")
    told = text(page, "mh-library")
    assert "Held on trial" in told
    assert "It does not hold here" in told


def test_an_alert_of_its_kind_shows_how_to_find_out(page: Any) -> None:
    page.ask("mihari.toggleLibrary(false), mihari.chooseAlert(1)")
    page.until("mihari.alerts.detail")
    told = text(page, "mh-alert")
    assert "How to find out" in told
    assert "names, numbers and flags on both sterns" in told
    page.page.click("mh-alert button:has-text('The pattern:')")
    page.until("mihari.library.detail?.name === 'dark_rendezvous'")
    page.ask("mihari.chooseAlert(0)")


def test_keys_lead_back_step_by_step_and_nothing_went_wrong(page: Any) -> None:
    opened(page, "dark_rendezvous")
    page.page.focus("mh-library .desk-body")
    page.page.keyboard.press("Escape")
    page.until("!mihari.library.chosen && mihari.library.open")
    page.page.focus("mh-library .card-main")
    page.page.keyboard.press("ArrowDown")
    assert page.ask("document.activeElement.dataset.pattern") == "dawdles"
    page.page.keyboard.press("Escape")
    page.until("!mihari.library.open")
    assert page.page.locator(".spot").count() == 0
    assert page.errors == []


@pytest.mark.slow
@pytest.mark.parametrize("palette", ["day", "dusk", "night"])
def test_it_can_be_read_in_every_palette(node: LibraryNode, new_screen: Callable[..., Any], palette: str) -> None:
    one = new_screen(width=1440, height=900)
    one.open(node.url + f"?palette={palette}&lat=26.3&lon=127.2&z=8")
    one.until("mihari.library.kept")
    opened(one, "dark_rendezvous")
    one.picture(f"library_{palette}")
    assert one.errors == []
    one.page.close()  # each page draws, and takes its share of the processor


@pytest.mark.slow
def test_an_empty_library_says_how_to_fill_it(tmp_path: Path, new_screen: Callable[..., Any]) -> None:
    empty = LibraryNode(tmp_path, empty=True)
    try:
        one = new_screen(width=1280, height=800)
        one.open(empty.url + "?palette=night")
        one.until("mihari.library.kept && mihari.cases.kept")
        one.page.keyboard.press("b")
        assert "holds no patterns yet" in text(one, "mh-library")
        one.page.click("mh-library button:text-is('New pattern …')")
        one.until("mihari.library.good")  # what it begins with has no mistake
        one.ask("mihari.toggleCases(true)")
        one.page.wait_for_selector("mh-cases .empty")
        assert "No cases yet" in text(one, "mh-cases")
        one.page.close()
    finally:
        empty.stop()
