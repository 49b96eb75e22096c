"""What all sections of a node file have in common."""

from __future__ import annotations

import re

from pydantic import BaseModel, ConfigDict


class Section(BaseModel):
    """Base of all sections: unknown keys are mistakes, numbers must be finite."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def file_name(node: str) -> str:
    """A node's name as part of a file's.

    >>> file_name("Okinawa south/1")
    'Okinawa_south_1'
    """
    return re.sub(r"[^\w-]+", "_", node) or "_"
