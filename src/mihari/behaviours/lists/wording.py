"""A behaviour about a listed vessel -> the same with what the list says: how urgent, why, what differs."""

from __future__ import annotations

from dataclasses import replace

from mihari.behaviours.lists.matching import Lists
from mihari.behaviours.lists.reading import Listed
from mihari.behaviours.names import Names
from mihari.behaviours.telling import called
from mihari.core.behaviour import Behaviour, Evidence, Standing, mmsi_of

OF_LISTS = ("watch_list", "register_differs")
MOST_TOLD = 3  # entries in one sentence


def worded(behaviour: Behaviour, lists: Lists, names: Names) -> Behaviour:
    """As the lists have it now; as it was where it was retracted, or no list has the vessel any more."""
    mmsi = mmsi_of(behaviour.vessels[0])
    told, name = names.of(mmsi), called(behaviour.vessels[0], names)
    if behaviour.standing is Standing.RETRACTED:
        return behaviour
    if behaviour.kind == "register_differs":
        texts = lists.differing(mmsi, told)
        return (
            _with(behaviour, f"{name} does not tell what is registered: {'; '.join(texts)}", "") if texts else behaviour
        )
    entries = lists.watched(mmsi, told)
    if not entries:
        return behaviour
    return replace(_with(behaviour, sentence(name, entries), entries[0].list), urgency=entries[0].urgency)


def _with(behaviour: Behaviour, because: str, list_name: str) -> Behaviour:
    e = behaviour.evidence
    facts = {**e.facts, "list": list_name} if list_name else e.facts
    return replace(behaviour, because=because, evidence=Evidence(facts, e.reports, e.first, e.last, e.path, e.coverage))


def sentence(name: str, entries: list[Listed]) -> str:
    """What is told of a vessel that is watched for.

    >>> sentence("MAAS (431000001)", [Listed("wanted", note="fled Naha"), Listed("debts")])
    'MAAS (431000001) is on wanted: fled Naha; and on debts'
    """
    told = [f"on {e.list}" + (f": {e.note}" if e.note else "") for e in entries[:MOST_TOLD]]
    more = f"; and on {len(entries) - MOST_TOLD} more" if len(entries) > MOST_TOLD else ""
    return f"{name} is " + "; and ".join(told) + more
