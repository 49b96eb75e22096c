"""Who is there, where no link tells: signed messages of presence, and a lease after which silence means gone.

boot, 8 bytes          another one with every start
signature, 64 bytes    Ed25519 of "mihari alive " and boot
certificate            of the author, DER; nothing at all: it leaves
"""

from __future__ import annotations

from mihari.core.errors import BadInput
from mihari.mesh.keys import Authors, Identity

BOOT, SIGNATURE = 8, 64
SIGNED = b"mihari alive "


def alive(identity: Identity, boot: bytes) -> bytes:
    """The message of a node that is there."""
    return boot + identity.sign(SIGNED + boot) + identity.certificate


class Presence:
    """Who was heard within the lease. Times are s of any clock that only goes forward."""

    def __init__(self, authors: Authors, lease: float) -> None:
        self._authors, self._lease = authors, lease
        self._there: dict[str, tuple[bytes, float]] = {}  # author -> boot, when heard last

    def __contains__(self, author: str) -> bool:
        return author in self._there

    def hear(self, author: str, message: bytes, now: float) -> tuple[bool, bool]:
        """(it went, it came) by this message: both where it was started anew. BadInput for one that proves nothing."""
        before = self._there.get(author)
        if not message:
            self._there.pop(author, None)
            return before is not None, False
        boot, signature = message[:BOOT], message[BOOT : BOOT + SIGNATURE]
        if before is None or before[0] != boot:
            found, _ = self._authors.learn(message[BOOT + SIGNATURE :])
            if found != author or not self._authors.verify(author, SIGNED + boot, signature):
                raise BadInput(f"presence of {author}: expected its own signature")
        self._there[author] = boot, now
        return before is not None and before[0] != boot, before is None or before[0] != boot

    def gone(self, now: float) -> list[str]:
        """Who was silent for the lease, once."""
        silent = [author for author, (_, heard) in self._there.items() if now - heard > self._lease]
        for author in silent:
            del self._there[author]
        return silent

    def forget(self) -> list[str]:
        """All of them, where nothing can be heard any more."""
        there, self._there = list(self._there), {}
        return there
