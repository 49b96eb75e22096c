"""A table of positions -> what each definition that needs nothing else finds in it, as intervals.

The definitions, the memory and what the findings mean are those of the live engine; only who is near whom is worked out
for all times at once, and nothing is told before the end. Status, heading, radar and names are not asked.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from mihari.behaviours.aids import Aids
from mihari.behaviours.algebra import Timelines
from mihari.behaviours.announcing import Announcer
from mihari.behaviours.disturbed import Disturbed
from mihari.behaviours.entering import enter
from mihari.behaviours.jamming import KIND as INTERFERENCE
from mihari.behaviours.jamming import Jamming
from mihari.behaviours.kinds import built_in
from mihari.behaviours.language import Definitions, evaluate
from mihari.behaviours.language import needs as needs_of
from mihari.behaviours.ledger import Entry, Ledger
from mihari.behaviours.lists import Lists
from mihari.behaviours.memory import Memory
from mihari.behaviours.names import Names
from mihari.behaviours.past.meetings import Meetings
from mihari.behaviours.places import Places
from mihari.behaviours.rolls import Rolls
from mihari.behaviours.scene import Scene
from mihari.behaviours.sightings import Sightings
from mihari.behaviours.succession import Succession
from mihari.behaviours.zone_rules import ZoneRules
from mihari.core.behaviour import Behaviour
from mihari.core.columns import Array

FROM_POSITIONS = (
    "gap_6h", "gap_12h", "disabled", "loitering", "loitering_far", "loitering_cable", "rendezvous", "rendezvous_gfw",
    "rendezvous_skylight", "rendezvous_starboard", "identity", "spoofing", "spoofing_land", "interference", "anchored",
    "moored", "port_visit", "port_visit_entered", "port_visit_whole",
)  # fmt: skip
NOT_FROM_POSITIONS: Mapping[str, str] = {
    **dict.fromkeys(("dark", "dash"), "radar"),
    **dict.fromkeys(
        ("collision", "collision_close", "drifting", "spoofing_circle", "shadowing"),
        "course, speed or heading, as told",
    ),
    **dict.fromkeys(("trawling", "trawling_closed", "distress"), "status or type, as told"),
    **dict.fromkeys(("identity_changed", "identity_number", "identity_imo", "identity_retold"), "names and numbers"),
    **dict.fromkeys(("off_position", "off_station"), "aids to navigation"),
    **dict.fromkeys(("watch_list", "register_differs"), "names and lists"),
    **dict.fromkeys(("zone_enter", "zone_leave", "zone_speed", "zone_dwell"), "rules of the zones of a node"),
    "gap": "what the receiving stations heard meanwhile",
}


class Unheard:
    """Nothing is known of who listened: no silence is proven, and no station was out."""

    def down(self, station: int, now: int) -> Array:
        """No outage."""
        return np.zeros((0, 2), np.int64)

    def proven(
        self, slot: int, start: int, place: tuple[int, int], now: int, onward: tuple[int, int] | None = None
    ) -> bool:
        """No."""
        return False


class Past:
    """What a table of positions holds. `shore`: m to the shore of each row, negative on land; else as `places` tells.

    >>> way = Sightings.of(9, key=7, time=1e9 + 600.0 * np.arange(9), lat_deg=26.0, lon_deg=127.0)
    >>> found = Past(way, shore=np.full(9, 9e4)).found()
    >>> found["loitering"], [name for name, when in found.items() if len(when)]
    (Timelines(0: 1000000000 to 1000004800), ['loitering'])
    """

    def __init__(
        self,
        sightings: Sightings,
        places: Places | None = None,
        shore: Array | None = None,
        definitions: Definitions | None = None,
    ) -> None:
        self.definitions = definitions or built_in()
        self.places = places or Places()
        lat_deg, lon_deg = sightings.lat_deg, sightings.lon_deg
        away = shore if shore is not None else self.places.shore(lat_deg, lon_deg)
        self.memory = Memory()
        self.memory.fill(sightings, away, self.places.areas(lat_deg, lon_deg) if self.places.zones else None)
        self.now = int(self.memory.heard().max(initial=0))
        self.meetings = Meetings(self.memory)
        self._jamming, self._names = Jamming(self.memory), Names()
        slots, pairs = np.arange(len(self.memory)), np.arange(len(self.meetings.pairs))
        known = (self._names, self.places, Unheard(), Rolls(), Succession(self.memory))
        self.scene = Scene(self.memory, self.meetings, *known, slots, pairs, self.now, self._jamming.timelines)

    def found(self) -> dict[str, Timelines]:
        """By definition, by row of vessel (slot of the memory) or of pair (`meetings.pairs`)."""
        self._jamming.take(self.scene)
        absent, needs = self.scene.absent, needs_of(self.definitions)
        held = [name for name in FROM_POSITIONS if name in needs and not needs[name] & absent]
        nothing = dict.fromkeys(FROM_POSITIONS, Timelines.empty())
        return nothing | evaluate(self.definitions, self.scene, only=held)

    def subjects(self, name: str, found: Timelines) -> Array:
        """(n, 2) keys of the vessels of each interval of a definition, smaller first; 0 behind a single one."""
        keys = self.memory.keys
        if len(self.definitions.definitions[name].vessels) == 2:
            return np.sort(keys[self.meetings.pairs[found.key]], axis=1)
        return np.stack([keys[found.key], np.zeros(len(found), np.int64)], axis=1)

    def behaviours(self) -> list[Behaviour]:
        """The same as people are told them; what holds at the last time of all goes on."""
        ledger, disturbed, entries = Ledger(), Disturbed(self.memory, self._jamming), list[Entry]()
        for name, when in self.found().items():
            going = when.end >= self.now
            if name == INTERFERENCE:
                entries += disturbed.enter(self.scene.slots, when, going, ledger, self.now, 0)
                continue
            rows, inverse = np.unique(when.key, return_inverse=True)
            of_rows = Timelines(inverse.astype(np.int64), when.start, when.end)
            subjects = self.subjects(name, Timelines(rows, rows, rows)).tolist()
            entries += enter(ledger, name, [tuple(filter(None, s)) for s in subjects], of_rows, going, self.now, 0)
        rules = ZoneRules(self.places, self.definitions)
        known = self._names, rules, disturbed, Aids(self._names, self.definitions)
        announcer, lists = Announcer(self.definitions, self.memory, *known), Lists()
        return [announcer.tell(e, self.now, lists) for e in entries]
