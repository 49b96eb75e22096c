"""Whose patterns are taken over: a trust list, TOML that people read and write.

    [[signer]]       one author, by its id: with its public key, or with the authority whose certificate it must have
    [[authority]]    everybody with a certificate of an authority: ca.pem of a coast, or its fingerprint
    [[revoked]]      an author who is believed no longer, since when and why, whoever vouches for it

Each may be limited to some release groups, for which alone it may speak, and may be allowed to withdraw patterns that
others have made.
"""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Literal, Self

from cryptography import x509
from pydantic import AfterValidator, Field, ValidationError, model_validator

from mihari.core.errors import BadInput, ConfigError
from mihari.core.mistakes import as_one, explain, in_order
from mihari.core.section import Section
from mihari.core.toml_text import line_of, lines_of, read_tables, read_text
from mihari.library.exchange.manifest import Author as AuthorId
from mihari.library.exchange.manifest import Digest, Groups, Node, Words
from mihari.library.exchange.provenance import within
from mihari.library.exchange.signing import Author, author_of, fingerprint, issued, read_authority

FORMAT = 1
FINGERPRINT = 64  # hexadecimal digits


def _authority(text: str) -> str:
    plain = text.replace(":", "").lower()
    return plain if _is_fingerprint(plain) else text


Authority = Annotated[str, Field(min_length=1), AfterValidator(_authority)]


class SignerSection(Section):
    """One author who is believed."""

    author: AuthorId = Field(description="author id, 16 hexadecimal digits", examples=["66687aadf862bd77"])
    name: Node = Field(description="as its certificate has it", examples=["naha"])
    key: Digest | None = Field(None, description="its raw Ed25519 public key, 64 hexadecimal digits")
    authority: Authority | None = Field(None, description="who must have certified it: ca.pem or its fingerprint")
    since: date = Field(description="when it was put here", examples=["2026-07-01"])
    groups: Groups = Field((), description="release groups for which it may speak; none: all", examples=[["coast"]])
    may_revoke: bool = Field(False, description="may withdraw what others have made")
    note: str = Field("", description="who said that it is theirs, and how", examples=["read out by telephone"])

    @model_validator(mode="after")
    def _known(self) -> Self:
        if (self.key is None) is (self.authority is None):
            raise ValueError("expected either key or authority")
        if self.key and author_of(bytes.fromhex(self.key)) != self.author:
            raise ValueError(f"the key is that of {author_of(bytes.fromhex(self.key))}, not of {self.author}")
        return self


class AuthoritySection(Section):
    """An authority all of whose authors are believed."""

    authority: Authority = Field(description="ca.pem or its fingerprint", examples=["ca.pem"])
    name: Words = Field(description="whose authority it is", examples=["Nansei coast"])
    since: date = Field(description="when it was put here", examples=["2026-07-01"])
    groups: Groups = Field((), description="release groups for which its authors may speak; none: all")
    may_revoke: bool = Field(False, description="its authors may withdraw what others have made")
    note: str = Field("", description="who said that it is theirs, and how")


class RevokedSection(Section):
    """An author who is believed no longer."""

    author: AuthorId = Field(description="author id, 16 hexadecimal digits", examples=["66687aadf862bd77"])
    since: date = Field(description="since when", examples=["2026-07-01"])
    reason: Words = Field(description="why", examples=["the node was stolen"])


class TrustFile(Section):
    """A trust list."""

    format: Literal[1] = Field(1, description="of the file", examples=[1])
    signer: tuple[SignerSection, ...] = ()
    authority: tuple[AuthoritySection, ...] = ()
    revoked: tuple[RevokedSection, ...] = ()


@dataclass(frozen=True, slots=True)
class Vouched:
    """Why an author is believed, and for what."""

    by: str  # in a few words
    groups: tuple[str, ...]  # for which it may speak; (): all
    may_revoke: bool


