"""Which node of a mesh may tell an edit of a case: the one at which it was made, and no other.

Records of a node in a mesh sign edits with its author id, 16 hexadecimal digits, by which its signatures are known
too. Records that are older than the node's place in a mesh go on with the name that they drew: the first node that
tells an edit of such a name is believed to be it, from then on and alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.records import Records
from mihari.cases import shelf
from mihari.cases.edit import Edit

NODE = re.compile(r"[0-9a-f]{16}")
NAMES_MAX = 8  # drawn names of one node: as many records as it has had
AT_ONCE = 500
E, T = tables.case_edit.c, tables.case_teller.c


def sign_as(records: Records, node: str) -> str:
    """The name by which these records sign from now on, of a node in a mesh: its author id, or the one drawn before.

    Where the name is that of a node, but of another one, its keys were made anew: the records go on with the new id.
    """
    with records.write() as (connection, _):
        name = shelf.author_there(connection)
        if name and (name == node or not NODE.fullmatch(name)):
            return name
        connection.execute(sa.delete(tables.case_author))
        connection.execute(sa.insert(tables.case_author).values(author=node))
        return node


def made_here(
    connection: sa.Connection, name: str, above: int = 0, below: int = 0, limit: int = AT_ONCE
) -> tuple[list[Edit], list[int]]:
    """Edits that were made by this name, and how they arrived: after `above`, the oldest first; or, where `below` is
    told, before it, the newest first."""
    query = sa.select(tables.case_edit).where(E.author == name).limit(limit)
    query = query.where(E.arrived < below).order_by(E.arrived.desc()) if below else query.where(E.arrived > above)
    rows = connection.execute(query if below else query.order_by(E.arrived)).all()
    return [shelf.edit_in(row) for row in rows], [int(row.arrived) for row in rows]


def newest(connection: sa.Connection) -> int:
    """How the newest edit arrived; 0 for none."""
    return int(connection.execute(sa.select(sa.func.max(E.arrived))).scalar() or 0)


def fitting(connection: sa.Connection, edits: Sequence[Edit], node: str) -> tuple[list[Edit], list[str]]:
    """The edits that this node (author id) may tell, and a sentence for each of the others. To be asked in a write."""
    good, refused = [], []
    may = {name: _may(connection, name, node) for name in _names(edits)}
    for edit in edits:
        if may[edit.author]:
            good.append(edit)
        else:
            refused.append(
                f"an edit of a case: it was made at node {edit.author} and told by node {node}: "
                "expected each node to tell its own"
            )
    return good, refused


def _names(edits: Iterable[Edit]) -> list[str]:
    return list(dict.fromkeys(edit.author for edit in edits))


def _may(connection: sa.Connection, name: str, node: str) -> bool:
    if NODE.fullmatch(name) or name == shelf.author_there(connection):
        return name == node
    found = connection.execute(sa.select(T.node).where(T.author == name)).scalar()
    if found is not None:
        return str(found) == node
    held = connection.execute(sa.select(sa.func.count()).where(T.node == node)).scalar_one()
    if int(held) >= NAMES_MAX:
        return False
    connection.execute(sa.insert(tables.case_teller).values(author=name, node=node))
    return True
