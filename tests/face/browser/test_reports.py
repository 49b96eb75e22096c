"""What people told in a real browser, on a real node: on the map with its words, told by a form, corrected."""

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

pytestmark = pytest.mark.slow

PLACE = (26.15, 127.6)


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AssetNode]:
    """A dozen boats at anchor, and a feed for telephones."""
    one = AssetNode(tmp_path_factory.mktemp("reports"), "report_node.py")
    yield one
    one.stop()


@pytest.fixture(scope="module")
def page(node: AssetNode, new_screen: Callable[..., Any]) -> Any:
    """The page on it."""
    one = new_screen(width=1400, height=860)
    one.open(node.url + "?palette=day&lat=26.17&lon=127.5&z=9.6")
    return one


def label(words: str) -> str:
    return f"mihari.chart.labels.placed.some((l) => l.id >= 2 ** 34 && l.text.includes('{words}'))"


def test_what_a_telephone_told_is_on_the_map_with_its_words(page: Any, node: AssetNode) -> None:
    node.order(marker="trawler, no lights, heading 090 at 8 knots", who="KAI", lat_deg=26.1, lon_deg=127.35, sd_m=900)
    node.order(marker="something long and low", who="KAI", lat_deg=26.3, lon_deg=127.4, sd_m=300, ago_s=4 * 3600)
    page.until("mihari.reports.list.length === 2")
    page.until(f"{label('fishing, no lights')} && {label('something long and low ·4h')}")
    assert text(page, "#reports") == "2 REPORTS"
    x, y = at(page, 26.1, 127.35)
    page.page.mouse.move(x, y - 12)
    page.until("document.querySelector('.maplibregl-popup')")
    said = text(page, ".maplibregl-popup")
    assert "trawler, no lights, heading 090 at 8 knots" in said
    assert "KAI, " in said
    assert "fishing · no lights · 090° · 8.0 kn" in said
    assert "± 900 m" in said
    page.picture("reports-1-hover")
    page.page.mouse.click(x, y - 12)
    page.until("document.querySelector('.report-page')")
    told = text(page, ".report-page")
    assert "Said trawler, no lights" in told
    assert "Came by phones" in told
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Escape")
    page.until("!mihari.reports.open && !mihari.reports.chosen")


def test_it_is_told_by_right_click_and_is_there_with_its_words_and_circle(page: Any, node: AssetNode) -> None:
    page.page.mouse.click(*at(page, *PLACE), button="right")
    page.page.click("#report-here")
    page.until("document.activeElement?.name === 'text'")
    assert not page.ask("mihari.nearby.at")
    page.page.fill("mh-reports [name=text]", "skiff, no lights")
    page.page.select_option("mh-reports [name=sd]", "2000")
    page.page.fill("mh-reports [name=ago]", "5")
    page.page.fill("mh-reports [name=who]", "Kinjo")
    page.picture("reports-2-form")
    page.page.click("mh-reports button:text-is('Report it')")
    page.until("mihari.reports.list.some((r) => r.who === 'Kinjo')")
    page.until(label("small craft, no lights"))
    page.until("document.querySelector('#report-said')?.innerText.startsWith('In the picture')")
    (one,) = (r for r in ask(node.url, "reports")["reports"] if r["who"] == "Kinjo")
    assert (one["what"], one["kind"], one["lights"], one["sd_m"]) == (
        "skiff, no lights",
        "small craft",
        "no lights",
        2000,
    )
    assert (one["lat_deg"], one["lon_deg"]) == pytest.approx(PLACE, abs=0.003)
    assert one["received"] - one["time"] == pytest.approx(300, abs=20)
    told = text(page, ".report-page")
    assert "Said skiff, no lights" in told
    assert "± 2.0 km" in told
    drawn = "(() => { const r = mihari.reports.list.find((r) => r.who === 'Kinjo'), x = devicePixelRatio;"
    drawn += (
        "const [cx, cy] = mihari.chart.toScreen(r.lat_deg, r.lon_deg), far = 2.4477 * 2000 * mihari.chart.px_per_m;"
    )
    drawn += "const c = document.querySelector('canvas.names').getContext('2d');"
    drawn += "return Array.from({ length: 72 }, (_, k) => k * Math.PI / 36).filter((a) => c.getImageData("
    drawn += "Math.round((cx + far * Math.sin(a)) * x) - 2, Math.round((cy - far * Math.cos(a)) * x) - 2, 5, 5)"
    drawn += ".data.some((v, i) => i % 4 === 3 && v > 100)).length })()"
    assert page.ask(drawn) > 50  # of 72 points of the circle
    page.picture("reports-3-told")


