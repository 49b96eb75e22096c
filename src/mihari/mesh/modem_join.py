"""What others told by links and by modems -> one belief per author: of each vessel the row of the later time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from mihari.core.picture import ClaimedIdentity, VesselStatus
from mihari.core.shared import Foreign, Shared
from mihari.mesh.modem_book import Book, Voice, faded
from mihari.picture.union.members import place_of
from mihari.picture.union.settings import UnionSettings

AGE = UnionSettings()


def nameless(prefix: str) -> tuple[str, str]:
    """(author, name) of one whose certificate has not come here.

    >>> nameless("1a2b3c4d")
    ('1a2b3c4d00000000', 'modem 1a2b3c4d')
    """
    return f"{prefix}00000000", f"modem {prefix}"


def joined(
    foreign: Sequence[Foreign], book: Book, name_of: Callable[[str], tuple[str, str]], utc: float
) -> tuple[Foreign, ...]:
    """`foreign`, by links, with what modems told. `name_of`: (author, name) of the first 8 digits."""
    by_link = {one.author: one for one in foreign}
    for prefix, voice in book.voices.items():
        author, name = name_of(prefix)
        rows = book.rows(prefix, utc)
        one = by_link.get(author)
        if one is None:
            if len(rows):
                by_link[author] = Foreign(author, name, rows, _claims(rows), 0.0, through=voice.modem, lag=0.0)
        else:
            by_link[author] = _both(one, rows, voice)
    return tuple(by_link[author] for author in sorted(by_link))


def _both(one: Foreign, rows: Shared, voice: Voice) -> Foreign:
    """One author by a link and by modem; what is silent is judged here row by row, so `lag` is that of the fresher."""
    linked = one.rows
    there = np.isin(rows.vessel, linked.vessel)
    lost = voice.by_link.difference(linked.vessel.tolist()) if voice.by_link else set()
    voice.by_link.update(rows.vessel[there].tolist())
    if lost:  # the link has told that they are gone; who comes again is told again
        voice.end(lost)
        rows = rows.take(~np.isin(rows.vessel, list(lost)))
    if len(rows) == 0:
        return one
    silent = one.lag > AGE.coasting
    mixed = newer(_quiet(linked, one.lag) if silent else linked, rows)
    claims = {**_claims(rows), **one.identities}
    by, lag = (voice.modem, 0.0) if silent else (one.through, one.lag)
    return replace(one, rows=mixed, identities=claims, through=by, lag=lag)


def _quiet(rows: Shared, lag: float) -> Shared:
    """Rows of an author that no link has brought anything of for `lag` s: as the union has them of a silent author."""
    if lag > AGE.gone:
        return Shared.empty()
    return faded(rows, np.ones(len(rows), bool), VesselStatus.FADED if lag > AGE.faded else VesselStatus.COASTING)


def newer(linked: Shared, told: Shared) -> Shared:
    """Rows by vessel, of those in both the one that holds at a later time; of equals that of the link is more exact.

    >>> mixed = newer(Shared.of(2, vessel=[1, 2], time=[50.0, 60.0]), Shared.of(2, vessel=[2, 3], time=[55.0, 10.0]))
    >>> mixed.vessel.tolist(), mixed.time.tolist()
    ([1, 2, 3], [50.0, 60.0, 10.0])
    """
    at = place_of(linked.vessel, told.vessel)
    both = np.flatnonzero(at >= 0)
    wins = at < 0
    wins[both] = told.time[both] > linked.time[at[both]]
    over = both[wins[both]]
    rows = {name: values.copy() for name, values in told.columns().items()}
    before = linked.take(at[over])
    for name in ("heard_radar", "heard_ais", "born"):  # a modem does not tell these, or less exactly
        rows[name][over] = np.where(np.isfinite(getattr(before, name)), getattr(before, name), rows[name][over])
    mmsi = linked.mmsi.copy()  # names may come late by either way
    mmsi[at[both]] = np.where(mmsi[at[both]] == 0, told.mmsi[both], mmsi[at[both]])
    rows["mmsi"][both] = np.where(rows["mmsi"][both] == 0, mmsi[at[both]], rows["mmsi"][both])
    linked = linked.replace(mmsi=mmsi)
    kept = np.ones(len(linked), bool)
    kept[at[over]] = False
    mixed = Shared.concatenate([linked.take(kept), Shared(**rows).take(wins)])
    return mixed.take(np.argsort(mixed.vessel, kind="stable"))


def _claims(rows: Shared) -> dict[int, tuple[ClaimedIdentity, ...]]:
    """What vessels call themselves, as far as a modem tells it."""
    named = np.flatnonzero(rows.mmsi > 0)
    pairs = zip(rows.vessel[named].tolist(), rows.mmsi[named].tolist(), strict=True)
    return {vessel: (ClaimedIdentity(mmsi, 1.0),) for vessel, mmsi in pairs}
