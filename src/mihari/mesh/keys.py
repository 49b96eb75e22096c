"""Who said it: a node's `Identity` signs, the book of `Authors` checks. Ed25519 (RFC 8032), X.509 (RFC 5280).

An author is known by its id: the first 8 bytes of SHA-256 of its raw Ed25519 public key, as 16 hexadecimal digits.
What ties a key to a node's name is its author certificate, signed by the coast's authority (`mihari.mesh.authority`).
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from mihari.core.errors import BadInput
from mihari.core.section import file_name

NAME_MAX = 40  # characters, as of [node] name
CERTIFICATE_MAX = 2048  # bytes; ours have about 500
AUTHORS_MAX = 4096  # nodes that a coast may have; each costs about 1 kB
MODEM_KEY = "modem.key"  # of the coast, all nodes have the same
SUFFIXES = (".sign.key", ".author.pem", ".tls.key", ".tls.pem")  # the files of an identity

log = logging.getLogger(__name__)


def author_of(public_key: bytes) -> str:
    """The author id of a raw Ed25519 public key (32 bytes).

    >>> author_of(bytes(32))
    '66687aadf862bd77'
    """
    return hashlib.sha256(public_key).digest()[:8].hex()


@dataclass(frozen=True, slots=True)
class Identity:
    """A node's keys: what it signs with, and what its links show. Made by `mihari.mesh.authority.make_identity`."""

    name: str
    author: str  # author id, 16 hexadecimal digits
    certificate: bytes  # of the author, DER
    key: Ed25519PrivateKey
    tls_key: Path
    tls_certificate: Path
    ca: Path
    modem_key: bytes = b""  # by which the coast's nodes know each other over modems; b"": this node has none

    @classmethod
    def load(cls, folder: str | Path, name: str = "") -> Identity:
        """The identity in a folder, beside the authority's ca.pem; `name` where there are several. BadInput without."""
        folder = Path(folder).expanduser()
        stem = file_name(name) if name else _only_one(folder)
        sign, author, tls_key, tls_certificate = (folder / f"{stem}{suffix}" for suffix in SUFFIXES)
        key, certificate = _signing_key(sign), read_certificate(author)
        for file in (tls_key, tls_certificate, folder / "ca.pem"):
            _read(file)
        raw = key.public_key().public_bytes_raw()
        if _public(certificate).public_bytes_raw() != raw:
            raise BadInput(f"{author}: expected the certificate of the key in {sign.name}, found that of another")
        der = certificate.public_bytes(Encoding.DER)
        name, shared = _name(certificate), modem_key_in(folder)
        return cls(name, author_of(raw), der, key, tls_key, tls_certificate, folder / "ca.pem", shared)

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        return self.key.sign(message)


def _only_one(folder: Path) -> str:
    found = sorted(path.name.removesuffix(SUFFIXES[0]) for path in folder.glob(f"*{SUFFIXES[0]}"))
    if len(found) != 1:
        told = f"those of {', '.join(found)}" if found else "none: `mihari node init --mesh` makes them"
        raise BadInput(f"{folder}: expected the keys of one node, found {told}")
    return found[0]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None


def modem_key_in(folder: Path) -> bytes:
    """The key that the coast's nodes share, 16 to 64 bytes; b"" where there is none. BadInput for another content."""
    path = folder / MODEM_KEY
    if not path.exists():
        return b""
    try:
        key = bytes.fromhex(_read(path).decode("ascii", "replace").strip())
    except ValueError:
        key = b""
    if not 16 <= len(key) <= 64:
        raise BadInput(f"{path}: expected 32 to 128 hexadecimal digits")
    return key


