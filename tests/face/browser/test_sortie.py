"""An aircraft that speaks MAVLink and KLV to a real node, in a real browser: shown, asked, under way, lost."""

from __future__ import annotations

import sys
import time
import urllib.error
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from alert_screen import text
from asset_screen import AssetNode, ask
from zone_screen import at

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AssetNode]:
    """`mihari run` with an aircraft; it is up when its face answers."""
    one = AssetNode(tmp_path_factory.mktemp("sortie"), "sortie_node.py")
    end = time.monotonic() + 300.0  # kernels may have to be compiled before the first picture
    while time.monotonic() < end:
        try:
            if ask(one.url, "picture")["vessels"] and ask(one.url, "assets")["assets"][0]["looks"]:
                break
        except (urllib.error.URLError, ConnectionError):
            pass
        time.sleep(0.3)
    yield one
    one.stop()


@pytest.fixture(scope="module")
def page(node: AssetNode, new_screen: Callable[..., Any]) -> Any:
    """The page on it."""
    one = new_screen(width=1400, height=860)
    one.open(node.url + "?palette=day&lat=26.02&lon=127.24&z=10.5")
    one.until("mihari.assets.get('tb3')?.looks.length > 2")
    return one


def test_it_is_on_the_map_with_its_name_height_and_what_its_camera_shows(page: Any, node: AssetNode) -> None:
    page.until("mihari.chart.labels.placed.some((l) => l.text.startsWith('tb3 · '))")
    label = page.ask("mihari.chart.labels.placed.find((l) => l.text.startsWith('tb3 · ')).text")
    assert label.split(" · ")[1].endswith(" m")
    assert label.split(" · ")[2].endswith(" kn")
    told = next(one for one in ask(node.url, "assets")["assets"] if one["name"] == "tb3")
    shown = page.ask("mihari.assets.get('tb3')")
    assert (shown["kind"], shown["link"], shown["operator"]) == ("aircraft", "up", "Mori")
    assert abs(shown["lat_deg"] - told["lat_deg"]) < 0.02
    lat, lon = page.ask("[mihari.assets.get('tb3').lat_deg, mihari.assets.get('tb3').lon_deg]")
    page.page.mouse.click(*at(page, lat, lon))
    page.until("mihari.settings.asset === 'tb3'")
    page.until("document.querySelector('#asset-name')?.innerText === 'tb3'")
    assert "what its camera sees is outlined" in text(page, "mh-asset")
    page.picture("sortie-1-up")


def test_it_is_asked_by_one_and_accepted_by_its_operator_only_and_seen_under_way(page: Any, node: AssetNode) -> None:
    page.until("mihari.tasks.taking('tb3')")
    page.page.click("mh-asset [data-kind=look]")
    page.page.mouse.click(*at(page, 26.06, 127.2))
    page.until("mihari.tasks.whole && !mihari.tasks.draft.picking")
    page.page.fill("mh-asset [name=reason]", "what is it doing there?")
    page.page.fill("mh-asset [name=who]", "Sato")
    page.page.click("mh-asset button.go:text-is('Ask Mori')")
    page.until("mihari.tasks.list[0]?.state === 'proposed'")
    task = ask(node.url, "tasks/1")
    assert (task["who"], task["kind"], task["reason"], len(task["places"])) == (
        "Sato",
        "look",
        "what is it doing there?",
        1,
    )
    assert abs(task["places"][0][0] - 26.06) < 0.005
    page.until("document.querySelector('#tasks').innerText.includes('1 TO ACCEPT')")
    page.picture("sortie-2-proposed")

    page.page.click("mh-asset button[aria-label='Accept task 1']")
    assert page.page.input_value("mh-task [name=who]") == "Sato"
    page.page.click("mh-task button.go")
    page.until("document.querySelector('mh-task .problem')")
    assert text(page, "mh-task .problem") == "Only Mori accepts tasks of tb3, not Sato."
    assert ask(node.url, "tasks/1")["state"] == "proposed"
    page.picture("sortie-3-not-by-sato")
    page.page.fill("mh-task [name=who]", "Mori")
    page.page.click("mh-task button.go")
    page.until("mihari.tasks.list[0].state === 'under way'", 30)
    page.until("document.querySelector('[data-task=\"1\"]')?.dataset.state === 'under way'")
    page.until("mihari.tasks.list[0].progress !== null", 60)
    assert "accepted" in [turn["state"] for turn in ask(node.url, "tasks/1")["turns"]]
    page.picture("sortie-4-under-way")


def test_from_a_vessels_panel_it_is_asked_to_follow_and_refused(page: Any, node: AssetNode) -> None:
    page.ask("mihari.settings.select(mihari.picture.id[0])")
    page.page.click("mh-stills button[aria-label='Follow a vessel: tb3']")
    page.until("mihari.tasks.draft?.kind === 'follow' && mihari.tasks.whole")
    assert "Whom: KUMANO MARU" in text(page, "mh-asset .goal")
    page.page.click("mh-asset button.go:text-is('Ask Mori')")
    page.until("mihari.tasks.list[0].number === 2")
    assert ask(node.url, "tasks/2")["vessel"] == page.ask("mihari.picture.id[0]")
    page.page.click("mh-asset button[aria-label='Refuse task 2']")
    page.page.fill("mh-task [name=note]", "low on fuel")
    page.page.click("mh-task button.go")
    page.until("mihari.tasks.list[0].state === 'refused'")
    assert "refused by Mori: low on fuel" in text(page, "mh-asset [data-task='2']")


def test_it_falls_silent_and_the_page_says_so(page: Any, node: AssetNode) -> None:
    node.say("silent")
    page.until("mihari.assets.get('tb3').link === 'late'", 30)
    page.until("mihari.chart.labels.placed.some((l) => / · late \\d+s$/.test(l.text))")
    page.until("mihari.assets.get('tb3').link === 'lost'", 60)
    page.until("document.querySelector('mh-asset .sentences')?.innerText.includes('Its link is lost')")
    page.ask("mihari.nextPalette(), mihari.nextPalette()")
    page.until("mihari.chart.labels.placed.some((l) => / · lost /.test(l.text))")
    page.picture("sortie-5-lost-night")
    node.say("heard")
    page.until("mihari.assets.get('tb3').link === 'up'", 30)
    complaints = [one for one in page.errors if "403" not in one]  # what the API refuses, the browser writes down
    assert complaints == []
