"""What the page says where an answer of the node breaks off, comes late or not at all: no more than is known."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from alert_screen import AlertNode, text

pytestmark = pytest.mark.slow

UNKNOWN = "Whether it was decided is not known: look again before you repeat it."


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AlertNode]:
    one = AlertNode(tmp_path_factory.mktemp("answers"), 3)
    yield one
    one.stop()


@pytest.fixture(scope="module")
def one_page(node: AlertNode, new_screen: Callable[..., Any]) -> Any:
    one = new_screen(width=1280, height=800)
    one.open(node.url + "?palette=day")
    one.until("mihari.alerts.list.length === 3 && mihari.alerts.words.reasons.length")
    return one


@pytest.fixture
def page(one_page: Any) -> Iterator[Any]:
    """The page with nothing between it and the node, before and after."""
    yield one_page
    one_page.page.unroute_all(behavior="ignoreErrors")
    if one_page.ask("Boolean(document.querySelector('dialog.decide[open]'))"):
        one_page.page.keyboard.press("Escape")


def acknowledge(page: Any) -> str:
    """Acknowledge the first alert that calls; what is said of it in the dialog."""
    number = page.ask("mihari.alerts.calling[0].number")
    page.page.click(f".alert-row:has([data-number='{number}']) .ack")
    page.page.fill("dialog.decide [name=who]", "Sato")
    page.page.click("dialog.decide .go")
    page.until("document.querySelector('dialog.decide .problem')", 40.0)
    return text(page, "dialog.decide .problem")


def broken(route: Any) -> None:
    """The node carries out what it is asked, and its answer breaks off."""
    whole = route.fetch()
    assert whole.status == 200
    route.fulfill(status=200, content_type="application/json", body=whole.text()[:40])


def test_a_list_that_breaks_off_is_said_and_asked_for_again(page: Any) -> None:
    page.page.route("**/api/v1/alerts?*", broken)
    page.ask("void mihari.alerts.askAll()")
    page.until("document.querySelector('mh-alerts .problem')")
    assert text(page, "mh-alerts .problem") == "The answer of the node did not come whole."
    page.picture("answer-broken")
    page.page.unroute_all(behavior="ignoreErrors")
    page.until("!document.querySelector('mh-alerts .problem')", 20.0)
    assert page.ask("mihari.alerts.list.length") == 3


def test_of_a_decision_whose_answer_breaks_off_nothing_is_claimed(page: Any) -> None:
    calling = page.ask("mihari.alerts.calling.length")
    page.page.route("**/acknowledge", broken)
    assert acknowledge(page) == f"The answer of the node did not come whole. {UNKNOWN}"
    page.until(f"mihari.alerts.calling.length === {calling - 1}")  # it was decided, as the list then shows


def test_of_a_decision_that_nobody_answers_nothing_is_claimed(page: Any) -> None:
    page.page.route("**/acknowledge", lambda route: route.abort())
    assert acknowledge(page) == f"The node does not answer. {UNKNOWN}"
    page.errors[:] = [e for e in page.errors if "ERR_FAILED" not in e]


@pytest.mark.slow
def test_of_a_decision_that_is_answered_too_late_nothing_is_claimed(page: Any) -> None:
    page.page.route("**/acknowledge", lambda route: None)
    assert acknowledge(page) == f"The node has not answered within 15 s. {UNKNOWN}"


def test_what_the_node_refuses_is_told_in_its_own_words(page: Any) -> None:
    refused = {"status": 503, "json": {"detail": "the records do not answer: disk full"}}
    page.page.route("**/acknowledge", lambda route: route.fulfill(**refused))
    assert acknowledge(page) == "The records do not answer: disk full."
    page.page.keyboard.press("Escape")
    page.page.route("**/acknowledge", lambda route: route.fulfill(status=502, body="<html>"))
    assert acknowledge(page) == f"The node answers with error 502. {UNKNOWN}"
    page.errors[:] = [e for e in page.errors if "Failed to load resource" not in e]


def test_a_zone_whose_answer_does_not_come_may_have_been_saved(page: Any) -> None:
    page.page.route("**/api/v1/zones", lambda route: route.abort())
    page.ask("mihari.zones.toggle(true)")
    page.ask("mihari.zones.begin('line')")
    page.ask("(mihari.zones.add([26.2, 127.1]), mihari.zones.add([26.3, 127.2]), mihari.zones.finish())")
    page.ask("(mihari.zones.draft.name = 'cable', void mihari.zones.save('Sato'))")
    page.until("mihari.zones.problem")
    assert page.ask("mihari.zones.problem") == (
        "The node does not answer. Whether it was saved is not known: look again before you repeat it."
    )
    page.ask("mihari.zones.toggle(false)")
    assert [e for e in page.errors if "ERR_FAILED" not in e] == []
