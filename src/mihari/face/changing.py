"""JSON objects by number or name with the version at which each changed last: what is new is found from the end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

Key = int | str


class Changing:
    """JSON objects by number or name, in the order in which they last changed, so that news are found from the end.

    >>> names = Changing()
    >>> names.put([(7, "a"), (8, "b")], 1); names.put([(7, "c")], 2)
    >>> names.since(1), names.since(0), names.version
    (['c'], ['b', 'c'], 2)
    """

    def __init__(self) -> None:
        self.version = 0
        self._held: dict[Key, tuple[int, Any]] = {}

    def __len__(self) -> int:
        return len(self._held)

    def get(self, number: Key) -> Any:
        """The object of this number, or None."""
        return self._held.get(number, (0, None))[1]

    def values(self) -> list[Any]:
        """All objects, longest unchanged first."""
        return [v for _, v in self._held.values()]

    def put(self, news: Any, version: int) -> None:
        """Add or replace (number, object) pairs."""
        for number, value in news:
            self._held.pop(number, None)
            self._held[number] = (version, value)
            self.version = version

    def remove(self, numbers: Iterable[Key]) -> None:
        """Forget these."""
        for number in numbers:
            self._held.pop(number, None)

    def keep_newest(self, most: int) -> None:
        """Forget the longest unchanged beyond `most`."""
        while len(self._held) > most:
            del self._held[next(iter(self._held))]

    def since(self, version: int) -> list[Any]:
        """Objects changed after `version`, oldest change first."""
        news = []
        for changed, value in reversed(self._held.values()):
            if changed <= version:
                break
            news.append(value)
        return news[::-1]


class Roster:
    """Named JSON objects in the order in which they were told last: assets, and what people told.

    >>> assets = Roster("assets", "names", "name")
    >>> assets.take({"names": ["a", "b"], "assets": [{"name": "b"}, {"name": "a"}]}, 1)
    >>> assets.take({"names": ["b"], "assets": []}, 2)
    >>> assets.all, assets.news(1), assets.news(2)
    ([{'name': 'b'}], {'type': 'assets', 'names': ['b'], 'assets': []}, None)
    """

    def __init__(self, kind: str, names: str, name: str) -> None:
        self.version = 0  # of the state, when it last changed; 0: never told
        self._kind, self._key, self._name = kind, names, name
        self._held, self._names = Changing(), list[str]()

    @property
    def all(self) -> list[dict[str, Any]]:
        """All objects, in their order."""
        found = (self._held.get(name) for name in self._names)
        return [one for one in found if one is not None]

    def take(self, message: Mapping[str, Any], version: int) -> None:
        """Take in a message `{names: of all there are, kind: those that are new or changed}`."""
        names = message[self._key]
        self._held.remove(set(self._names) - set(names))
        self._held.put(((one[self._name], one) for one in message[self._kind]), version)
        self._names, self.version = names, version

    def forget(self, version: int) -> None:
        """There are none now."""
        if self._names:
            self.take({self._key: [], self._kind: []}, version)

    def news(self, told: int) -> dict[str, Any] | None:
        """The message for a browser that was told everything up to version `told`; None where nothing is new."""
        if self.version <= told or not self.version:
            return None
        return {"type": self._kind, self._key: self._names, self._kind: self._held.since(told)}
