"""An entry of the ledger -> the Behaviour that is told, of whatever kind it is."""

from __future__ import annotations

from mihari.behaviours.aids import KINDS as AID_KINDS
from mihari.behaviours.aids import Aids
from mihari.behaviours.disturbed import Disturbed
from mihari.behaviours.jamming import KIND as INTERFERENCE
from mihari.behaviours.kinds import told, version
from mihari.behaviours.language import Definitions
from mihari.behaviours.ledger import Entry
from mihari.behaviours.lists import Lists
from mihari.behaviours.lists.wording import OF_LISTS, worded
from mihari.behaviours.memory import Memory
from mihari.behaviours.names import Names
from mihari.behaviours.shadows import KIND as SHADOWING
from mihari.behaviours.shadows import Shadows
from mihari.behaviours.telling import Teller
from mihari.behaviours.zone_rules import KINDS as ZONE_KINDS
from mihari.behaviours.zone_rules import ZoneRules
from mihari.core.behaviour import Behaviour


class Announcer:
    """Knows the definitions that are told, and how each kind is put into words: zone rules, disturbances, lists."""

    def __init__(
        self,
        definitions: Definitions,
        memory: Memory,
        names: Names,
        rules: ZoneRules,
        disturbed: Disturbed,
        aids: Aids,
        shadows: Shadows | None = None,
    ) -> None:
        self.definitions = {d.name: d for d in told(definitions)}
        self.versions = {name: version(d, definitions) for name, d in self.definitions.items()}
        self._names, self._rules, self._disturbed, self._aids = names, rules, disturbed, aids
        self._shadows = shadows
        self._teller = Teller(memory, names)

    def tell(self, e: Entry, now: float, lists: Lists) -> Behaviour:
        """The behaviour as it stands now, UTC s of data; `lists`: those of the moment."""
        if e.kind == INTERFERENCE:
            definition = self._disturbed.definition(e, self.definitions[e.kind])
            b = self._teller.tell(self._disturbed.entry(e), definition, self.versions[e.kind], now)
            return self._disturbed.told(b, self._names)
        kind = e.kind.partition(" ")[0]
        if kind in AID_KINDS:
            return self._aids.tell(e, self.definitions[kind], self.versions[kind], now)
        definition = self._rules.definition(e.kind) if kind in ZONE_KINDS else self.definitions[kind]
        b = self._teller.tell(e, definition, self.versions[kind], now)
        if kind == SHADOWING and self._shadows is not None:
            return self._shadows.told(b, self._names)
        return worded(b, lists, self._names) if kind in OF_LISTS else b