@dataclass(frozen=True)
class Trust:
    """A trust list that has been read. `authorities`: as written -> certificate, of those in files."""

    file: str
    told: TrustFile
    authorities: dict[str, x509.Certificate]

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """From its file; ConfigError tells all mistakes of it."""
        return cls.of(read_text(path), path)

    @classmethod
    def of(cls, text: str, path: str | Path) -> Self:
        """The same from its text; certificates are looked for beside `path`."""
        told, lines = _read(text, str(path)), lines_of(text)
        authorities: dict[str, x509.Certificate] = {}
        for kind in ("signer", "authority"):
            for number, one in enumerate(getattr(told, kind)):
                if one.authority is None or _is_fingerprint(one.authority):
                    continue
                try:
                    file = Path(path).parent / Path(one.authority).expanduser()
                    authorities[one.authority] = read_authority(file)
                except BadInput as problem:
                    line = line_of(lines, (kind, number, "authority"))
                    raise ConfigError(str(path), f"{kind}[{number}].authority", str(problem), line) from None
        return cls(str(path), told, authorities)

    def vouched(self, author: Author, now: float) -> Vouched:
        """Why an author is believed at `now` (s UTC). BadInput, one sentence, where it is not."""
        self.refuse_revoked(author.id, author.name)
        if not author.begin <= now <= author.end:
            day = datetime.fromtimestamp(author.end if now > author.end else author.begin, UTC).date()
            told = "expired on" if now > author.end else "is not valid before"
            raise BadInput(f"the certificate of {author.name} ({author.id}) {told} {day}")
        for one in self.told.signer:
            if one.author == author.id:
                if one.key is None and not self._issued(author, one.authority or ""):
                    raise BadInput(f"{author.name} ({author.id}): its certificate is not by {one.authority}")
                return Vouched(f"{one.name} is on the list", one.groups, one.may_revoke)
        for all_of in self.told.authority:
            if self._issued(author, all_of.authority):
                return Vouched(f"certified by {all_of.name}", all_of.groups, all_of.may_revoke)
        raise BadInput(f"{author.name} ({author.id}) is not on the trust list {self.file}")

    def revoked(self, author: str) -> bool:
        """Whether an author is believed no longer."""
        return any(one.author == author for one in self.told.revoked)

    def refuse_revoked(self, author: str, name: str) -> None:
        """BadInput where an author is believed no longer."""
        if found := next((one for one in self.told.revoked if one.author == author), None):
            raise BadInput(f"the key of {name} ({author}) was revoked on {found.since}: {found.reason}")

    def speaks_for(self, name: str, vouched: Vouched, groups: Sequence[str]) -> None:
        """BadInput where what is for `groups` is not for an author to tell."""
        if not within(groups, vouched.groups):
            found = ", ".join(groups) or "everybody"
            raise BadInput(f"{name} may speak for {', '.join(vouched.groups)} only, and it is for {found}")

    def _issued(self, author: Author, authority: str) -> bool:
        if _is_fingerprint(authority):
            came = author.authority
            return came is not None and fingerprint(came) == authority
        return issued(author.certificate, self.authorities[authority])


def _is_fingerprint(text: str) -> bool:
    return len(text) == FINGERPRINT and not set(text) - set("0123456789abcdef")


def _read(text: str, file: str) -> TrustFile:
    tables, mistakes = read_tables(file, text)
    found = tables.get("format", FORMAT)
    if isinstance(found, int) and found > FORMAT:
        raise ConfigError(file, "format", f"{found}; this version reads {FORMAT}", line_of(lines_of(text), ("format",)))
    if mistakes:
        raise as_one(mistakes)
    try:
        told = TrustFile.model_validate(tomllib.loads(text))
    except ValidationError as error:
        raise as_one(in_order(explain(file, text, error, TrustFile))) from None
    authors = [one.author for one in told.signer]
    if twice := next((author for author in authors if authors.count(author) > 1), ""):
        raise ConfigError(file, "signer", f"{twice} is there twice; expected each author once")
    return told
