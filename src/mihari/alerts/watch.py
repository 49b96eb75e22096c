"""The watch on the records: what is told, what passes and what people decide, each in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import orjson
import sqlalchemy as sa

from mihari.alerts import shelf, tables
from mihari.alerts.actions import By, noted
from mihari.alerts.alert import SYSTEM, Alert, Entry, Settings
from mihari.alerts.body import dumped, fleet_object
from mihari.alerts.book import Book
from mihari.alerts.intake import cleaned, take
from mihari.alerts.passing import passed
from mihari.alerts.records import Records
from mihari.alerts.text import clean
from mihari.core.behaviour import Behaviour, Fleet, Standing
from mihari.core.times import told_time

FLEETS_KEPT_S = 24 * 3600.0  # a fleet that was not told for so long is no longer drawn
FLEETS_MAX = 500


class Watch:
    """All that changes the records. Times are UTC s of data unless the name says clock."""

    def __init__(self, records: Records, settings: Settings = Settings()) -> None:  # noqa: B008
        self.records, self.settings = records, settings

    def begin(self, run: float) -> None:
        """A node that was started at `run` tells behaviours from now on; what an earlier one told goes on unseen."""
        with self.records.write() as (connection, head):
            if head.run == run:
                return
            b = tables.behaviour.c
            left = sa.and_(b.run < run, b.followed, b.standing == int(Standing.GOING_ON))
            numbers = {row[0] for row in connection.execute(sa.select(b.alert).where(left))}
            book = shelf.book_of(connection, head, numbers, self.settings)
            book.run = run
            _unfollow(book, run)
            book.entries.insert(0, Entry("started", "the node was started", SYSTEM, run))
            shelf.save(connection, head, book, self.records.clock())

    def take(self, batches: Iterable[tuple[Sequence[Behaviour], Sequence[Fleet], float]]) -> dict[str, int]:
        """Behaviours and fleets as they were told at their times, in order. What was not taken, by reason."""
        passed_over: dict[str, int] = {}
        batches = list(batches)
        if not any(told or fleets for told, fleets, _ in batches) and not self._due(batches):
            return {}  # time alone, and nothing is due: nothing to write
        with self.records.write() as (connection, head):
            for behaviours, fleets, time in batches:
                book = self._taken(connection, head, [cleaned(b) for b in behaviours], fleets, time)
                shelf.save(connection, head, book, self.records.clock(), max(time, head.data_time))
                head = connection.execute(sa.select(tables.head)).one()
                for why, count in book.passed_over.items():
                    passed_over[why] = passed_over.get(why, 0) + count
        return passed_over

    def _due(self, batches: Sequence[tuple[Sequence[Behaviour], Sequence[Fleet], float]]) -> bool:
        """Whether time that has passed means something for any alert."""
        with self.records.read() as connection:
            return any(shelf.numbers_due(connection, self.settings, time) for _, _, time in batches[-1:])

    def _taken(
        self, connection: sa.Connection, head: Any, told: Sequence[Behaviour], fleets: Sequence[Fleet], time: float
    ) -> Book:
        parents = _keep_fleets(connection, head.run, fleets, time)
        blood = Book(parents=parents)
        related = {relative for b in told if b.fleet for relative in blood.lineage(b.fleet)}
        numbers = shelf.numbers_due(connection, self.settings, time)
        numbers |= shelf.numbers_for(connection, told, related)
        book = shelf.book_of(connection, head, numbers, self.settings)
        book.parents = parents
        passed(book, time)
        take(book, told, time)
        return book

    def act(self, number: int, action: Callable[[Book], Alert]) -> Alert:
        """What a person decides about one alert. Whatever error comes, nothing has changed."""
        with self.records.write() as (connection, head):
            book = shelf.book_of(connection, head, [number], self.settings)
            after = action(book)
            shelf.save(connection, head, book, self.records.clock())
            return after

    def note(self, by: By, text: str) -> None:
        """A person's line in the watch log that is about no alert."""
        self.tell([Entry("note", noted(text, needed=True), by.who, by.now)])

    def tell(self, entries: Sequence[Entry]) -> None:
        """Lines in the watch log that are about no alert."""
        with self.records.write() as (connection, head):
            book = Book(head.run, next_alert=head.alert + 1, next_aside=head.aside + 1)
            book.entries += [replace(entry, text=clean(entry.text)) for entry in entries]
            shelf.save(connection, head, book, self.records.clock())


def _unfollow(book: Book, run: float) -> None:
    """Behaviours of earlier runs go on as far as was known; nobody follows them until they are told again."""
    for member in list(book.members.values()):
        if member.going_on and member.run < run:
            book.put_member(replace(member, followed=False))
    for number in sorted(book.alerts):
        after = book.summed(book.alerts[number], run)
        text = f"no longer followed since the node was started anew at {told_time(run)}: {after.because}"
        book.tell(after, "not followed", text, run)


def _keep_fleets(
    connection: sa.Connection, run: float, fleets: Sequence[Fleet], time: float
) -> dict[int, tuple[int, ...]]:
    """Keep the fleets as they are now and forget those long gone; the parents of all that are known of this run."""
    f = tables.fleet.c
    if fleets:
        newest = {fleet.id: fleet for fleet in sorted(fleets, key=lambda one: one.time)[-FLEETS_MAX:]}
        own = sa.and_(f.run == run, f.id.in_(sorted(newest)))
        connection.execute(sa.delete(tables.fleet).where(sa.or_(own, f.run != run, f.time < time - FLEETS_KEPT_S)))
        rows = [
            {"run": run, "id": one.id, "time": one.time, "parents": dumped(list(one.parents))}
            | {"body": dumped(fleet_object(one))}
            for one in newest.values()
        ]
        connection.execute(sa.insert(tables.fleet), rows)
        connection.execute(sa.update(tables.head).values(sequence=tables.head.c.sequence + 1))
    found = connection.execute(sa.select(f.id, f.parents).where(f.run == run))
    return {row.id: tuple(orjson.loads(row.parents)) for row in found}
