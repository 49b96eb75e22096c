"""docs/starting-library.md tells the patterns as they are, and what was measured of them."""

from __future__ import annotations

from benchmarks.library_page import PAGE, made


def test_the_page_is_what_is_made() -> None:
    page = PAGE.read_text()
    assert page == made(page), "docs/starting-library.md differs; remake it: python -m benchmarks.library_page"
