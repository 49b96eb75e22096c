"""Alerts on the map in a real browser, on the real face and real records: list, evidence, decisions, sound, fleets."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from alert_screen import AlertNode, rows, text


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AlertNode]:
    """A node with three alerts: an alarm, a warning, a caution."""
    node = AlertNode(tmp_path_factory.mktemp("few"), 3)
    yield node
    node.stop()


@pytest.fixture(scope="module")
def page(few: AlertNode, new_screen: Callable[..., Any]) -> Any:
    """The page on it."""
    one = new_screen(width=1280, height=800)
    one.open(few.url + "?palette=day")
    one.until("mihari.alerts.list.length === 3 && mihari.alerts.words.reasons.length")
    return one


def counter(screen: Any) -> str:
    return str(screen.page.inner_text("#alerts")).strip()


def test_the_list_tells_urgency_by_sign_word_and_place(page):
    assert [re.split(r" MARU| #", row)[0] for row in rows(page)] == ["■ ALARM", "▲ WARNING", "● CAUTION"]
    assert counter(page) == "■ 2 TO ACK"
    assert page.ask("getComputedStyle(document.querySelector('#alerts')).animationName") == "flash"
    assert page.ask("document.querySelector('#alert-speech').textContent").startswith("alarm: silent")
    page.picture("alerts-day")


def test_a_new_alert_is_on_the_screen_and_sounds_within_a_second(page, few):
    page.page.click("mh-alerts .tabs button")  # the browser lets sound on after a click
    page.until("mihari.bell.allowed && mihari.bell.played > 0", 10.0)
    before, began = len(rows(page)), time.monotonic()
    few.order(gap=20)
    page.until(f"mihari.alerts.list.length === {before + 1}", 5.0)
    assert time.monotonic() - began < 4.0  # the order, the desk, a look at the records, the wire, on a busy machine
    assert len(rows(page)) == before + 1
    page.page.keyboard.press("m")
    assert text(page, ".sound") == "Mute 5′"
    played = page.ask("(mihari.bell.last = -Infinity, mihari.bell.played)")
    time.sleep(2.5)
    assert page.ask("mihari.bell.played") == played
    page.page.keyboard.press("m")
    page.until(f"mihari.bell.played > {played}", 10.0)


def test_the_evidence_is_shown_and_drawn(page):
    page.ask("mihari.chooseAlert(mihari.alerts.list.find(a => a.urgency === 'alarm').number)")
    page.until("mihari.alerts.detail && document.querySelector('.facts')")
    told = text(page, ".alert-detail")
    for piece in (
        "■ ALARM", "silent", "What else it could be the transponder failed", "needed speed 12.8 kn",
        "distance 12.4 NM", "KUME would have seen or heard it: 97 %", "radar kume would have seen or heard it: 88 %",
        "sure to 93 %, definition 1 (12 h)", "Log", "raised",
    ):  # fmt: skip
        assert piece in told, piece
    assert page.ask("mihari.chart.ends.length") == 2
    page.page.keyboard.press("z")
    page.until("mihari.chart.map.querySourceFeatures('alert').some(f => f.properties.kind === 'path')")
    page.until("!mihari.chart.map.isMoving()")
    box = page.ask("mihari.chart.map.getBounds().toArray().flat()")
    ends = page.ask("mihari.chart.ends.map(e => [e.lon, e.lat])")
    assert all(box[0] < lon < box[2] and box[1] < lat < box[3] for lon, lat in ends)
    page.picture("alert-evidence")


def test_all_of_it_can_be_done_by_keys(page):
    page.page.keyboard.press("Escape")
    page.until("mihari.alerts.chosen === 0")
    page.page.keyboard.press("a")
    page.until("document.activeElement.classList.contains('alert-main')")
    first = page.ask("document.activeElement.dataset.number")
    page.page.keyboard.press("ArrowDown")
    assert page.ask("document.activeElement.dataset.number") != first
    page.page.keyboard.press("ArrowUp")
    page.page.keyboard.press("Enter")
    page.until(f"mihari.alerts.detail?.number === {first}")
    calling = page.ask("mihari.alerts.calling.length")
    page.page.keyboard.press("k")
    page.until("document.querySelector('dialog.decide[open]') && document.activeElement.name === 'who'")
    page.page.keyboard.type("Sato")
    page.page.keyboard.press("Tab")
    page.page.keyboard.type("unit")  # chooses "unit sent"
    page.page.keyboard.press("Tab")
    page.page.keyboard.type("boat 7")
    page.page.keyboard.press("Tab")
    page.page.keyboard.press("Enter")
    page.until("!document.querySelector('dialog.decide[open]')")
    page.until(f"mihari.alerts.calling.length === {calling - 1}")
    page.until(f"document.querySelector('#alerts').innerText.includes('{calling - 1} TO ACK')")
    assert "ack Sato" in text(page, ".alert-detail .state")
    assert "unit sent: boat 7" in text(page, ".alert-detail")


def test_a_decision_about_what_has_changed_meanwhile_is_refused_with_a_sentence(page, few):
    number, version = page.ask("(a => [a.number, a.version])(mihari.alerts.list.find(a => a.urgency === 'warning'))")
    page.page.click(f".alert-row:has([data-number='{number}']) .ack")
    page.until("document.querySelector('dialog.decide[open]')")
    few.decide(number, "assign", {"who": "Kudo", "version": version, "to": "boat 9"})
    page.page.click("dialog.decide .go")
    page.until("document.querySelector('dialog.decide .problem')")
    assert text(page, "dialog.decide .problem") == (
        f"Alert {number} has changed since you saw it: look at it again, then decide."
    )
    page.picture("alert-conflict")
    page.page.keyboard.press("Escape")
    page.until("!document.querySelector('dialog.decide[open]')")


def test_what_another_person_does_is_seen_within_a_second(page, few):
    number = page.ask("mihari.alerts.list.find(a => a.urgency === 'caution').number")
    told = {"who": "Kudo", "version": page.ask(f"mihari.alerts.list.find(a => a.number === {number}).version")}
    few.decide(number, "assign", told | {"to": "patrol boat"})
    page.until(f"mihari.alerts.list.find(a => a.number === {number}).assigned === 'patrol boat'", 1.5)
    page.until("document.querySelector('mh-alerts').innerText.includes('→ patrol boat')", 5.0)


def test_set_aside_goes_to_a_list_of_its_own_and_can_be_brought_back(page):
    number = page.ask("mihari.alerts.list.find(a => a.urgency === 'caution').number")
    page.ask(f"mihari.chooseAlert({number})")
    page.until("mihari.alerts.detail")
    page.page.click(".decisions button:has-text('Set aside')")
    page.until("document.querySelector('dialog.decide[open]')")
    page.page.select_option("dialog.decide [name=hours]", "4")
    page.page.click("dialog.decide .go")
    page.until("mihari.alerts.aside.length === 1")
    page.page.click("mh-alerts .tabs button:nth-child(2)")
    assert len(rows(page)) == 1
    page.until("document.querySelector('.alert-detail').innerText.includes('by Sato: known and harmless')")
    page.page.click(".decisions button:has-text('Bring back')")
    page.page.click("dialog.decide .go")
    page.until("mihari.alerts.aside.length === 0")
    page.page.click("mh-alerts .tabs button:nth-child(1)")


def test_what_was_retracted_stays_in_sight(page, few):
    few.order(dark=30)
    page.until("mihari.alerts.list.some(a => a.kinds.includes('dark') && a.calls)")
    few.order(gap=30)
    page.until("mihari.alerts.list.some(a => a.kinds.length === 2)")
    few.order(retract="dark")
    number = page.ask("mihari.alerts.list.find(a => a.kinds.includes('gap') && a.vessels[0].vessel !== 20).number")
    page.until("mihari.alerts.list.every(a => a.kinds.length === 1)")
    page.ask(f"mihari.chooseAlert({number})")
    page.ask("mihari.chooseAlert(mihari.alerts.list.find(a => a.because && a.version === 3 && a.calls)?.number ?? 0)")
    page.until("document.querySelector('.behaviour.retracted')")
    assert re.search("RETRACTED: ?its reports came late", text(page, ".behaviour.retracted"))
    assert "retracted: its reports came late" in text(page, ".log")
    page.picture("alert-retracted")


def test_a_fleet_is_an_area_with_its_members_and_explanations(page, few):
    few.order(fleet=40)
    page.until("mihari.alerts.fleets.length === 1 && mihari.alerts.list.some(a => a.fleet)")
    assert page.ask("mihari.chart.map.querySourceFeatures('alert').length >= 0")
    page.ask("mihari.chooseAlert(mihari.alerts.list.find(a => a.fleet).number)")
    page.until("mihari.alerts.detail?.fleet && document.querySelector('.alert-detail').innerText.includes('Fleet 7')")
    told = text(page, ".alert-detail")
    assert "Fleet 7: 11 vessels, 82 % move as one" in told
    assert "55 % fishing: slow, turning" in told
    assert page.ask("mihari.chart.signs.filter(s => s.alert === null).length") == 11
    page.page.keyboard.press("z")
    page.until("mihari.chart.map.querySourceFeatures('alert').some(f => f.properties.kind === 'chosen-fleet')")
    page.picture("alert-fleet")


def test_hostile_names_do_nothing(page, few):
    title = page.ask("document.title")
    few.order(hostile=True)
    page.until("mihari.alerts.list.some(a => a.urgency === 'emergency')")
    page.ask("mihari.chooseAlert(mihari.alerts.list.find(a => a.urgency === 'emergency').number)")
    page.until("mihari.alerts.detail && document.querySelector('.facts')")
    assert "<img src=x" in text(page, ".alert-detail")
    assert (
        page.ask("document.querySelectorAll('mh-alert img, mh-alert script, mh-alerts img, mh-alerts script').length")
        == 0
    )
    assert page.ask("document.title") == title
    assert not set(text(page, "mh-alert")) & set("\u202e\x1b")
    page.picture("alert-hostile")


@pytest.mark.slow
@pytest.mark.parametrize("palette", ["day", "dusk", "night"])
def test_urgencies_can_be_read_in_every_palette(page, palette, contrast):
    page.ask(f"(mihari.settings.palette = '{palette}', mihari.settings.changed('palette'))")
    css = page.ask("mihari.palette.css")
    assert contrast(css["on-alarm"], css["alarm"]) >= 3.0
    assert contrast(css["on-caution"], css["caution"]) >= 4.5
    page.picture(f"alerts-{palette}")


def test_nothing_comes_from_elsewhere_and_nothing_complains(page, few):
    assert all(url.startswith((few.url, "blob:", "data:")) for url in page.requests)
    assert [e for e in page.errors if "409" not in e] == []
