"""What holds for each vessel and pair now -> what is new, over, different or taken back: told once, never vanishing.

The ledger remembers what was told. A finding that overlaps one of the same kind and vessels is the same behaviour: it
keeps its id, and its revision grows. One that is no longer found, although it could still be, is retracted.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from mihari.core.behaviour import Standing

Subject = tuple[int, ...]  # vessel keys, ascending


@dataclass(frozen=True, slots=True)
class Span:
    """An interval in which a definition holds; `end` None: it goes on."""

    start: int
    end: int | None


class Note(NamedTuple):
    """Why what a vessel did between two times (UTC s) is found to be other than was told."""

    begin: float
    end: float
    why: str

    def of(self, span: Span) -> bool:
        """Whether it says something of that span."""
        return span.start <= self.end and (span.end is None or span.end >= self.begin)


@dataclass(frozen=True, slots=True)
class Entry:
    """One behaviour as told last. `decided`, `told`: UTC s of data at the first telling and at this one.

    `why`: what this telling rests on, where that is something that came hours late; else "".
    """

    id: str
    kind: str
    subject: Subject
    span: Span
    decided: float
    told: float
    revision: int = 0
    standing: Standing = Standing.GOING_ON
    why: str = ""


def _id(kind: str, subject: Subject, start: int) -> str:
    """Short, and the same wherever the same is first found. Of a zone's rule, "kind zone": the kind alone is shown."""
    name = "|".join([kind, *map(str, subject), str(start)])
    return f"{kind.partition(' ')[0]}-{hashlib.blake2b(name.encode(), digest_size=6).hexdigest()}"


def _overlap(a: Span, b: Span) -> bool:
    """Whether two spans share a second or touch."""
    return (a.end is None or b.start <= a.end) and (b.end is None or a.start <= b.end)


