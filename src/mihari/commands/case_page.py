"""A case as the API and the records tell it -> lines for people in a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mihari.cases.body import TITLES, vessel_name
from mihari.core.times import told_time

SHORT = 12  # digits of an id that are shown: enough to tell the items of a case apart


def line_of(case: dict[str, Any]) -> str:
    """A case in one line.

    >>> line_of({"number": 3, "status": "open", "outcome": "", "title": "Boat", "opened_by": "Sato", "alerts": [7],
    ...          "changed": 1790000000.0, "vessels": [{"mmsi": 431000001, "name": ""}], "outcome_kind": ""})
    '3  open  Boat  alert 7, 431000001  changed 2026-09-21T14:13:20Z, opened by Sato'
    """
    became = case["outcome"] + (f", {case['outcome_kind']}" if case["outcome_kind"] else "")
    state = f"{case['status']}: {became}" if became else case["status"]
    about = [f"alert {number}" for number in case["alerts"]] + [vessel_name(v) for v in case["vessels"][:3]]
    about += [f"and {len(case['vessels']) - 3} more"] if len(case["vessels"]) > 3 else []
    changed = f"changed {told_time(case['changed'])}, opened by {case['opened_by']}"
    return "  ".join([str(case["number"]), state, case["title"], ", ".join(about) or "no vessel", changed])


def page_of(case: dict[str, Any]) -> Iterator[str]:
    """A case with all that is said of it."""
    yield line_of(case)
    for name, word in case["words"].items():
        if name not in ("title", "status") and word["value"]:
            yield f"  {TITLES[name]}: {word['value']}"
        for earlier in word["earlier"] if name != "status" else ():
            yield f"    {earlier['who']} wrote at {told_time(earlier['time'])}: {earlier['value']}"
    for name, items in case["lists"].items():
        for item in items:
            yield f"  {name} {item['id'][:SHORT]}: {_item(name, item)}"
    for one in case["not_understood"]:
        yield f"  not understood here, by {one['who']}: {one['field']} = {one['value']}"
    yield "  log:"
    for entry in case["log"]:
        yield f"    {told_time(entry['time'])}  {entry['who']:12}  {entry['what']}"


def _item(name: str, item: dict[str, Any]) -> str:
    said = {
        "alert": lambda: f"{item['number']}: {item['because']}",
        "vessel": lambda: vessel_name(item),
        "evidence": lambda: f"{item['kind']}: {item['what']}; {item['size']} bytes, SHA-256 {item['sha256']}",
    }.get(name, lambda: str(item["text"]))()
    said += f" (by {item['by']})" if item.get("by") else ""
    taken = item["withdrawn"]
    if not taken:
        return f"{said}  — {item['who']}, {told_time(item['time'])}"
    return f"{said}  — WITHDRAWN by {taken['who']}" + (f": {taken['why']}" if taken["why"] else "")
