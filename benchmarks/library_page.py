"""The starting patterns and how well they do on three coasts -> docs/starting-library.md. Run to remake it.

python -m benchmarks.library_page
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from benchmarks.library_coasts import COASTS, kept, precision
from mihari.library import starting
from mihari.library.pattern import Pattern

PAGE = Path(__file__).parents[1] / "docs" / "starting-library.md"
BEGIN, END = "<!-- {} made by python -m benchmarks.library_page -->", "<!-- end of what is made -->"


def made(page: str) -> str:
    """The page with its parts made anew; what people wrote around them stays."""
    of, patterns = kept(), starting()
    parts = {"figures": _table(patterns, of) + "\n" + _wrong(of), "patterns": "\n".join(_told(p) for p in patterns)}
    for name, text in parts.items():
        before, begin, rest = page.partition(BEGIN.format(name))
        _, end, after = rest.partition(END)
        assert end, f"{PAGE.name} has no place for {name}"
        page = f"{before}{begin}\n\n{text}\n{end}{after}"
    return page


def _table(patterns: list[Pattern], of: Mapping[str, Mapping[str, Any]]) -> str:
    lines = ["| pattern | " + " | ".join(c.capitalize() for c in COASTS) + " |", "|---|" + "---|" * len(COASTS)]
    for p in patterns:
        cells = [f"{precision(of[p.name][c]):.2f}, {_recall(of[p.name][c]):.2f}" for c in COASTS]
        lines.append(f"| [{p.file.title}](#{_anchor(p.file.title)}) | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def _recall(one: Mapping[str, Any]) -> float:
    return float(one["found"] / one["real"])


def _wrong(of: Mapping[str, Mapping[str, Any]]) -> str:
    """Where a pattern missed or took wrongly, by variant."""
    lines = []
    for name, by_coast in sorted(of.items()):
        for coast in COASTS:
            one = by_coast[coast]
            told = [
                f"{word} {_variants(one[key])}" for word, key in (("missed", "missed"), ("took", "taken")) if one[key]
            ]
            if told:
                lines.append(f"- `{name}`, {coast.capitalize()}: {'; '.join(told)}.")
    return "### What went wrong\n\n" + ("\n".join(lines) if lines else "Nothing.") + "\n"


def _variants(cases: list[str]) -> str:
    """How many of which variant: a case is called `aegean real 7: under the land`."""
    counts = Counter(case.partition(": ")[2] for case in cases)
    return ", ".join(f"{n} × “{variant.replace('_', ' ')}”" for variant, n in counts.most_common())


def _told(p: Pattern) -> str:
    file = p.file
    lines = [
        f"### {file.title}",
        "",
        f"`{p.name}`, {file.urgency or 'no alert'}. " + " ".join(file.description.split()),
        "",
    ]
    lines += ["What else it could be: " + "; ".join(file.innocent) + ".", ""]
    lines += [f"- {reference}" for reference in file.references]
    return "\n".join(lines) + "\n"


def _anchor(title: str) -> str:
    """As GitHub makes it.

    >>> _anchor("Places in a circle, and nobody there")
    'places-in-a-circle-and-nobody-there'
    """
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")


if __name__ == "__main__":
    PAGE.write_text(made(PAGE.read_text()))
