"""Bundles that nodes of the mesh offer one another, in the records: those offered here, and those of other nodes.

What others offer lies here until a person takes it: neither its patterns nor its withdrawals have any effect before,
since a withdrawal makes a node blind to something. Each row is one bundle of one node; the bytes are of one SHA-256.
"""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import orjson
import sqlalchemy as sa

from mihari.alerts import shelf as alerts
from mihari.alerts import tables
from mihari.alerts.actions import By, Conflict, Unknown
from mihari.alerts.alert import Entry
from mihari.alerts.body import dumped
from mihari.alerts.book import Book
from mihari.alerts.records import Records
from mihari.alerts.text import clean
from mihari.core.errors import BadInput
from mihari.library.exchange import Bundle, Counting, Held, Trust, parse, verify
from mihari.library.importing import counting, held
from mihari.library.pattern import examined

log = logging.getLogger("mihari.library")

SIZE_MOST = 8 << 20  # bytes of one bundle
OFFERS_MOST = 4  # bundles that one node offers at a time
TOGETHER_MOST = 16 << 20  # bytes of them
KEPT_MOST = 256 << 20  # bytes of all that others offer
NAMED_MOST = 60  # patterns, and withdrawals, that are named of one bundle
SHA256 = re.compile(r"[0-9a-f]{64}")
B = tables.bundle.c


@dataclass(frozen=True, slots=True)
class Offer:
    """A bundle on offer. `node`: author id of who offers it, "" this node; `about`: what is in it, as `summary` has it.

    `state`: coming (announced, its bytes are not here yet), offered, refused (`problem` says why), taken.
    """

    sha256: str
    node: str
    by: str
    time: float
    state: str
    size: int
    about: Mapping[str, Any]
    problem: str = ""

    @property
    def id(self) -> str:
        """By which people name it."""
        return self.sha256[:12]

    @property
    def told(self) -> str:
        """What is in it, in a few words.

        >>> Offer("ab", "", "kume", 0.0, "offered", 1, {"patterns": [{}, {}], "patterns_in_all": 2}).told
        '2 patterns'
        """
        patterns, gone = int(self.about.get("patterns_in_all", 0)), int(self.about.get("withdrawn_in_all", 0))
        some = [f"{patterns} pattern{'s' * (patterns != 1)}"] * bool(patterns)
        return " and ".join([*some, *[f"{gone} withdrawn"] * bool(gone)]) or "nothing"


def summary(bundle: Bundle) -> dict[str, Any]:
    """What is in a bundle and who signed it, of 60 patterns at most; plain values."""
    m = bundle.manifest
    return {
        "name": m.name, "version": m.version, "made": m.made, "note": m.note[:400], "groups": list(m.groups),
        "signer": {"name": bundle.signer.name, "author": bundle.signer.id},
        "patterns_in_all": len(m.patterns), "withdrawn_in_all": len(m.revokes),
        "patterns": [
            {"name": e.name, "version": e.version, "title": _title(bundle, e.name), "maker": e.provenance[0].node}
            for e in m.patterns[:NAMED_MOST]
        ],
        "withdrawn": [
            {"name": w.name, "versions": list(w.versions[:20]), "node": w.node, "reason": w.reason}
            for w in m.revokes[:NAMED_MOST]
        ],
    }  # fmt: skip


# this node's own


def share(records: Records, by: By, data: bytes, file: str) -> Offer:
    """Offer a bundle to all nodes of the mesh from now on. BadInput where it is none, or too much."""
    if len(data) > SIZE_MOST:
        raise BadInput(f"{file}: {len(data)} bytes: expected at most {SIZE_MOST}, which is what the mesh carries")
    about = summary(parse(data, file))
    offer = Offer(hashlib.sha256(data).hexdigest(), "", by.who, records.clock(), "offered", len(data), about)
    with records.write() as (connection, head):
        own = listed(connection, own=True)
        if any(one.sha256 == offer.sha256 for one in own):
            raise Conflict(f"{file} is offered already, as {offer.id}")
        if len(own) >= OFFERS_MOST or sum(one.size for one in own) + offer.size > TOGETHER_MOST:
            raise BadInput(
                f"{len(own)} bundles are offered: expected at most {OFFERS_MOST} of {TOGETHER_MOST} bytes together; "
                "stop one with `mihari library share --stop ID`"
            )
        _log(connection, head, records, by, "bundle offered", f"{about['name']} ({offer.id}): {offer.told}", offer)
        _put(connection, offer, data)
    return offer


