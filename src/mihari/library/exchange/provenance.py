"""Who made a pattern and who passed it on: a chain of signed links, each of which covers the one before.

A bundle that is passed on is signed again, by another; the first link still shows who made the pattern and that not a
letter of it has changed since. A withdrawal is signed in the same way, by itself.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from mihari.core.errors import BadInput
from mihari.library.exchange.manifest import Entry, Link, Withdrawal, canonical, checked, seconds, stamp
from mihari.library.exchange.signing import Signer, author_of, signed

LINK = b"mihari library link 1\n"  # so that no signature of one thing passes for one of another
WITHDRAWAL = b"mihari library withdrawal 1\n"


def linked(
    name: str, version: int, digest: str, before: Sequence[Link], signer: Signer, at: float,
    groups: Sequence[str] = (), cases: str = "",
) -> tuple[Link, ...]:  # fmt: skip
    """The chain with one more link, by `signer` at `at` (s UTC). BadInput where it would reach more than it may."""
    told = _told(signer, at) | {"act": "passed on" if before else "made", "groups": sorted(set(groups)), "cases": cases}
    if before and not within(told["groups"], before[-1].groups):
        raise BadInput(f"{name}: is for {', '.join(before[-1].groups)} only: expected no other release groups")
    signature = signer.sign(_message(told, name, version, digest, before))
    return (*before, checked(Link, told | {"signature": signature.hex()}, name))


def withdrawn(
    name: str, reason: str, signer: Signer, at: float, versions: Sequence[int] = (), digest: str = ""
) -> Withdrawal:
    """A signed withdrawal of a pattern: of some versions, of one content, or (neither) of all there are and will be."""
    told = _told(signer, at) | {"name": name, "versions": sorted(versions), "digest": digest, "reason": reason}
    signature = signer.sign(WITHDRAWAL + canonical(told))
    return checked(Withdrawal, told | {"signature": signature.hex()}, "withdrawal")


def check_chain(entry: Entry) -> None:
    """BadInput where a link was not signed by its author, or the links do not follow each other."""
    before: list[Link] = []
    for link in entry.provenance:
        told = link.model_dump(mode="json", exclude={"signature"})
        message = _message(told, entry.name, entry.version, entry.digest, before)
        who = f"{entry.name} {entry.version}: {link.act} by {link.node}"
        if not signed(bytes.fromhex(link.key), message, bytes.fromhex(link.signature)):
            raise BadInput(f"{who}: the signature does not hold")
        if (link.act == "made") is bool(before):
            raise BadInput(f"{who}: expected one who made it, then those who passed it on")
        if before and seconds(link.at) < seconds(before[-1].at):
            raise BadInput(f"{who}: on {link.at}, before it came there")
        if before and not within(link.groups, before[-1].groups):
            raise BadInput(f"{who}: to others than {', '.join(before[-1].groups)}, for whom it is")
        before.append(link)


def holds(one: Withdrawal) -> bool:
    """Whether a withdrawal was signed by the author it names."""
    told = one.model_dump(mode="json", exclude={"signature"})
    return signed(bytes.fromhex(one.key), WITHDRAWAL + canonical(told), bytes.fromhex(one.signature))


def within(groups: Sequence[str], of: Sequence[str]) -> bool:
    """Whether what is for some release groups reaches nobody else; none: everybody.

    >>> within(["coast"], []), within([], ["coast"]), within(["coast"], ["coast", "navy"])
    (True, False, True)
    """
    return not of or (bool(groups) and set(groups) <= set(of))


def maker(entry: Entry) -> str:
    """The author id of who made a pattern."""
    return author_of(bytes.fromhex(entry.provenance[0].key))


def _told(signer: Signer, at: float) -> dict[str, Any]:
    return {"node": signer.author.name, "key": signer.author.public_key.hex(), "at": stamp(at)}


def _message(told: dict[str, Any], name: str, version: int, digest: str, before: Sequence[Link]) -> bytes:
    """What a link's author signs."""
    last = hashlib.sha256(canonical(before[-1].model_dump(mode="json"))).hexdigest() if before else ""
    return LINK + canonical(told | {"pattern": name, "version": version, "digest": digest, "previous": last})
