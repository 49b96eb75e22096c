"""A Case -> plain values: what a list tells of it, what is shown of it, what it is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mihari.alerts.text import clean
from mihari.cases.case import Case, Item, Said
from mihari.cases.edit import Edit
from mihari.cases.values import LISTS, WITHDRAW, WORDS, read
from mihari.core.errors import BadInput

STRANGE_MAX = 500  # characters shown of what is not understood
TITLES = {
    "title": "title", "status": "status", "outcome": "outcome", "outcome_kind": "kind of outcome",
    "analysis": "analysis", "done": "what was done", "done_by": "by whom", "ended_by": "what ended it",
    "sooner": "what would have told us earlier", "pattern": "pattern",
}  # fmt: skip


def case_object(case: Case, number: int, version: int, me: str) -> dict[str, Any]:
    """All of a case. `version`: grows with each edit that comes in here; `me`: author of what is said here."""
    return listed_object(case, number, version, me) | {
        "words": {name: _word(case.words[name]) for name in WORDS if case.words.get(name)},
        "lists": {name: [_item(one) for one in case.lists.get(name, ())] for name in LISTS},
        "not_understood": [_strange(edit) for edit in case.strange],
        "log": log_of(case),
    }


def listed_object(case: Case, number: int, version: int, me: str) -> dict[str, Any]:
    """What a list tells of a case; times UTC s by the clocks of those who said it. `alerts`: those of this node."""
    first, last = case.edits[0], max(case.edits, key=lambda edit: edit.time)
    return {
        "number": number,
        "uuid": case.uuid,
        "version": version,
        "title": case.word("title", "a case without a title"),
        "status": case.word("status", "open"),
        "outcome": case.word("outcome"),
        "outcome_kind": case.word("outcome_kind"),
        "pattern": case.word("pattern"),
        "opened": first.time,
        "opened_by": first.who,
        "changed": last.time,
        "changed_by": last.who,
        "alerts": alerts_of(case, me),
        "vessels": case.held("vessel"),
        "edits": len(case.edits),
        "items": {name: len(case.held(name)) for name in LISTS},
    }


def alerts_of(case: Case, me: str) -> list[int]:
    """The numbers of its alerts at the node of this author; at other nodes they would be other alerts."""
    return [s.value["number"] for s in _held(case, "alert") if s.edit.author == me]


def about(case: Case) -> set[str]:
    """What a case is about, as it is looked for: numbers mean something at the node that gave them, MMSIs anywhere."""
    found = {f"alert:{s.edit.author}:{s.value['number']}" for s in _held(case, "alert")}
    for said in _held(case, "vessel"):
        one = said.value
        here = f"vessel:{said.edit.author}:{one['vessel']}:{one['run']}"
        found.add(f"mmsi:{one['mmsi']}" if one["mmsi"] else here)
    return found


def _held(case: Case, name: str) -> list[Said]:
    return [one.said for one in case.lists.get(name, ()) if not one.withdrawn]


def log_of(case: Case) -> list[dict[str, Any]]:
    """Who said what, in the order of the edits."""
    items = items_of(case)
    return [{"time": e.time, "who": e.who, "author": e.author, "what": sentence(items, e)} for e in case.edits]


def items_of(case: Case) -> dict[str, Said]:
    """What its lists hold, withdrawn or not, by id."""
    return {one.said.edit.uuid: one.said for held in case.lists.values() for one in held}


def sentence(items: Mapping[str, Said], edit: Edit) -> str:
    """What an edit did; `items`: of its case, by id."""
    try:
        told = read(edit.field, edit.told)
    except BadInput:
        return f"{edit.field}: not understood here"
    if edit.field == WITHDRAW:
        item = items.get(told["item"])
        named = told["item"][:8] if item is None else f"{item.edit.field} ({_short(item.edit.field, item.value)})"
        return f"withdrew {named}" + (f": {told['why']}" if told["why"] else "")
    if edit.field in WORDS:
        return f"{TITLES[edit.field]}: {clean(told, 200)}" if told else f"{TITLES[edit.field]}: taken back"
    return f"{edit.field}: {_short(edit.field, told)}"


def _short(field: str, value: dict[str, Any]) -> str:
    """An item of a list in a few words."""
    if field == "alert":
        return f"alert {value['number']}"
    if field == "vessel":
        return vessel_name(value)
    return clean(str(value.get("what") or value.get("text") or ""), 200)


def vessel_name(vessel: dict[str, Any]) -> str:
    """How a vessel is called in a sentence.

    >>> vessel_name({"mmsi": 431000001, "name": "KAIYO"}), vessel_name({"mmsi": 0, "vessel": 17, "name": ""})
    ('KAIYO (431000001)', 'vessel 17 without AIS')
    """
    name = clean(str(vessel.get("name") or ""), 80)
    if not vessel.get("mmsi"):
        return f"vessel {vessel.get('vessel', 0)} without AIS" + (f" ({name})" if name else "")
    return f"{name} ({vessel['mmsi']:09d})" if name else f"{vessel['mmsi']:09d}"


def _by(edit: Edit) -> dict[str, Any]:
    return {"who": edit.who, "time": edit.time, "author": edit.author, "id": edit.uuid}


def _word(said: tuple[Said, ...]) -> dict[str, Any]:
    """The word that counts, and every earlier one."""
    told = [{"value": one.value} | _by(one.edit) for one in said]
    return told[0] | {"earlier": told[1:]}


def _item(one: Item) -> dict[str, Any]:
    taken = [{"why": said.value["why"]} | _by(said.edit) for said in one.withdrawn]
    return _by(one.said.edit) | dict(one.said.value) | {"withdrawn": taken[0] if taken else None}


def _strange(edit: Edit) -> dict[str, Any]:
    return _by(edit) | {"field": edit.field, "value": clean(edit.value, STRANGE_MAX)}
