"""JSON objects by number or name with the version at which each changed last: what is new is found from the end."""

from __future__ import annotations

from collections.abc import Iterable
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
