"""A coast for these tests: an authority, nodes with keys, patterns, bundles that they make."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from mihari.library.exchange import Content, Signer, make
from mihari.library.pattern import Pattern, examined
from mihari.mesh.authority import make_authority, make_identity

sys.path.insert(0, str(Path(__file__).parents[1]))
from test_pattern import CRAWLS

NOW = 1_800_000_000.0
DAY = 86400.0


@dataclass(frozen=True)
class Coast:
    """An authority in a folder, and nodes with keys below it."""

    folder: Path

    @property
    def ca(self) -> Path:
        return self.folder / "authority" / "ca.pem"

    def keys(self, node: str, at: float = NOW - 100 * DAY) -> Path:
        """The folder of a node's keys, made where they are not there."""
        if not self.ca.exists():
            make_authority(self.folder / "authority", "coast", lambda: at)
        if not (self.folder / node).exists():
            make_identity(self.folder / node, node, self.folder / "authority", clock=lambda: at)
        return self.folder / node

    def signer(self, node: str, at: float = NOW - 100 * DAY) -> Signer:
        return Signer.load(self.keys(node, at))


def pattern(text: str = CRAWLS, **changes: str) -> Pattern:
    """The pattern of a text in which some words are replaced."""
    for old, new in changes.items():
        text = text.replace(old, new)
    found, mistakes = examined(text, "it.toml")
    assert found is not None, mistakes
    return found


def version(number: int, old: str = "", new: str = "") -> Pattern:
    """A later version of the pattern, perhaps with another word in it."""
    return pattern(CRAWLS.replace("version = 1", f"version = {number}").replace(old, new) if old else
                   CRAWLS.replace("version = 1", f"version = {number}"))  # fmt: skip


def bundle(signer: Signer, *patterns: Pattern, name: str = "nansei", at: float = NOW, **more) -> bytes:  # type: ignore[no-untyped-def]
    """A bundle of some patterns; without: of one."""
    return make(name, 1, [Content(one) for one in patterns or (pattern(),)], signer, at, **more)
