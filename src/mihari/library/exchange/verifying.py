"""A bundle and a trust list -> which of its patterns may be taken over, which may not and why, what is withdrawn.

A bundle is refused as a whole for its signer: unknown, revoked, with a certificate out of date, or not one to speak
for its release groups. In a bundle that is accepted, each pattern is judged by itself: its chain, its maker, whether
it is withdrawn, whether a later version is here already.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Self

from mihari.core.errors import BadInput
from mihari.library.exchange.bundle import Bundle
from mihari.library.exchange.manifest import Entry, Link, Withdrawal, seconds
from mihari.library.exchange.provenance import check_chain, holds, maker
from mihari.library.exchange.signing import Author, author_of
from mihari.library.exchange.trust import Trust, Vouched
from mihari.library.pattern import Pattern, examined

AHEAD_S = 86400.0  # that a bundle may be from the future: clocks of small nodes are wrong by hours, not by days


@dataclass(frozen=True, slots=True)
class Held:
    """A pattern that a node has already, and who made it (author id)."""

    name: str
    version: int
    digest: str
    maker: str


@dataclass(frozen=True, slots=True)
class Counting:
    """A withdrawal whose author is believed. A node keeps it beside its patterns: later bundles are held against it."""

    told: Withdrawal
    everywhere: bool  # of what others have made as well

    def hits(self, one: Held) -> bool:
        """Whether a pattern is withdrawn by it."""
        told = self.told
        if told.name != one.name or (told.versions and one.version not in told.versions):
            return False
        if told.digest and told.digest != one.digest:
            return False
        return self.everywhere or author_of(bytes.fromhex(told.key)) == one.maker


@dataclass(frozen=True, slots=True)
class Told:
    """Patterns and withdrawals with who signed them, as a bundle or another envelope has brought them."""

    patterns: Sequence[Entry]
    texts: Mapping[str, str]  # of the patterns, by name
    revokes: Sequence[Withdrawal]
    authors: Mapping[str, Author]  # by author id

    @classmethod
    def of(cls, bundle: Bundle) -> Self:
        """What is in a bundle."""
        told = bundle.manifest
        texts = {entry.name: bundle.text(entry.name) for entry in told.patterns}
        return cls(told.patterns, texts, told.revokes, bundle.certificates())


@dataclass(frozen=True, slots=True)
class Accepted:
    """A pattern that may be taken over. `unknown`: names of those who passed it on and are not on the trust list."""

    pattern: Pattern
    maker: str
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Refused:
    """A pattern, or a withdrawal, that is not taken over, and why."""

    name: str
    version: int  # 0: of a withdrawal
    why: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What may be taken over of a bundle."""

    signer: Vouched
    accepted: tuple[Accepted, ...]
    refused: tuple[Refused, ...]
    withdrawals: tuple[Counting, ...]  # those in the bundle
    withdrawn: tuple[Held, ...]  # of those that the node has

    def whole(self) -> None:
        """BadInput, one sentence, unless all of it may be taken over."""
        if self.refused:
            first, more = self.refused[0], len(self.refused) - 1
            raise BadInput(f"{first.name}: {first.why}" + (f"; and {more} more" if more else ""))


def verify(
    bundle: Bundle, trust: Trust, now: float, held: Iterable[Held] = (), withdrawals: Sequence[Counting] = (),
    older: bool = False,
) -> Verdict:  # fmt: skip
    """Judge a bundle at `now` (s UTC) for a node that has `held` patterns and keeps `withdrawals` of earlier bundles.
    `older`: take an older version of a pattern that is held. BadInput where the bundle is refused as a whole.
    """
    try:
        vouched = trust.vouched(bundle.signer, now)
        trust.speaks_for(bundle.signer.name, vouched, bundle.manifest.groups)
        if not bundle.signer.begin <= seconds(bundle.manifest.made) <= now + AHEAD_S:
            raise BadInput(f"was made on {bundle.manifest.made}: expected no time to come, nor before its certificate")
    except BadInput as problem:
        raise BadInput(f"{bundle.file}: {problem}") from None
    return judge(Told.of(bundle), trust, now, vouched, held, withdrawals, older)


