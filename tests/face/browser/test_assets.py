"""Our own vehicles and their tasks in a real browser, on the real face and real records, with made-up vehicles."""

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

PLACE = [[26.32, 127.45]]


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AssetNode]:
    """One of each kind, 120 vessels."""
    one = AssetNode(tmp_path_factory.mktemp("assets"))
    yield one
    one.stop()


@pytest.fixture(scope="module")
def page(node: AssetNode, new_screen: Callable[..., Any]) -> Any:
    """The page on it."""
    one = new_screen(width=1400, height=860)
    one.open(node.url + "?palette=day&lat=26.17&lon=127.47&z=9.7")
    one.until("mihari.assets.list.length === 5 && mihari.tasks.takes.length === 4")
    return one


def label(page: Any, name: str) -> str:
    """What is written beside one of ours."""
    found = page.ask(f"mihari.chart.labels.placed.find((l) => l.id >= 2 ** 33 && l.text.startsWith('{name}'))?.text")
    return str(found)


def until_label(page: Any, name: str, words: str) -> None:
    ours = f"l.id >= 2 ** 33 && l.text.startsWith('{name}') && l.text.includes('{words}')"
    page.until(f"mihari.chart.labels.placed.some((l) => {ours})")


def test_each_has_its_label_and_what_a_camera_shows_is_drawn(page: Any) -> None:
    until_label(page, "tb3", "1 500 m")
    assert label(page, "tb3") == "tb3 · 1 500 m · 107 kn"
    assert label(page, "ulaq") == "ulaq · 17 kn"
    assert label(page, "pier") == "pier"
    assert label(page, "boat 7") == "boat 7 · 12 kn"
    drawn = "(() => { const a = mihari.assets.get('tb3'); const [x, y] = mihari.chart.toScreen("
    drawn += "a.looks.reduce((s, p) => s + p[0], 0) / 4, a.looks.reduce((s, p) => s + p[1], 0) / 4);"
    drawn += "const r = devicePixelRatio; return document.querySelector('canvas.names').getContext('2d')"
    drawn += ".getImageData(Math.round(x * r), Math.round(y * r), 1, 1).data[3] })()"
    assert page.ask(drawn) > 30  # the polygon's own colour, on the canvas above the map
    page.ask("(mihari.settings.layers.delete('assets'), mihari.settings.changed('layers'))")
    page.until("!mihari.chart.labels.placed.some((l) => l.id >= 2 ** 33)")
    assert page.ask(drawn) < 30
    page.ask("(mihari.settings.layers.add('assets'), mihari.settings.changed('layers'))")
    until_label(page, "tb3", "1 500 m")
    page.picture("assets-1-day")


def test_what_is_silent_says_since_when_in_words(page: Any, node: AssetNode) -> None:
    node.order(asset="glider", link="away", silent_s=1500)
    node.order(asset="ulaq", link="late", silent_s=9)
    node.order(asset="boat 7", link="lost", silent_s=900)
    page.until("mihari.assets.get('boat 7').link === 'lost'")
    until_label(page, "glider", "under water since ")
    until_label(page, "ulaq", "late ")
    until_label(page, "boat 7", "lost 15m")
    page.ask("mihari.chooseAsset('glider')")
    page.until("document.querySelector('#asset-name')?.innerText === 'glider'")
    said = text(page, "mh-asset")
    assert "Under water since " in said
    assert "expected back. Shown where it was then." in said
    assert "60 m deep" in said
    page.ask("mihari.chooseAsset('boat 7')")
    page.until("document.querySelector('#asset-name')?.innerText === 'boat 7'")
    assert "the node file names no operator" in text(page, "mh-asset")
    page.page.keyboard.press("Escape")
    page.until("mihari.settings.asset === ''")
    for name in ("glider", "ulaq", "boat 7"):
        node.order(asset=name, link="up")
    page.until("mihari.assets.list.every((a) => a.link === 'up')")


def test_all_states_are_in_the_list_with_their_counts(page: Any, node: AssetNode) -> None:
    def one(state: str, by: str = "", **more: Any) -> None:
        number = node.propose("tb3", "look", places=PLACE)
        if by == "Mori":
            node.decide(number, "accept", "Mori")
        if state in ("refuse", "withdraw"):
            node.decide(number, state, "Mori", "not today")
            return
        if state in ("under way", "late", "done", "failed", "lost"):
            node.order(task=number, state="sent")
        if state not in ("proposed", "accepted", "expired"):
            node.order(task=number, state=state, **more)
        if state == "expired":
            node.order(task=number, state=state, why="nobody answered within 10 min")

    for state in ("proposed", "refuse", "withdraw", "expired"):
        one(state)
    for state in ("accepted", "sent", "declined", "late", "done", "failed", "lost"):
        one(state, "Mori", why="as it says")
    one("under way", "Mori", progress=0.4, why="item 2 of 5")
    page.until("mihari.tasks.list.length === 12 && mihari.tasks.list.some((t) => t.state === 'under way')")
    page.page.keyboard.press("t")
    assert "? 1 TO ACCEPT" in text(page, "#tasks")
    head = text(page, "mh-fleet .task-head")
    assert "Tasks 5 Over 7" in head
    assert "proposed 1 accepted 1 sent 1 under way 1 late 1" in head
    assert "under way 40 %" in text(page, "mh-fleet .task-rows")
    assert "item 2 of 5" in text(page, "mh-fleet [data-state='under way']")
    page.picture("assets-2-list")
    page.page.click("mh-fleet button:text-is('Over 7')")
    assert "done 1 refused 1 declined 1 expired 1 failed 1 lost 1 withdrawn 1" in text(page, "mh-fleet .task-head")
    page.page.click("mh-fleet .task-counts button:text-is('refused 1')")
    assert page.ask("[...document.querySelectorAll('mh-fleet .task')].map((e) => e.dataset.state)") == ["refused"]
    assert "refused by Mori: not today" in text(page, "mh-fleet .task-rows")
    page.page.keyboard.press("t")
    page.until("!document.querySelector('mh-fleet section')")


