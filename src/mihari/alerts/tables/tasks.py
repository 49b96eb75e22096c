"""What vehicles and cameras are asked to do, and what they brought."""

from __future__ import annotations

import sqlalchemy as sa

from mihari.alerts.tables.columns import BIG, flag, metadata

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
    flag("protected"),  # not dropped to make room
    sa.Column("dropped", sa.Double),  # by the clock, when it made room
)  # fmt: skip
