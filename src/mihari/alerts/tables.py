"""The tables of the records, for SQLite and PostgreSQL alike, and the version of their layout.

Times are UTC s, lists and what a behaviour says are JSON text; keys of vessels are those of `mihari.core.behaviour`.
"""

from __future__ import annotations

import sqlalchemy as sa

LAYOUT = 9  # grows with every change below; see `mihari.alerts.layout`

metadata = sa.MetaData()
BIG = sa.BigInteger()


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=False, default="", server_default="")


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean, nullable=False)


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
    _text("because"),
    sa.Column("lat_deg", sa.Double, nullable=False),
    sa.Column("lon_deg", sa.Double, nullable=False),
    sa.Column("first", BIG, nullable=False),
    sa.Column("last", BIG),
    _flag("going_on"),
    _flag("retracted"),
    sa.Column("urgency", sa.Integer, nullable=False),
    sa.Column("found", sa.Integer, nullable=False),
    sa.Column("by_hand", sa.Integer, nullable=False),
    sa.Column("escalated", sa.Double),
    sa.Column("acknowledged", sa.Double),
    _text("acknowledged_by"),
    _text("reason"),
    _text("note"),
    _text("assigned"),
    _flag("aside"),
    sa.Column("closed", sa.Double, index=True),
    _text("closed_by"),
    _text("outcome"),
    _text("outcome_note"),
    sa.Column("place", sa.Integer, nullable=False, index=True),
)  # fmt: skip

ALERT = "alert.number"

concerned = sa.Table(
    "concerned", metadata,
    sa.Column("alert", BIG, sa.ForeignKey(ALERT), primary_key=True),
    sa.Column("vessel", BIG, primary_key=True, index=True),
    _flag("subject"),
)  # fmt: skip

behaviour = sa.Table(
    "behaviour", metadata,
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("alert", BIG, sa.ForeignKey(ALERT), nullable=False, index=True),
    sa.Column("run", sa.Double, nullable=False),
    _flag("followed"),
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
    _text("note"),
    _flag("withdrawn"),
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
    _text("text"),
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
    _flag("from_file"),  # of the node's file: not to be changed on the map
    _flag("gone"),
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
    _flag("same"),
    sa.Column("who", sa.Text, nullable=False),
    _text("note"),
    _text("node"),  # what this node holds under `one` is another vessel; "": the word is of `one` and `other`
)  # fmt: skip

# who answers for what: written by the node from its file, so that whoever decides finds it beside the tasks
charge = sa.Table(
    "charge", metadata,
    sa.Column("asset", sa.Text, primary_key=True),
    sa.Column("place", sa.Integer, nullable=False),  # in the node file
    sa.Column("operator", sa.Text, nullable=False),  # "": nobody, it takes no tasks
    sa.Column("accepts", sa.Text, nullable=False),  # kinds that he has accepted beforehand
    sa.Column("kinds", sa.Text, nullable=False),  # kinds that it can do; none: it takes no tasks
)  # fmt: skip

# what vehicles and cameras were asked to do; the body has all of it, the columns are for questions
task = sa.Table(
    "task", metadata,
    sa.Column("number", BIG, primary_key=True, autoincrement=False),
    sa.Column("sequence", BIG, nullable=False, index=True),  # of its last change
    sa.Column("asset", sa.Text, nullable=False, index=True),
    sa.Column("state", sa.Text, nullable=False, index=True),
    sa.Column("accepted", BIG, nullable=False),  # the row of the audit that tells its acceptance; 0: not accepted
    sa.Column("body", sa.Text, nullable=False),
)  # fmt: skip

# stills and clips of vessels; the files lie in a folder beside the records, named by their hash
attachment = sa.Table(
    "attachment", metadata,
    sa.Column("number", BIG, primary_key=True, autoincrement=False),
    sa.Column("run", sa.Double, nullable=False),  # of the node, in which the vessel's id meant something
    sa.Column("vessel", BIG, nullable=False, index=True),  # id in the picture; 0: of a place
    sa.Column("mmsi", BIG, nullable=False, index=True),  # as it claimed then; 0 none
    sa.Column("time", sa.Double, nullable=False),  # UTC s of data
    sa.Column("asset", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),  # still or clip
    sa.Column("media", sa.Text, nullable=False),  # image/jpeg, video/x-msvideo
    sa.Column("sha256", sa.Text, nullable=False, index=True),
    sa.Column("size", BIG, nullable=False),  # bytes
    sa.Column("path", sa.Text, nullable=False),  # below the folder
    sa.Column("who", sa.Text, nullable=False),  # asked for it
    sa.Column("task", BIG, nullable=False),  # for which it was taken; 0 none
    sa.Column("aim", sa.Text, nullable=False),  # JSON: pan, tilt, zoom, bearing and view of the camera
    sa.Column("lat_deg", sa.Double),  # where the vessel was believed to be
    sa.Column("lon_deg", sa.Double),
    _flag("protected"),  # not dropped to make room
    sa.Column("dropped", sa.Double),  # by the clock, when it made room
)  # fmt: skip

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
    _text("answer"),
    _text("problem"),
)  # fmt: skip

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
    _text("problem"),
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
    _flag("silent"),
    _flag("retracted"),
    _text("because"),
)  # fmt: skip