def _signing_key(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(_read(path), None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput(f"{path}: expected an Ed25519 private key without a password (PEM)")
    return key


def read_certificate(path: Path) -> x509.Certificate:
    """The certificate in a PEM file; BadInput where there is none."""
    try:
        return x509.load_pem_x509_certificate(_read(path))
    except ValueError:
        raise BadInput(f"{path}: expected a certificate (PEM)") from None


def _public(certificate: x509.Certificate) -> Ed25519PublicKey:
    key = certificate.public_key()
    if not isinstance(key, Ed25519PublicKey):  # so that no certificate of a link passes for one of an author
        raise BadInput("certificate of an author: expected one over an Ed25519 key")
    return key


def _name(certificate: x509.Certificate) -> str:
    names = [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if len(names) != 1 or not 0 < len(names[0]) <= NAME_MAX or not names[0].isprintable():
        raise BadInput(f"certificate of an author: expected one name of 1 to {NAME_MAX} characters")
    return names[0]


@dataclass(frozen=True, slots=True)
class _Author:
    name: str
    key: Ed25519PublicKey
    begin: float  # s UTC
    end: float


class Authors:
    """The authors this node has met: whose certificate the coast's authority signed. Bounded: who was not heard for
    longest is forgotten, and learned again with the next certificate. One thread uses it.

    A reinstalled node has a new key under its old name: both are known, and it is told (`tell`, `namesakes`).
    """

    def __init__(
        self,
        ca: str | Path,
        clock: Callable[[], float] = time.time,
        most: int = AUTHORS_MAX,
        tell: Callable[[str], None] = log.warning,
    ) -> None:
        self._ca = read_certificate(Path(ca).expanduser())
        self._clock, self._most, self._tell = clock, most, tell
        self._known: OrderedDict[str, _Author] = OrderedDict()

    def learn(self, certificate: bytes) -> tuple[str, str]:
        """(author id, name) of a certificate (DER); BadInput where it is none, of another authority, or out of date."""
        found = self._checked(certificate)
        author = author_of(found.key.public_bytes_raw())
        if author not in self._known and (others := self._of_name(found.name)):
            self._tell(f"the name {found.name} is that of {author} and, with another key, of {', '.join(others)}")
        self._known[author] = found
        self._known.move_to_end(author)
        if len(self._known) > self._most:
            self._known.popitem(last=False)
        return author, found.name

    def _checked(self, der: bytes) -> _Author:
        try:
            certificate = x509.load_der_x509_certificate(der if len(der) <= CERTIFICATE_MAX else b"")
            found = _author(certificate)
        except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
            expected = f"expected X.509 (DER) of at most {CERTIFICATE_MAX} bytes"
            raise BadInput(f"certificate of an author: {expected}") from None
        try:
            certificate.verify_directly_issued_by(self._ca)
        except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
            raise BadInput(f"certificate of {found.name}: not signed by this coast's authority") from None
        if not found.begin <= (now := self._clock()) <= found.end:
            day = datetime.fromtimestamp(found.end if now > found.end else found.begin, UTC).date()
            raise BadInput(f"certificate of {found.name}: valid {'until' if now > found.end else 'from'} {day}")
        return found

    def verify(self, author: str, message: bytes, signature: bytes) -> bool:
        """Whether a known author, whose certificate still holds, signed this message."""
        known = self._known.get(author)
        if known is None or not known.begin <= self._clock() <= known.end:
            return False
        try:
            known.key.verify(signature, message)
        except InvalidSignature:
            return False
        self._known.move_to_end(author)
        return True

    def name_of(self, author: str) -> str:
        """The name of an author; "" of one not known."""
        known = self._known.get(author)
        return known.name if known else ""

    def with_prefix(self, digits: str) -> str:
        """The author whose id begins so; "" where none does that is known, or several."""
        found = [author for author in list(self._known) if author.startswith(digits)]
        return found[0] if len(found) == 1 else ""

    def namesakes(self) -> dict[str, list[str]]:
        """Name -> authors, of names that several keys have."""
        several = {known.name: self._of_name(known.name) for known in self._known.values()}
        return {name: authors for name, authors in several.items() if len(authors) > 1}

    def _of_name(self, name: str) -> list[str]:
        return [author for author, known in self._known.items() if known.name == name]


def _author(certificate: x509.Certificate) -> _Author:
    return _Author(
        _name(certificate),
        _public(certificate),
        certificate.not_valid_before_utc.timestamp(),
        certificate.not_valid_after_utc.timestamp(),
    )
