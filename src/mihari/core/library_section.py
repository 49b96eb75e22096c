"""`[library]` of a node file: which patterns the node begins with, and whom it believes."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from mihari.core.section import Section


class LibrarySection(Section):
    """`[library]`: the patterns that this node begins with, and whose it believes; see library.md."""

    starting: Literal["none", "trial", "active"] = Field(
        "none", description="those that come with Mihari are held from the first start on: silently, or raising alerts",
        examples=["trial"],
    )  # fmt: skip
    trust: str = Field(
        "", description="the list of who is believed (trust.toml), for bundles that other nodes offer",
        examples=["trust.toml"],
    )  # fmt: skip
