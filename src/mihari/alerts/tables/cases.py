"""Cases: their edits, and what is drawn from these."""

from __future__ import annotations

import sqlalchemy as sa

from mihari.alerts.tables.columns import BIG, metadata

# what people say of cases: rows are added alone. `arrived` counts them as they came in here, from other nodes too
case_edit = sa.Table(
    "case_edit", metadata,
    sa.Column("arrived", BIG, primary_key=True, autoincrement=False),
    sa.Column("uuid", sa.Text, nullable=False, unique=True),  # of all that the edit says
    sa.Column("case", sa.Text, nullable=False, index=True),
    sa.Column("author", sa.Text, nullable=False),  # the node at which it was said
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("lamport", BIG, nullable=False),
    sa.Column("time", sa.Double, nullable=False),  # by the clock of its author
    sa.Column("field", sa.Text, nullable=False),
    sa.Column("value", sa.Text, nullable=False),  # canonical JSON
)  # fmt: skip

# cases as their edits make them: made anew with each change, for lists
casebook = sa.Table(
    "casebook", metadata,
    sa.Column("number", BIG, primary_key=True, autoincrement=False),  # here; other nodes have numbers of their own
    sa.Column("uuid", sa.Text, nullable=False, unique=True),
    sa.Column("version", BIG, nullable=False, index=True),  # the newest `arrived` of its edits
    sa.Column("status", sa.Text, nullable=False, index=True),
    sa.Column("outcome", sa.Text, nullable=False, index=True),
    sa.Column("pattern", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),  # what a list tells
)  # fmt: skip

# what a case is about: "mmsi:431000001", "alert:7:1790000000.0"
case_about = sa.Table(
    "case_about", metadata,
    sa.Column("number", BIG, sa.ForeignKey("casebook.number"), primary_key=True, autoincrement=False),
    sa.Column("about", sa.Text, primary_key=True, index=True),
)  # fmt: skip

# bytes of evidence; the files lie in a folder beside the records, named by their hash
case_file = sa.Table(
    "case_file", metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("size", BIG, nullable=False),
    sa.Column("time", sa.Double, nullable=False),  # by the clock
)  # fmt: skip

# one row: by which name these records sign what is said of cases, drawn once, or of the node's place in a mesh
case_author = sa.Table("case_author", metadata, sa.Column("author", sa.Text, primary_key=True))

# names that other records drew, and the node of the mesh (author id) that is believed to be behind each
case_teller = sa.Table(
    "case_teller", metadata,
    sa.Column("author", sa.Text, primary_key=True),
    sa.Column("node", sa.Text, nullable=False, index=True),
)  # fmt: skip
