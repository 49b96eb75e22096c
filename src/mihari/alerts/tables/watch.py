"""Alerts, what they are about, zones, and what happened: watch log and audit."""

from __future__ import annotations

import sqlalchemy as sa

from mihari.alerts.tables.columns import BIG, flag, metadata, text

# one row: the newest numbers; whoever writes locks it first, so that there is one writer at a time and one chain
head = sa.Table(
    "head", metadata,
    sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("layout", sa.Integer, nullable=False),
    sa.Column("sequence", BIG, nullable=False),  # of the last change
    sa.Column("alert", BIG, nullable=False),
    sa.Column("aside", BIG, nullable=False),
    sa.Column("log", BIG, nullable=False),
    sa.Column("audit", BIG, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),  # of the last row of the audit
    sa.Column("run", sa.Double, nullable=False),  # start of the node that tells behaviours now
    sa.Column("data_time", sa.Double, nullable=False),  # newest that was told
)  # fmt: skip

alert = sa.Table(
    "alert", metadata,
    sa.Column("number", BIG, primary_key=True, autoincrement=False),
    sa.Column("version", BIG, nullable=False),
    sa.Column("sequence", BIG, nullable=False, index=True),
    sa.Column("run", sa.Double, nullable=False),
    sa.Column("raised", sa.Double, nullable=False),
    sa.Column("since", sa.Double, nullable=False),
    sa.Column("subject", sa.Text, nullable=False),
    sa.Column("vessels", sa.Text, nullable=False),
    sa.Column("kinds", sa.Text, nullable=False),
    sa.Column("fleet", BIG, nullable=False, index=True),
    text("because"),
    sa.Column("lat_deg", sa.Double, nullable=False),
    sa.Column("lon_deg", sa.Double, nullable=False),
    sa.Column("first", BIG, nullable=False),
    sa.Column("last", BIG),
    flag("going_on"),
    flag("retracted"),
    sa.Column("urgency", sa.Integer, nullable=False),
    sa.Column("found", sa.Integer, nullable=False),
    sa.Column("by_hand", sa.Integer, nullable=False),
    sa.Column("escalated", sa.Double),
    sa.Column("acknowledged", sa.Double),
    text("acknowledged_by"),
    text("reason"),
    text("note"),
    text("assigned"),
    flag("aside"),
    sa.Column("closed", sa.Double, index=True),
    text("closed_by"),
    text("outcome"),
    text("outcome_note"),
    sa.Column("place", sa.Integer, nullable=False, index=True),
)  # fmt: skip

ALERT = "alert.number"

concerned = sa.Table(
    "concerned", metadata,
    sa.Column("alert", BIG, sa.ForeignKey(ALERT), primary_key=True),
    sa.Column("vessel", BIG, primary_key=True, index=True),
    flag("subject"),
)  # fmt: skip

behaviour = sa.Table(
    "behaviour", metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("alert", BIG, sa.ForeignKey(ALERT), nullable=False, index=True),
    sa.Column("run", sa.Double, nullable=False),
    flag("followed"),
    sa.Column("standing", sa.Integer, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)  # fmt: skip

aside = sa.Table(
    "aside", metadata,
    sa.Column("number", BIG, primary_key=True, autoincrement=False),
    sa.Column("alert", BIG, sa.ForeignKey(ALERT), nullable=False, index=True),
    sa.Column("behaviour", sa.Text, sa.ForeignKey("behaviour.id"), nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("vessels", sa.Text, nullable=False),
    sa.Column("first", BIG, nullable=False),
    sa.Column("last", BIG),
    sa.Column("urgency", sa.Integer, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("time", sa.Double, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    text("note"),
    flag("withdrawn"),
)  # fmt: skip

fleet = sa.Table(
    "fleet", metadata,
    sa.Column("run", sa.Double, primary_key=True),
    sa.Column("id", BIG, primary_key=True, autoincrement=False),
    sa.Column("time", sa.Double, nullable=False),
    sa.Column("parents", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),
)  # fmt: skip

log = sa.Table(
    "log", metadata,
    sa.Column("id", BIG, primary_key=True, autoincrement=False),
    sa.Column("time", sa.Double, nullable=False, index=True),  # by the clock
    sa.Column("data_time", sa.Double, nullable=False),
    sa.Column("alert", BIG, sa.ForeignKey(ALERT), index=True),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    text("text"),
)  # fmt: skip

audit = sa.Table(
    "audit", metadata,
    sa.Column("row", BIG, primary_key=True, autoincrement=False),
    sa.Column("time", sa.Text, nullable=False),  # ISO 8601, UTC, microseconds
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("alert", BIG, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("before", sa.Text, nullable=False),
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("previous", sa.Text, nullable=False),
    sa.Column("hash", sa.Text, nullable=False),
)  # fmt: skip

# what went stays as a row without a zone, so that its number is not used again and who took it away can be told
zone = sa.Table(
    "zone", metadata,
    sa.Column("number", BIG, primary_key=True, autoincrement=False),
    sa.Column("revision", BIG, nullable=False),
    sa.Column("changed", BIG, nullable=False, index=True),  # the sequence of its last change
    flag("from_file"),  # of the node's file: not to be changed on the map
    flag("gone"),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("body", sa.Text, nullable=False),  # a GeoJSON Feature
    sa.Column("who", sa.Text, nullable=False),  # changed it last
    sa.Column("time", sa.Double, nullable=False),  # by the clock
)  # fmt: skip

# a person's word that two vessels of the picture are one, or two
pairing = sa.Table(
    "pairing", metadata,
    sa.Column("number", BIG, primary_key=True, autoincrement=False),
    sa.Column("time", sa.Double, nullable=False),  # UTC s
    sa.Column("run", sa.Double, nullable=False),  # of the node, in which the ids meant something
    sa.Column("one", BIG, nullable=False),  # ids in the picture
    sa.Column("other", BIG, nullable=False),
    flag("same"),
    sa.Column("who", sa.Text, nullable=False),
    text("note"),
    text("node"),  # what this node holds under `one` is another vessel; "": the word is of `one` and `other`
)  # fmt: skip
