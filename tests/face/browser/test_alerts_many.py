"""No alerts at all, and two hundred of them, in a real browser."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from alert_screen import AlertNode, rows, text


@pytest.mark.slow
def test_a_node_without_alerts_shows_none(screen):
    assert screen.ask("document.querySelector('mh-alerts').hidden")
    assert screen.ask("document.querySelector('#alerts')") is None


@pytest.mark.slow
@pytest.mark.timeout(200)
def test_two_hundred_alerts_are_told_and_cost_little(tmp_path, screen, new_screen):
    node = AlertNode(tmp_path, 200)
    try:
        screen.page.goto("about:blank")  # two pages drawn by one processor are one too many
        one = new_screen(width=1280, height=800)
        one.open(node.url + "?palette=night")
        one.until("mihari.alerts.list.length === 200")
        assert len(rows(one)) == 100
        assert text(one, ".more") == "100 more alerts"
        one.page.click("[aria-label='Alerts over the whole height']")
        inside = "filter(r => r.getBoundingClientRect().bottom < innerHeight)"
        shown = one.ask(f"[...document.querySelectorAll('.alert-row')].{inside}.length")
        assert shown >= 14
        one.picture("alerts-200")
        one.page.click(".more")
        assert len(rows(one)) == 200
        took = one.ask(
            "(() => { const b = performance.now(); for (let i = 0; i < 10; i++) mihari.chart.drawNames(); "
            "return (performance.now() - b) / 10 })()"
        )
        assert took < 60.0  # of 200 signs and all names, by a processor that also draws the chart
    finally:
        node.stop()
