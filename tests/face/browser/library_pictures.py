"""The pictures of the library and the case board for the docs: python library_pictures.py [FOLDER].

Made of `library_node.py`, so the words are made up; FOLDER is docs/pictures unless told.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from library_screen import LibraryNode

from conftest import CHROMIUM, FLAGS, ROOT, Screen

TEXT = "mihari.library.draft.text.replace(' and offshore(v) > 3 NM', '').replace('30 min', '20 min')"
PREVIEW = "mihari.library.draft.preview && mihari.library.draft.preview.state !== 'running'"


def library(one: Screen) -> None:
    """What is held."""
    one.ask("mihari.toggleLibrary(true)")
    one.page.wait_for_selector("mh-library .card-main")
    one.page.focus("mh-library .desk-body")


def pattern(one: Screen) -> None:
    """One pattern, at its trial, with the examples on the map."""
    one.ask("mihari.showPattern('tanker_transfer')")
    one.until("mihari.library.detail")
    one.ask("mihari.library.detail.trial.examples.pop()")  # the one with hostile words
    one.page.click(".examples button >> nth=1")
    one.page.click("mh-library button:text-is('Show all on the map')")


def written(one: Screen) -> None:
    """A text that was tried on the archive."""
    one.ask(f"mihari.library.write(), mihari.library.type({TEXT})")
    one.until("mihari.library.good")
    one.page.click("mh-library .preview-form button")
    one.until(PREVIEW)
    one.page.click("mh-library button:text-is('Show all on the map')")


def case(one: Screen) -> None:
    """A closed case with its track."""
    one.ask("mihari.library.drop(), mihari.toggleCases(true), mihari.cases.choose(1)")
    one.until("mihari.cases.detail")
    one.page.click("mh-cases button:text-is('Tracks on the map')")
    one.page.click("mh-cases .earlier summary")


SHOTS: dict[str, tuple[str, Callable[[Screen], None]]] = {
    "library": ("day", library), "pattern": ("day", pattern), "writing": ("night", written), "case": ("night", case),
}  # fmt: skip


def main(folder: Path) -> None:
    """One after the other, on one page."""
    from playwright.sync_api import sync_playwright

    node = LibraryNode(Path(tempfile.mkdtemp()))
    with sync_playwright() as p:
        chromium: Any = p.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        one = Screen(chromium, width=1280, height=800)
        one.open(node.url + "?palette=day&lat=26.3&lon=127.2&z=8")
        one.until("mihari.library.kept && mihari.cases.kept")
        for name, (palette, made) in SHOTS.items():
            one.page.click(f".palettes button:text-is('{palette}')")
            made(one)
            one.page.wait_for_timeout(1500)
            one.page.screenshot(path=folder / f"{name}.png")
        chromium.close()
    node.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "pictures")
