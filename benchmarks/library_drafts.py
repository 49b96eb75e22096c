"""LIB-5: a pattern is drafted from five cases of a kind that is left out of the library; what it makes of 200 others.

Thresholds of drafting were looked into on the kinds `DEVELOPED`; `JUDGED` were chosen before their first run. The five
are played on one coast, the cases that judge on another, with other seeds; the background is the cases of all other
patterns that come with Mihari.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from mihari.library import merged
from mihari.library.cases import SUFFIX, Case, load_cases
from mihari.library.learning.draft_text import written
from mihari.library.learning.drafting import draft
from mihari.library.learning.variants import silenced
from mihari.library.pattern import FOLDER, Pattern, examined
from mihari.library.played import around, case_of
from mihari.library.proof import found, judged
from mihari.simulate.behaviours import NoRoom
from mihari.simulate.episodes import episode

DEVELOPED = (
    "dark_rendezvous", "cable_crawl", "tanker_transfer", "identity_changed_after_silence", "transfer_after_silence",
    "silent_tow",
)  # fmt: skip
JUDGED = ("carrier_waits", "cloned_identity_at_sea", "fishing_in_closed", "told_elsewhere", "nameless_at_work")
FIRST, OTHER = "nansei", "aegean"  # coasts: of the five, of those that judge
HANDFUL, EACH = 5, 100
DRAWS = (7001, 7002, 7003)  # seeds of the five
JUDGES = 8001


def cases(kind: str, coast: str, real: bool, seed: int) -> Iterator[Case]:
    """Without end; seeds with which nothing fits are left out."""
    for k in range(seed * 1000, (seed + 1) * 1000):
        try:
            yield case_of(kind, episode(kind, coast, real, k), around(coast))
        except NoRoom:
            continue


def drafted(kind: str, seed: int) -> Pattern:
    """From five cases; the library without the kind."""
    five = list(islice(cases(kind, FIRST, True, seed), HANDFUL))
    files = [file for file in sorted(FOLDER.glob(f"*{SUFFIX}")) if file.name != f"{kind}{SUFFIX}"]
    found = draft(five, [case for file in files for case in load_cases(file)])
    name = f"drafted_{kind}"[:60]
    pattern, mistakes = examined(written(found, name, [case.name for case in five]), f"{name}.toml")
    assert pattern is not None, mistakes
    return pattern


def judges(kind: str, each: int = EACH) -> list[Case]:
    """As many positive ones as look-alikes."""
    return [case for real in (True, False) for case in islice(cases(kind, OTHER, real, JUDGES), each)]


def scored(pattern: Pattern, some: list[Case]) -> dict[str, Any]:
    """How many are found, and how many told that only look so; F1."""
    known = silenced(merged([pattern]), pattern.name)
    verdicts = [judged(case, found(case, known), pattern.name) for case in some]
    hits = sum(bool(v.told) for v in verdicts if v.case.positive)
    alarms = sum(bool(v.told) for v in verdicts if not v.case.positive)
    positive = sum(case.positive for case in some)
    return {
        "hits": hits, "alarms": alarms, "positive": positive, "alike": len(some) - positive,
        "beside": sum(bool(v.beside) for v in verdicts), "f1": 2 * hits / max(hits + alarms + positive, 1),
        "definition": pattern.file.definition,
    }  # fmt: skip


def measured(kind: str) -> list[dict[str, Any]]:
    """Each draw of five."""
    some = judges(kind)
    return [scored(drafted(kind, seed), some) for seed in DRAWS]
