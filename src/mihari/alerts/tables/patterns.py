"""The library: patterns that the node holds, what came with them, what they told."""

from __future__ import annotations

import sqlalchemy as sa

from mihari.alerts.tables.columns import BIG, flag, metadata, text

# patterns of the library on this node; one version of each is active at most
pattern = sa.Table(
    "pattern", metadata,
    sa.Column("name", sa.Text, primary_key=True),
    sa.Column("version", BIG, primary_key=True, autoincrement=False),
    sa.Column("changed", BIG, nullable=False, index=True),  # the sequence of its last change
    sa.Column("state", sa.Text, nullable=False),  # trial, active, replaced, withdrawn
    sa.Column("digest", sa.Text, nullable=False),  # SHA-256 of its file
    sa.Column("maker", sa.Text, nullable=False),  # author id; "": made here, or it comes with the program
    sa.Column("signer", sa.Text, nullable=False),  # who brought it; "": nobody else
    sa.Column("who", sa.Text, nullable=False),  # changed it last
    sa.Column("time", sa.Double, nullable=False),  # by the clock
    sa.Column("why", sa.Text, nullable=False),
    sa.Column("text", sa.Text, nullable=False),  # its file
    sa.Column("cases", sa.LargeBinary, nullable=False),  # its proof, Parquet
    sa.Column("proof", sa.Text, nullable=False),  # JSON: what came of it here
    sa.Column("trial", sa.Text, nullable=False),  # JSON: what it would have told of the archive
    sa.Column("record", sa.Text, nullable=False),  # JSON: what came of it elsewhere, as it was brought
    sa.Column("provenance", sa.Text, nullable=False),  # JSON: who made it and who passed it on
)  # fmt: skip

# withdrawals that bundles have brought: later bundles are held against them
pattern_withdrawal = sa.Table(
    "pattern_withdrawal", metadata,
    sa.Column("digest", sa.Text, primary_key=True),  # of the body
    sa.Column("time", sa.Double, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)  # fmt: skip

# bundles of patterns that nodes of the mesh offer one another: nothing of them is in force before a person takes them
bundle = sa.Table(
    "bundle", metadata,
    sa.Column("sha256", sa.Text, primary_key=True),
    sa.Column("node", sa.Text, primary_key=True),  # author id of who offers it; "": this node itself
    sa.Column("by", sa.Text, nullable=False),  # that node's name, or who offers it here
    sa.Column("time", sa.Double, nullable=False),  # by the clock
    sa.Column("state", sa.Text, nullable=False),  # coming, offered, refused, taken
    sa.Column("size", BIG, nullable=False),
    sa.Column("about", sa.Text, nullable=False),  # JSON: what is in it, who signed it
    text("problem"),
    sa.Column("data", sa.LargeBinary, nullable=False),  # the bundle's file; empty: it is not here
)  # fmt: skip

# what patterns have told, silently or not; the oldest go
pattern_fired = sa.Table(
    "pattern_fired", metadata,
    sa.Column("id", sa.Text, primary_key=True),  # of the behaviour
    sa.Column("name", sa.Text, nullable=False, index=True),
    sa.Column("version", BIG, nullable=False),
    sa.Column("first", BIG, nullable=False),
    sa.Column("last", BIG),
    sa.Column("lat_deg", sa.Double, nullable=False),
    sa.Column("lon_deg", sa.Double, nullable=False),
    sa.Column("vessels", sa.Text, nullable=False),
    flag("silent"),
    flag("retracted"),
    text("because"),
)  # fmt: skip