def stop(records: Records, by: By, name: str) -> Offer:
    """Offer a bundle no longer; who has it keeps it. Unknown where this node offers none of that id."""
    with records.write() as (connection, head):
        offer = _one(listed(connection, own=True), name, "this node offers")
        _log(connection, head, records, by, "bundle offered no more", f"{offer.about['name']} ({offer.id})", offer)
        connection.execute(sa.delete(tables.bundle).where((B.sha256 == offer.sha256) & (B.node == "")))
    return offer


# what others offer


def brief(offer: Offer) -> dict[str, Any]:
    """An offer as its node announces it before the bytes: who signed it and how much is in it, not what."""
    left_out = ("patterns", "withdrawn", "groups")
    about = {key: value for key, value in offer.about.items() if key not in left_out}
    return {"sha256": offer.sha256, "size": offer.size, "about": about}


def announced_of(told: Mapping[str, Any]) -> Offer:
    """The offer that `brief` told; BadInput where it told none that can be carried."""
    sha256, size, about = told.get("sha256"), told.get("size"), told.get("about")
    if not isinstance(sha256, str) or not SHA256.fullmatch(sha256) or not isinstance(about, dict):
        raise BadInput("an offer of patterns: expected its SHA-256 and what is in it")
    if type(size) is not int or not 0 < size <= SIZE_MOST:
        raise BadInput(f"an offer of patterns: expected 1 to {SIZE_MOST} bytes")
    plain = {key: clean(str(about.get(key, "")), 100) for key in ("name", "version", "made", "note")}
    counts = {key: _count(about.get(key)) for key in ("patterns_in_all", "withdrawn_in_all")}
    signer = about.get("signer") if isinstance(about.get("signer"), dict) else {}
    said = {key: clean(str((signer or {}).get(key, "")), 40) for key in ("name", "author")}
    return Offer(
        sha256, "", "", 0.0, "coming", size, plain | counts | {"signer": said, "patterns": [], "withdrawn": []}
    )


def announced(records: Records, node: str, by: str, offers: Sequence[Offer]) -> None:
    """All that a node offers now: what is new is coming, what it offers no longer is forgotten."""
    with records.read() as connection:
        known = {one.sha256: one for one in listed(connection) if one.node == node}
    wanted = {one.sha256: one for one in offers}
    new = [one for sha256, one in wanted.items() if sha256 not in known]
    over = known.keys() - wanted.keys()
    if not new and not over:
        return
    with records.write() as (connection, head):
        for one in new:
            _put(connection, replace(one, node=node, by=by, time=records.clock(), state="coming"), b"")
        connection.execute(sa.delete(tables.bundle).where((B.node == node) & B.sha256.in_(list(over))))
        _counted(connection, head)


def received(records: Records, node: str, data: bytes, trust: Trust | None) -> Offer | None:
    """The bytes of a bundle that a node offers have come: held, or refused with the reason. None: it is not awaited."""
    sha256 = hashlib.sha256(data).hexdigest()
    with records.read() as connection:
        waiting = [one for one in listed(connection) if (one.sha256, one.node, one.state) == (sha256, node, "coming")]
        kept = sum(one.size for one in listed(connection) if one.state == "offered")
        have, gone = held(connection), counting(connection)
    if not waiting:
        return None
    offer = waiting[0]
    try:
        if kept + len(data) > KEPT_MOST:
            raise BadInput(f"{kept} bytes are offered here already: expected at most {KEPT_MOST}")
        about = _judged(data, offer, trust, records.clock(), have, gone)
        offer = replace(offer, state="offered", about=about, time=records.clock())
    except BadInput as problem:
        offer, data = replace(offer, state="refused", problem=str(problem), time=records.clock()), b""
    except Exception as bug:  # of another node's bytes: refused, not looked at for ever
        log.exception("the bundle of %s could not be looked at", offer.by)
        why = f"the bundle of {offer.by} was not looked at by an error in this program ({type(bug).__name__})"
        offer, data = replace(offer, state="refused", problem=why, time=records.clock()), b""
    with records.write() as (connection, head):
        what = "bundle received" if offer.state == "offered" else "bundle refused"
        text = f"{offer.by} offers {offer.about.get('name', '')} ({offer.id}): {offer.problem or offer.told}"
        _log(connection, head, records, By(offer.by or node, records.clock()), what, text, offer)
        _put(connection, offer, data)
    return offer