class Ledger:
    """Entries by kind and vessels.

    >>> ledger = Ledger()
    >>> [e.revision for e in ledger.enter("gap", (7,), [Span(100, None)], 200.0, 0)]
    [0]
    >>> ledger.enter("gap", (7,), [Span(100, None)], 260.0, 0)
    []
    >>> [(e.standing.name, e.span.end) for e in ledger.enter("gap", (7,), [Span(100, 300)], 320.0, 0)]
    [('ENDED', 300)]
    >>> [(e.standing.name, e.revision) for e in ledger.enter("gap", (7,), [], 400.0, 0)]
    [('RETRACTED', 2)]

    What was going on may be found to have ended long ago, once time has passed without any news:

    >>> [e.revision for e in ledger.enter("slow", (7,), [Span(100, None)], 200.0, 0)]
    [0]
    >>> [(e.standing.name, e.span.end) for e in ledger.enter("slow", (7,), [Span(100, 300)], 90000.0, 60000)]
    [('ENDED', 300)]
    """

    def __init__(self) -> None:
        self.notes: dict[int, list[Note]] = {}  # of vessels, for what is entered from now on
        self._entries: dict[str, dict[Subject, list[Entry]]] = defaultdict(dict)

    def __len__(self) -> int:
        return sum(map(len, self._entries.values()))

    def holding(self, kind: str) -> Mapping[Subject, list[Entry]]:
        """What is remembered of a kind, by vessels."""
        return self._entries[kind]

    def kinds(self) -> set[str]:
        """The kinds of which anything is remembered."""
        return {kind for kind, held in self._entries.items() if held}

    def entries(self) -> Iterable[Entry]:
        """All that is remembered, by kind and vessels."""
        for kind in sorted(self._entries):
            for subject in sorted(self._entries[kind]):
                yield from self._entries[kind][subject]

    def state(self) -> list[list[Any]]:
        """All entries as JSON values."""
        return [
            [
                e.id,
                e.kind,
                list(e.subject),
                e.span.start,
                e.span.end,
                e.decided,
                e.told,
                e.revision,
                int(e.standing),
                e.why,
            ]
            for e in self.entries()
        ]

    def restore(self, state: list[list[Any]]) -> None:
        """Remember these entries and no others."""
        self._entries.clear()
        for name, kind, subject, start, end, decided, told, revision, standing, *why in state:
            span = Span(start, end)
            entry = Entry(name, kind, tuple(subject), span, decided, told, revision, Standing(standing), *why)
            self._entries[kind].setdefault(entry.subject, []).append(entry)

    def same(self, kind: str, subject: Subject, spans: list[Span]) -> bool:
        """Whether nothing has changed: the common case, kept quick."""
        old = self._entries[kind].get(subject)
        if old is None:
            return not spans
        return len(old) == len(spans) and all(
            e.span == s and e.standing is not Standing.RETRACTED for e, s in zip(old, spans, strict=True)
        )

    def enter(self, kind: str, subject: Subject, spans: list[Span], now: float, settled: int) -> list[Entry]:
        """What holds now for some vessels, by start; entries that are new or different.

        settled: UTC s; what ended before cannot change any more, and is neither retracted nor told anew.
        """
        if self.same(kind, subject, spans):
            return []
        old = self._entries[kind].get(subject, [])
        kept = [e for e in old if e.standing is Standing.RETRACTED or (e.span.end is not None and e.span.end < settled)]
        open_to_change = [e for e in old if e not in kept]
        changed: list[Entry] = []
        entries = list(kept)
        for span in spans:
            before = next((e for e in open_to_change if _overlap(e.span, span)), None)
            if before is None and span.end is not None and span.end < settled:
                continue
            standing = Standing.GOING_ON if span.end is None else Standing.ENDED
            if before is None:
                name, why = _id(kind, subject, span.start), self._why(subject, span)
                entry = Entry(name, kind, subject, span, now, now, 0, standing, why)
                changed.append(entry)
            else:
                open_to_change.remove(before)
                entry = before
                if before.span != span or before.standing is not standing:
                    revision, why = before.revision + 1, self._why(subject, before.span, span)
                    entry = replace(before, span=span, told=now, revision=revision, standing=standing, why=why)
                    changed.append(entry)
            entries.append(entry)
        for gone in open_to_change:
            revision, why = gone.revision + 1, self._why(subject, gone.span)
            entry = replace(gone, told=now, revision=revision, standing=Standing.RETRACTED, why=why)
            changed.append(entry)
            entries.append(entry)
        self._entries[kind][subject] = sorted(entries, key=lambda e: (e.span.start, e.revision))
        return changed

    def again(self, entry: Entry, now: float) -> Entry:
        """An entry that holds as before, of which something else is to be told; its next revision."""
        held = self._entries[entry.kind][entry.subject]
        made = replace(entry, told=now, revision=entry.revision + 1, why=self._why(entry.subject, entry.span))
        held[held.index(entry)] = made
        return made

    def noted(self) -> list[Entry]:
        """What holds as it was told, of vessels and times of which `notes` say something."""
        found = {}
        for kind in sorted(self._entries):
            for subject, held in self._entries[kind].items():
                if not self.notes.keys().isdisjoint(subject):
                    for e in held:
                        if e.standing is not Standing.RETRACTED and self._why(subject, e.span):
                            found[e.id] = e
        return list(found.values())

    def _why(self, subject: Subject, *spans: Span) -> str:
        notes = (note for key in subject for note in self.notes.get(key, ()))
        return next((note.why for note in notes if any(note.of(span) for span in spans)), "")

    def drop(self, kind: str) -> None:
        """Remember nothing of a kind."""
        self._entries.pop(kind, None)

    def forget(self, before: int) -> None:
        """Let go of what ended before `before`, UTC s."""
        for of_kind in self._entries.values():
            for subject, entries in list(of_kind.items()):
                left = [e for e in entries if e.span.end is None or e.span.end >= before]
                if not left:
                    del of_kind[subject]
                elif len(left) < len(entries):
                    of_kind[subject] = left
