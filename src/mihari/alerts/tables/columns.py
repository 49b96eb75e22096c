"""What all tables share: the metadata, and columns that are empty or false unless told."""

from __future__ import annotations

import sqlalchemy as sa

metadata = sa.MetaData()
BIG = sa.BigInteger()


def text(name: str) -> sa.Column[str]:
    """Text, empty unless told."""
    return sa.Column(name, sa.Text, nullable=False, default="", server_default="")


def flag(name: str) -> sa.Column[bool]:
    """Yes or no."""
    return sa.Column(name, sa.Boolean, nullable=False)