def test_words_with_a_place_and_a_correction_of_them(page: Any, node: AssetNode) -> None:
    page.page.click("mh-reports button:text-is('Report what was seen …')")
    page.page.fill("mh-reports [name=text]", "tanker, red lights")
    page.page.click("mh-reports button:text-is('Place in words')")
    page.page.fill("mh-reports [name=place]", "4 miles north of nowhere")
    page.page.click("mh-reports button:text-is('Report it')")
    page.until("document.querySelector('mh-reports .problem')?.innerText.includes(\"no point is called 'nowhere'\")")
    assert page.ask("document.querySelector('mh-reports [name=text]').value") == "tanker, red lights"  # nothing is lost
    page.page.fill("mh-reports [name=place]", "4 miles north of kume")
    page.page.click("mh-reports button:text-is('Report it')")
    page.until(label("tanker, red lights"))
    page.until("document.querySelector('.report-page')?.innerText.includes('tanker')")
    page.page.click("mh-reports button:text-is('Correct …')")
    page.page.fill("mh-reports [name=text]", "two tankers")
    page.page.click("mh-reports button:text-is('Another place')")
    page.page.mouse.click(*at(page, 26.2, 127.7))
    page.until("!mihari.reports.draft.picking")
    page.page.click("mh-reports button:text-is('Correct it')")
    page.until("mihari.reports.list.some((r) => r.what === 'two tankers')")
    told = [r for r in ask(node.url, "reports")["reports"] if "tanker" in r["what"]]
    assert len(told) == 1
    assert told[0]["lon_deg"] == pytest.approx(127.7, abs=0.003)


def test_keys_alone_are_enough_and_the_layer_can_be_put_away(page: Any) -> None:
    page.page.keyboard.press("Escape")
    page.page.keyboard.press("Escape")
    page.until("!mihari.reports.open")
    page.page.keyboard.press("r")
    page.until("document.activeElement?.innerText?.startsWith('Report what was seen')")
    page.page.keyboard.press("Enter")
    page.until("mihari.reports.draft?.picking")
    page.page.focus("canvas.maplibregl-canvas")
    page.page.keyboard.press("Space")
    page.until("mihari.reports.draft.at")
    middle = page.ask("[mihari.chart.map.getCenter().lat, mihari.chart.map.getCenter().lng]")
    assert page.ask("mihari.reports.draft.at") == pytest.approx(middle)
    page.page.keyboard.press("Escape")
    page.until("!mihari.reports.draft")
    page.page.keyboard.press("Escape")
    page.ask("(mihari.settings.layers.delete('reports'), mihari.settings.changed('layers'))")
    page.until("!mihari.chart.labels.placed.some((l) => l.id >= 2 ** 34)")
    page.ask("(mihari.settings.layers.add('reports'), mihari.settings.changed('layers'))")
    page.until(label("fishing, no lights"))


@pytest.mark.parametrize("palette", ["day", "dusk", "night"])
def test_its_words_can_be_read(page: Any, palette: str, contrast: Callable[[str, str], float]) -> None:
    page.ask(f"(mihari.settings.palette = '{palette}', mihari.settings.changed('palette'))")
    colours = page.ask("({ told: mihari.palette.told, sea: mihari.palette.sea, halo: mihari.palette.halo })")
    assert contrast(colours["told"], colours["sea"]) >= 4.5
    assert contrast(colours["told"], colours["halo"]) >= 4.5
    page.picture(f"reports-4-{palette}")


def test_a_node_that_hears_nobody_says_so_before_anything_is_written(page: Any, node: AssetNode) -> None:
    node.order(deaf=True)
    page.until("mihari.feeds.find((f) => f.name === 'phones').state === 'removed'")
    page.page.keyboard.press("r")
    page.until(
        "document.querySelector('mh-reports .problem')?.innerText.includes('No feed of this node hears reports')"
    )
    assert 'url = "udp://127.0.0.1:6969?format=cot"' in text(page, "mh-reports .problem")
    assert page.page.is_disabled("mh-reports button:text-is('Report what was seen …')")
    page.picture("reports-5-deaf")
    page.page.keyboard.press("r")


def test_the_bar_holds_its_clock_on_a_small_screen(page: Any) -> None:
    for width in (1400, 1280, 1180):
        page.page.set_viewport_size({"width": width, "height": 720})
        assert page.ask("document.querySelector('mh-bar .round').getBoundingClientRect().right") <= width
        assert page.ask("document.querySelector('#reports').getBoundingClientRect().width") > 60


def test_nothing_was_asked_of_anybody_else(page: Any, node: AssetNode) -> None:
    assert all(url.startswith((node.url, "blob:", "data:")) for url in page.requests)
    assert [one for one in page.errors if "422" not in one] == []  # the place that nobody knows
