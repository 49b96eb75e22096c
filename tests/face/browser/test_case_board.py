"""The case board in a real browser: cases by outcome, one case, words with earlier ones, one opened from an alert."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from alert_screen import text
from library_node import HOSTILE
from library_screen import LibraryNode


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LibraryNode]:
    one = LibraryNode(tmp_path_factory.mktemp("cases"))
    yield one
    one.stop()


@pytest.fixture(scope="module")
def page(node: LibraryNode, new_screen: Callable[..., Any]) -> Any:
    one = new_screen(width=1280, height=800)
    one.open(node.url + "?palette=day&lat=26.3&lon=127.2&z=8")
    one.until("mihari.library.kept && mihari.cases.kept")
    return one


def opened(page: Any, number: int) -> None:
    page.ask(f"mihari.toggleCases(true), mihari.cases.choose({number})")
    page.until(f"mihari.cases.detail?.number === {number}")


def test_cases_stand_by_status_and_outcome_and_are_searched(page: Any) -> None:
    page.page.keyboard.press("e")
    page.page.wait_for_selector("mh-cases .card-main")
    assert "Open 1" in text(page, "mh-cases")
    assert HOSTILE in text(page, "mh-cases .card-main")
    page.page.click("mh-cases .tabs button:has-text('All')")
    assert "confirmed 1" in text(page, "mh-cases").lower()
    page.picture("case_board")
    page.page.fill("mh-cases input[type=search]", "smuggl")
    assert page.page.locator("mh-cases .card-main").count() == 1
    page.page.fill("mh-cases input[type=search]", "")
    assert "owned" not in page.page.title()


def test_a_case_tells_what_was_done_what_ended_it_and_who_wrote_what_before(page: Any) -> None:
    opened(page, 1)
    told = text(page, "mh-cases")
    for word in ("confirmed: it was so", "boarded; both crews handed over", "patrol 7", "the patrol vessel in sight",
                 "left port without AIS at dusk", "1 earlier word", "port log of that day"):  # fmt: skip
        assert word in told
    page.page.click("mh-cases .earlier summary")
    assert "Mori wrote “A drill, as told by the harbour.”" in text(page, "mh-cases .earlier")
    page.until("document.querySelector('mh-cases .still img')?.naturalWidth === 480")
    page.page.click("mh-cases button:text-is('Tracks on the map')")
    page.until("mihari.cases.tracks.length === 1 && mihari.chart.map.getBounds().contains([126.83, 26.23])")
    page.page.click("mh-cases button:has-text('What is known of them')")
    page.until("mihari.cases.dossiers")
    page.picture("case")
    with page.page.expect_download() as report:
        page.page.click("mh-cases a:text-is('Report')")
    assert report.value.suggested_filename == "case-1.html"


def test_its_pattern_is_a_click_away_and_its_cases_are_a_click_back(page: Any) -> None:
    opened(page, 1)
    page.page.click("mh-cases .words button:has-text('dark_rendezvous')")
    page.until("mihari.library.detail?.name === 'dark_rendezvous'")
    page.page.click("mh-library button:text-is('Its cases')")
    page.until("mihari.cases.open && !mihari.library.open")
    assert page.page.locator("mh-cases .card-main").count() == 1
    page.ask("mihari.cases.show('open', '')")


def test_a_note_something_done_and_a_withdrawal(page: Any) -> None:
    opened(page, 2)
    page.page.click("mh-cases button:text-is('Note …')")
    page.page.fill("mh-cases [name=text]", "a second boat came")
    page.page.fill("mh-cases [name=who]", "Kudo")
    page.page.click("mh-cases button:text-is('Keep it')")
    page.until("mihari.cases.detail.lists.note.length === 2")
    page.page.click("mh-cases button:text-is('Done …')")
    page.page.fill("mh-cases [name=text]", "hailed")
    page.page.fill("mh-cases [name=by]", "patrol 3")
    page.page.click("mh-cases button:text-is('Keep it')")
    page.until("mihari.cases.detail.lists.action.length === 1")
    assert "hailed (patrol 3)" in text(page, "mh-cases .timeline")
    page.page.click("mh-cases .log button:text-is('withdraw') >> nth=0")
    page.page.fill("mh-cases [name=why]", "another boat")
    page.page.click("mh-cases button:text-is('Withdraw it')")
    page.until("mihari.cases.detail.lists.evidence.some((e) => e.withdrawn)")
    assert "withdrawn by Kudo: another boat" in text(page, "mh-cases")


def test_it_is_closed_with_an_outcome_and_opened_again(page: Any) -> None:
    opened(page, 2)
    page.page.click("mh-cases button:text-is('Close …')")
    page.page.select_option("mh-cases [name=outcome]", "benign")
    page.page.fill("mh-cases [name=ended_by]", "<b>it went home</b>")
    page.page.click("mh-cases button:text-is('Close it')")
    page.until("mihari.cases.detail.status === 'closed'")
    told = text(page, "mh-cases")
    assert "benign: it had an innocent reason" in told
    assert "<b>it went home</b>" in told
    page.page.click("mh-cases button:has-text('Open it again')")
    page.page.click("mh-cases button:text-is('Yes')")
    page.until("mihari.cases.detail.status === 'open'")


def test_a_case_is_opened_from_an_alert_by_a_button(page: Any) -> None:
    page.ask("mihari.toggleCases(false), mihari.chooseAlert(3)")
    page.until("mihari.alerts.detail")
    page.page.click("#case")
    page.page.fill("mh-cases [name=title]", "circles before the port")
    page.page.click("mh-cases button:text-is('Open the case')")
    page.until("mihari.cases.detail?.title === 'circles before the port'")
    assert "alert 3 as it stood" in text(page, "mh-cases")
    page.until("document.querySelector('#case').textContent.startsWith('Case ')")
    page.ask("mihari.chooseAlert(0)")


def test_nothing_went_wrong_and_nothing_came_from_elsewhere(page: Any, node: LibraryNode) -> None:
    page.page.keyboard.press("Escape")
    assert page.errors == []
    assert all(url.startswith((node.url, "data:", "blob:")) for url in page.requests)


@pytest.mark.slow
@pytest.mark.parametrize("palette", ["dusk", "night"])
def test_it_can_be_read_in_every_palette(node: LibraryNode, new_screen: Callable[..., Any], palette: str) -> None:
    one = new_screen(width=1440, height=900)
    one.open(node.url + f"?palette={palette}&lat=26.3&lon=127.2&z=8")
    one.until("mihari.cases.kept")
    opened(one, 1)
    one.picture(f"case_{palette}")
    assert one.errors == []
    one.page.close()  # each page draws, and takes its share of the processor