def _judged(
    data: bytes, offer: Offer, trust: Trust | None, now: float, have: Sequence[Held], gone: Sequence[Counting]
) -> dict[str, Any]:
    """What is in a bundle, and what the trust list says of it; BadInput where it is refused as a whole."""
    bundle = parse(data, f"the bundle of {offer.by}")
    about: dict[str, Any] = summary(bundle) | {"believed": ""}
    if trust is not None:
        verdict = verify(bundle, trust, now, have, gone)
        refused = [{"name": r.name, "version": r.version, "why": r.why} for r in verdict.refused[:NAMED_MOST]]
        about |= {"believed": verdict.signer.by, "refused": refused}
    return about


def judge_again(records: Records) -> None:
    """What was refused is forgotten, and looked at anew when it comes again: the trust list may be another by now."""
    with records.write() as (connection, head):
        connection.execute(sa.delete(tables.bundle).where((B.node != "") & (B.state == "refused")))
        _counted(connection, head)


def taken(records: Records, by: By, offer: Offer) -> None:
    """A person has taken a bundle over, from whatever node it came."""
    with records.write() as (connection, head):
        _log(connection, head, records, by, "bundle taken over", f"{offer.about.get('name')} ({offer.id})", offer)
        rows = (B.sha256 == offer.sha256) & (B.node != "") & (B.state == "offered")
        connection.execute(sa.update(tables.bundle).where(rows).values(state="taken", data=b""))


# questions


def listed(connection: sa.Connection, own: bool = False) -> list[Offer]:
    """What others offer, or this node, the newest first."""
    columns = [column for column in tables.bundle.c if column.name != "data"]
    query = sa.select(*columns).where((B.node == "") if own else (B.node != "")).order_by(B.time.desc(), B.sha256)
    rows = connection.execute(query).all()
    names = ("sha256", "node", "by", "time", "state", "size", "problem")
    return [Offer(**{n: getattr(row, n) for n in names}, about=orjson.loads(row.about)) for row in rows]


def one(connection: sa.Connection, name: str) -> tuple[Offer, bytes]:
    """What others offer by that id, and its bytes. Unknown where there is none; Conflict where it is not here."""
    offer = _one(listed(connection), name, "other nodes offer")
    if offer.state != "offered":
        why = {"coming": "is not here yet", "refused": f"was refused: {offer.problem}", "taken": "was taken already"}
        raise Conflict(f"bundle {offer.id} of {offer.by} {why[offer.state]}")
    return offer, data_of(connection, offer)


def data_of(connection: sa.Connection, offer: Offer) -> bytes:
    """The bytes of a bundle."""
    mine = (B.sha256 == offer.sha256) & (B.node == offer.node)
    return bytes(connection.execute(sa.select(B.data).where(mine)).scalar_one())


def _one(offers: Sequence[Offer], name: str, who: str) -> Offer:
    fitting = {o.sha256: o for o in offers if len(name) >= 6 and o.sha256.startswith(name)}
    if len(fitting) != 1:
        raise Unknown(f"{who} {'several bundles' if fitting else 'no bundle'} of the id {name}")
    return min((o for o in offers if o.sha256 in fitting), key=lambda o: o.state != "offered")


def _count(value: Any) -> int:
    return value if type(value) is int and 0 <= value < 1_000_000 else 0


def _title(bundle: Bundle, name: str) -> str:
    pattern, _ = examined(bundle.text(name), f"{name}.toml")
    return "" if pattern is None else pattern.file.title


def _put(connection: sa.Connection, offer: Offer, data: bytes) -> None:
    mine = (B.sha256 == offer.sha256) & (B.node == offer.node)
    connection.execute(sa.delete(tables.bundle).where(mine))
    names = ("sha256", "node", "by", "time", "state", "size", "problem")
    row = {n: getattr(offer, n) for n in names} | {"about": dumped(dict(offer.about)), "data": data}
    connection.execute(sa.insert(tables.bundle), [row])


def _counted(connection: sa.Connection, head: Any) -> None:
    connection.execute(sa.update(tables.head).values(sequence=int(head.sequence) + 1))


def _log(connection: sa.Connection, head: Any, records: Records, by: By, what: str, text: str, offer: Offer) -> None:
    after = {"sha256": offer.sha256, "node": offer.node, "size": offer.size}
    book = Book(head.run, next_alert=head.alert + 1, next_aside=head.aside + 1)
    book.entries.append(Entry(what, text, by.who, by.now, 0, {}, after))
    alerts.save(connection, head, book, records.clock())