def judge(
    told: Told, trust: Trust, now: float, vouched: Vouched, held: Iterable[Held] = (),
    withdrawals: Sequence[Counting] = (), older: bool = False,
) -> Verdict:  # fmt: skip
    """The same, pattern by pattern, of what `vouched` has brought."""
    judge = _Judge(told, trust, now, {one.name: one for one in held}, older)
    counting, refused = judge.withdrawals()
    known = [*(one for one in withdrawals if not trust.revoked(author_of(bytes.fromhex(one.told.key)))), *counting]
    accepted: list[Accepted] = []
    for entry in told.patterns:
        try:
            accepted.append(judge.pattern(entry, known))
        except BadInput as problem:
            refused.append(Refused(entry.name, entry.version, str(problem)))
    gone = [have for have in judge.held.values() if any(one.hits(have) for one in known)]
    return Verdict(vouched, tuple(accepted), tuple(refused), tuple(counting), tuple(gone))


class _Judge:
    def __init__(self, told: Told, trust: Trust, now: float, held: dict[str, Held], older: bool) -> None:
        self.told, self.trust, self.now, self.held, self.older = told, trust, now, held, older

    def pattern(self, entry: Entry, withdrawals: Sequence[Counting]) -> Accepted:
        """The pattern, BadInput where it may not be taken over."""
        check_chain(entry)
        unknown = self._chain(entry)
        it = Held(entry.name, entry.version, entry.digest, maker(entry))
        if found := next((one.told for one in withdrawals if one.hits(it)), None):
            raise BadInput(f"version {it.version} was withdrawn by {found.node} on {found.at[:10]}: {found.reason}")
        self._not_older(entry)
        pattern, mistakes = examined(self.told.texts[entry.name], f"{entry.name}.toml")
        if pattern is None:
            raise BadInput(str(mistakes[0]))
        if (pattern.name, pattern.file.version) != (entry.name, entry.version):
            raise BadInput(f"its file tells of {pattern.name} {pattern.file.version}, not of version {entry.version}")
        return Accepted(pattern, it.maker, unknown)

    def withdrawals(self) -> tuple[list[Counting], list[Refused]]:
        """Those whose author is believed, and the others."""
        counting: list[Counting] = []
        refused: list[Refused] = []
        for one in self.told.revokes:
            try:
                if not holds(one):
                    raise BadInput(f"the signature of {one.node} on its withdrawal does not hold")
                counting.append(Counting(one, self._vouched(one).may_revoke))
            except BadInput as problem:
                refused.append(Refused(one.name, 0, f"its withdrawal does not count: {problem}"))
        return counting, refused

    def _chain(self, entry: Entry) -> tuple[str, ...]:
        """Those who passed it on and are not known. BadInput where its maker is not believed, or one was revoked."""
        first, *others = entry.provenance
        self.trust.speaks_for(first.node, self._vouched(first), first.groups)
        unknown = []
        for link in others:
            self.trust.refuse_revoked(author_of(bytes.fromhex(link.key)), link.node)
            try:
                self._vouched(link)
            except BadInput:
                unknown.append(link.node)
        if seconds(entry.provenance[-1].at) > self.now + AHEAD_S:
            raise BadInput(f"was passed on at {entry.provenance[-1].at}, which is to come")
        return tuple(unknown)

    def _vouched(self, link: Link | Withdrawal) -> Vouched:
        """Why who signed this was believed when it did; a certificate may have ended since."""
        author = author_of(bytes.fromhex(link.key))
        found = self.told.authors.get(author)
        if found is None or found.public_key.hex() != link.key or found.name != link.node:
            raise BadInput(f"{link.node} ({author}): its certificate did not come along")
        return self.trust.vouched(found, seconds(link.at))

    def _not_older(self, entry: Entry) -> None:
        have = self.held.get(entry.name)
        if have is None or self.older:
            return
        if have.version > entry.version:
            raise BadInput(f"version {entry.version} is older than version {have.version}, which is here already")
        if have.version == entry.version and have.digest != entry.digest:
            raise BadInput(f"version {entry.version} is here already, with another content")
