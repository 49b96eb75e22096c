"""A pattern that a node holds -> what a bundle has of it, with who made it and who passed it on until it came here.

The links and certificates that a bundle has brought are kept with the pattern as they were signed; handing it on adds
this node's link behind them. What was made here, or comes with the program, begins a chain of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from mihari.core.errors import BadInput
from mihari.library import shelf
from mihari.library.exchange import Author, Bundle, Content, Link
from mihari.library.exchange.manifest import Entry, checked
from mihari.library.exchange.provenance import check_chain
from mihari.library.exchange.signing import author_of, pem
from mihari.library.record import record, together
from mihari.library.shelf import Shelved

CERTIFICATE = "certificate"  # beside the words of a link: PEM, of who signed it and of the authority behind
Known = Mapping[str, Author]


def kept(bundle: Bundle, name: str) -> list[dict[str, Any]]:
    """The chain of a pattern in a bundle as it is kept: each link with the certificate that came with it."""
    entry = next(one for one in bundle.manifest.patterns if one.name == name)
    known = bundle.certificates()
    return [link.model_dump(mode="json") | _certificate(link, known) for link in entry.provenance]


def told(provenance: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The links of a chain as people see them, without certificates."""
    return [{key: value for key, value in link.items() if key != CERTIFICATE} for link in provenance]


def content(connection: sa.Connection, name: str, version: int | None = None) -> tuple[Content, dict[str, Author]]:
    """A pattern that is held, its cases, what came of it here and elsewhere, its chain; and the chain's certificates.

    The version in force, else the newest. Unknown where it is not held; BadInput where it was withdrawn, or where its
    chain is not as it was signed.
    """
    one = shelf.one(connection, name, version)
    if one.state == "withdrawn":
        raise BadInput(f"{one.told} was withdrawn ({one.why or 'no reason is told'}): expected another version")
    links, known = _chain(one)
    came_of_it = together([one.record, record(connection, name)])
    told = came_of_it if one.record or came_of_it["fired"] else {}
    return Content(one.pattern, one.cases, told, links), known


def _certificate(link: Link, known: Known) -> dict[str, str]:
    found = known.get(author_of(bytes.fromhex(link.key)))
    if found is None:
        return {}
    return {CERTIFICATE: b"".join(pem(c) for c in (found.certificate, found.authority) if c is not None).decode()}


def _chain(one: Shelved) -> tuple[list[Link], dict[str, Author]]:
    """The links and certificates that are kept; BadInput where one does not hold."""
    if not one.provenance:
        if one.signer:
            raise BadInput(
                f"{one.told} was brought by {one.signer} without its chain: expected it to be imported again"
            )
        return [], {}
    what = f"{one.told}: its chain in the records"
    said = {"name": one.pattern.name, "version": one.pattern.file.version, "digest": one.pattern.digest}
    entry = checked(Entry, said | {"provenance": told(one.provenance)}, what)
    try:
        check_chain(entry)
    except BadInput as problem:
        raise BadInput(f"{what} is not as it was signed: {problem}") from None
    known: dict[str, Author] = {}
    for link, row in zip(entry.provenance, one.provenance, strict=True):
        if CERTIFICATE not in row:
            raise BadInput(f"{what}: the certificate of {link.node} is not kept: expected it to be imported again")
        known[author_of(bytes.fromhex(link.key))] = Author.of(str(row[CERTIFICATE]).encode())
    return list(entry.provenance), known
