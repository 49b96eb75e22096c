"""The patrol, its plans, and what people ask of it."""

from __future__ import annotations

import sqlalchemy as sa

from mihari.alerts.tables.columns import BIG, metadata, text

# the patrol as the node tells it: "sheet", what there is; "state", how it goes; "seen", the last look at each cell
patrol = sa.Table(
    "patrol", metadata,
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("version", BIG, nullable=False),  # grows with each change of this row
    sa.Column("body", sa.Text, nullable=False),
)  # fmt: skip

# plans that were put in force, each with the patrol file that it was made for; the newest that has begun is in force
plan = sa.Table(
    "plan", metadata,
    sa.Column("number", BIG, primary_key=True, autoincrement=False),
    sa.Column("time", sa.Double, nullable=False),  # by the clock
    sa.Column("digest", sa.Text, nullable=False),  # of the patrol file as the node file names it
    sa.Column("begin", sa.Double, nullable=False),  # UTC s
    sa.Column("end", sa.Double, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)  # fmt: skip

# what people ask of the patrol: what if, a look, something lost or back, a plan to be put in force
wish = sa.Table(
    "wish", metadata,
    sa.Column("number", BIG, primary_key=True, autoincrement=False),
    sa.Column("time", sa.Double, nullable=False),  # by the clock
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("body", sa.Text, nullable=False),
    text("answer"),
    text("problem"),
)  # fmt: skip
