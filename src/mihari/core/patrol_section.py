"""The section of a node file about the patrol: `[patrol]`, which sea is looked at round the clock, by which plan."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mihari.core.section import Section


class PatrolSection(Section):
    """`[patrol]`: the sea that this node's vehicles look at round the clock; see patrol.md."""

    file: str = Field(
        "", description="patrol file, or nansei, which comes with Mihari; none: no patrol", examples=["nansei"]
    )
    plan: str = Field(
        "", description="a plan of it made by `mihari plan`; default: the node makes one", examples=["plan.json"]
    )
    seconds: float = Field(60.0, gt=0.0, le=3600.0, description="of search for a plan, beside what runs")
    start: Literal["file", "now"] = Field(
        "file", description="when it begins: as its file says, or now: when the node first starts with it",
        examples=["now"],
    )  # fmt: skip
