"""The layout of the records: made where there is none, brought forward step by step, refused when it is newer."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from mihari.alerts import tables
from mihari.alerts.audit import FIRST
from mihari.core.errors import BadInput

LOCK = 0x6D696861  # PostgreSQL's advisory lock while tables are made: "miha"
STEPS: dict[int, Callable[[sa.Connection], None]] = {  # from this layout to the next
    1: lambda connection: tables.zone.create(connection),
    2: lambda connection: tables.pairing.create(connection, checkfirst=True),
    3: lambda connection: _with_node(connection),
    4: lambda connection: _with_tasks(connection),
    5: lambda connection: tables.attachment.create(connection, checkfirst=True),
    6: lambda connection: _with_patrol(connection),
    7: lambda connection: _with_cases(connection),
    8: lambda connection: _with_mesh(connection),
}


def _with_node(connection: sa.Connection) -> None:
    """Words of pairs may be of what one node holds."""
    known = {column["name"] for column in sa.inspect(connection).get_columns("pairing")}
    if "node" not in known:
        connection.execute(sa.text("ALTER TABLE pairing ADD COLUMN node TEXT NOT NULL DEFAULT ''"))


def _with_tasks(connection: sa.Connection) -> None:
    """What vehicles and cameras were asked to do, and who answers for them."""
    for table in (tables.charge, tables.task):
        table.create(connection, checkfirst=True)


def _with_patrol(connection: sa.Connection) -> None:
    """Plans of the patrol, and what people ask of it."""
    for table in (tables.patrol, tables.plan, tables.wish):
        table.create(connection, checkfirst=True)


def _with_cases(connection: sa.Connection) -> None:
    """What people say of cases, and the patterns that the node holds."""
    told = (tables.case_edit, tables.casebook, tables.case_about, tables.case_file, tables.case_author)
    for table in (*told, tables.pattern, tables.pattern_withdrawal, tables.pattern_fired):
        table.create(connection, checkfirst=True)


def _with_mesh(connection: sa.Connection) -> None:
    """Whose case edits other nodes tell, and the bundles that they offer."""
    for table in (tables.case_teller, tables.bundle):
        table.create(connection, checkfirst=True)


def prepare(engine: sa.Engine) -> None:
    """Today's tables, in one transaction; two processes may do it at once."""
    with engine.connect().execution_options(mihari_writes=True) as connection, connection.begin():
        if connection.dialect.name == "postgresql":
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
        if not sa.inspect(connection).has_table("head"):
            tables.metadata.create_all(connection)
            connection.execute(sa.insert(tables.head).values(**_beginning()))
            return
        bring_forward(connection, STEPS, tables.LAYOUT)


def bring_forward(connection: sa.Connection, steps: dict[int, Callable[[sa.Connection], None]], wanted: int) -> None:
    """Take the steps from the layout there is to the one that is wanted; BadInput where that cannot be."""
    found = int(connection.execute(sa.select(tables.head.c.layout)).scalar_one())
    if found > wanted:
        raise BadInput(f"the records have layout {found}, this Mihari knows up to {wanted}: expected a newer Mihari")
    for layout in range(found, wanted):
        if layout not in steps:
            raise BadInput(f"the records have layout {layout}, from which there is no way to {wanted}")
        steps[layout](connection)
        connection.execute(sa.update(tables.head).values(layout=layout + 1))


def _beginning() -> dict[str, object]:
    zero = dict.fromkeys(("sequence", "alert", "aside", "log", "audit"), 0)
    return {"id": 1, "layout": tables.LAYOUT, "hash": FIRST, "run": 0.0, "data_time": 0.0, **zero}