def test_places_are_put_by_mouse_and_by_keys(page: Any, node: AssetNode) -> None:
    page.ask("mihari.chooseAsset('ulaq')")
    page.page.click("mh-asset [data-kind=search]")
    assert "click the places" in text(page, "#asking")
    page.page.mouse.click(*at(page, 26.0, 127.35))
    page.until("mihari.tasks.draft.places.length === 1")
    assert page.page.is_disabled("mh-asset button.go")
    page.page.focus("canvas.maplibregl-canvas")
    page.page.keyboard.press("Space")
    page.until("mihari.tasks.draft.places.length === 2")
    middle = page.ask("[mihari.chart.map.getCenter().lat, mihari.chart.map.getCenter().lng]")
    assert page.ask("mihari.tasks.draft.places[1]") == pytest.approx(middle)
    page.page.keyboard.press("Enter")
    page.until("!mihari.tasks.draft.picking")
    page.page.fill("mh-asset [name=who]", "Sato")
    page.page.click("mh-asset button.go:text-is('Ask Kudo')")
    page.until("mihari.tasks.list[0].asset === 'ulaq'")
    assert len(ask(node.url, "tasks?asset=ulaq")["tasks"][0]["places"]) == 2
    page.page.click("mh-asset [data-kind=hold]")
    assert "Accepted beforehand by Kudo: it is sent at once" in text(page, "mh-asset")
    page.page.keyboard.press("Escape")
    page.until("!mihari.tasks.draft")


def test_only_seen_is_said_shown_and_filtered(page: Any, node: AssetNode) -> None:
    node.order(seen=[9, 17])
    page.until("mihari.picture.source[mihari.picture.slotOf.get(17)] === 32")
    page.ask("mihari.settings.select(17)")
    page.until("document.querySelector('mh-vessel .sources')?.innerText.includes('Seen')")
    assert "✓ by a camera" in text(page, "mh-vessel .sources")
    page.page.click("mh-list summary")
    for hold in ("radar only", "AIS only", "both", "AIS lost"):
        page.page.click(f"mh-list fieldset button:text-is('{hold}')")
    page.until("mihari.chart.slots.length === 2")
    assert sorted(page.ask("[...mihari.chart.slots].map((s) => mihari.picture.id[s])")) == [9, 17]
    assert text(page, "mh-list .rows").count("seen only") == 2
    page.page.click("mh-list button:text-is('Clear filters')")
    page.page.click("mh-list summary")


def test_stills_open_large_and_one_that_was_changed_on_disk_says_so(page: Any, node: AssetNode) -> None:
    node.order(attach=17)
    node.order(attach=17)
    node.order(spoil=1)
    page.ask("mihari.settings.select(0)")
    page.ask("mihari.settings.select(17)")
    page.until("document.querySelectorAll('mh-stills .still').length === 2")
    page.until("document.querySelector('mh-stills .still.problem') && document.querySelector('mh-stills .still img')")
    assert "changed since it was kept" in text(page, "mh-stills .still.problem")
    page.page.click("mh-stills button.still")
    page.until("document.querySelector('mh-stills dialog').open")
    page.until("document.querySelector('mh-stills dialog img').naturalWidth === 640")
    kept = ask(node.url, "vessels/17/attachments")["attachments"][0]
    assert kept["sha256"] in text(page, "mh-stills dialog")
    assert "pier" in text(page, "mh-stills dialog")
    page.picture("assets-3-still")
    page.page.keyboard.press("Escape")
    page.until("!document.querySelector('mh-stills dialog')")


@pytest.mark.parametrize("palette", ["day", "dusk", "night"])
def test_its_words_can_be_read_on_sea_and_plate(page: Any, palette: str, contrast: Callable[[str, str], float]) -> None:
    page.ask(f"(mihari.settings.palette = '{palette}', mihari.settings.changed('palette'))")
    colours = page.ask("({ ...mihari.palette.asset, sea: mihari.palette.sea, halo: mihari.palette.halo })")
    assert contrast(colours["ink"], colours["sea"]) >= 4.5
    assert contrast(colours["ink"], colours["halo"]) >= 4.5
    assert contrast(colours["ink"], colours["fill"]) >= 3.0  # its glyph and frame
    page.picture(f"assets-4-{palette}")


def test_the_bar_holds_its_clock_on_a_small_screen(page: Any) -> None:
    for width in (1400, 1280, 1180):
        page.page.set_viewport_size({"width": width, "height": 720})
        right = "document.querySelector('mh-bar .round').getBoundingClientRect().right"
        assert page.ask(right) <= width
        assert page.ask("document.querySelector('#tasks').getBoundingClientRect().width") > 60


def test_nothing_was_asked_of_anybody_else(page: Any, node: AssetNode) -> None:
    assert all(url.startswith((node.url, "blob:", "data:")) for url in page.requests)
    assert [one for one in page.errors if "409" not in one] == []  # the still that was changed
