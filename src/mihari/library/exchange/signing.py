"""Who signs and who has signed: a node's key and certificate as they lie on disk. Ed25519 (RFC 8032), X.509 (RFC 5280).

    NAME.sign.key      Ed25519, PEM without a password
    NAME.author.pem    ties that key to the node's name, issued by the coast's authority
    ca.pem             the authority's certificate

An author is known by its id: the first 8 bytes of SHA-256 of the raw public key, as 16 hexadecimal digits.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import NameOID

from mihari.core.errors import BadInput
from mihari.core.section import file_name

KEY, CERTIFICATE, AUTHORITY = ".sign.key", ".author.pem", "ca.pem"
NAME_MOST = 40  # characters, as of a node's name
CHAIN_MOST = 8192  # bytes; an author's certificate and the authority's have about 1,500


def author_of(public_key: bytes) -> str:
    """The author id of a raw Ed25519 public key (32 bytes).

    >>> author_of(bytes(32))
    '66687aadf862bd77'
    """
    return hashlib.sha256(public_key).digest()[:8].hex()


def signed(public_key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the owner of a raw public key (32 bytes) has signed a message.

    >>> signed(bytes(32), b"it", bytes(64))
    False
    """
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


@dataclass(frozen=True, slots=True)
class Author:
    """What a certificate tells of an author, and the authority's certificate where it came along."""

    name: str
    public_key: bytes  # raw, 32 bytes
    begin: float  # s UTC
    end: float
    certificate: x509.Certificate
    authority: x509.Certificate | None  # None: did not come along, or has not issued it

    @classmethod
    def of(cls, chain: bytes) -> Self:
        """From the author's certificate, and perhaps the authority's behind it (PEM). BadInput for anything else."""
        try:
            first, *more = x509.load_pem_x509_certificates(chain if len(chain) <= CHAIN_MOST else b"")
            key = first.public_key()
            name = _name(first)
        except (ValueError, TypeError, UnsupportedAlgorithm, x509.InvalidVersion):
            raise BadInput(f"expected certificates (PEM) of at most {CHAIN_MOST} bytes") from None
        if not isinstance(key, Ed25519PublicKey):
            raise BadInput("expected the certificate of an author, which is over an Ed25519 key")
        begin, end = first.not_valid_before_utc.timestamp(), first.not_valid_after_utc.timestamp()
        authority = next((one for one in more if issued(first, one)), None)
        return cls(name, key.public_bytes_raw(), begin, end, first, authority)

    @property
    def id(self) -> str:
        """The author id, 16 hexadecimal digits."""
        return author_of(self.public_key)


@dataclass(frozen=True, slots=True)
class Signer:
    """An author with its private key, and the certificates that show who it is (PEM)."""

    author: Author
    key: Ed25519PrivateKey
    chain: bytes

    @classmethod
    def load(cls, folder: str | Path, node: str = "") -> Self:
        """From a node's folder of keys; `node` where it has those of several. BadInput where something is missing."""
        folder = Path(folder).expanduser()
        stem = file_name(node) if node else _only_one(folder)
        key = _private(folder / f"{stem}{KEY}")
        file = folder / f"{stem}{CERTIFICATE}"
        try:
            author = Author.of(_read(file) + _read(folder / AUTHORITY))
        except BadInput as problem:
            raise BadInput(f"{file}: {problem}") from None
        if author.public_key != key.public_key().public_bytes_raw():
            raise BadInput(f"{file}: expected the certificate of the key beside it")
        if author.authority is None:
            raise BadInput(f"{file}: expected to be issued by the authority in {AUTHORITY} beside it")
        return cls(author, key, pem(author.certificate) + pem(author.authority))

    def sign(self, message: bytes) -> bytes:
        """The signature of a message, 64 bytes."""
        return self.key.sign(message)


def issued(certificate: x509.Certificate, authority: x509.Certificate) -> bool:
    """Whether an authority has issued a certificate."""
    try:
        certificate.verify_directly_issued_by(authority)
    except (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm):
        return False
    return True


def fingerprint(certificate: x509.Certificate) -> str:
    """SHA-256 of a certificate (DER), 64 hexadecimal digits, as `openssl x509 -fingerprint -sha256` has it."""
    return certificate.fingerprint(hashes.SHA256()).hex()


def read_authority(path: Path) -> x509.Certificate:
    """The certificate in a PEM file; BadInput where there is none."""
    try:
        return x509.load_pem_x509_certificate(_read(path))
    except ValueError:
        raise BadInput(f"{path}: expected the certificate of an authority (PEM)") from None


def pem(certificate: x509.Certificate) -> bytes:
    """A certificate as text."""
    return certificate.public_bytes(Encoding.PEM)


def _name(certificate: x509.Certificate) -> str:
    names = [str(one.value) for one in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)]
    if len(names) != 1 or not 0 < len(names[0]) <= NAME_MOST or not names[0].isprintable():
        raise ValueError("one name")
    return names[0]


def _only_one(folder: Path) -> str:
    found = sorted(path.name.removesuffix(KEY) for path in folder.glob(f"*{KEY}"))
    if len(found) != 1:
        told = f"those of {', '.join(found)}" if found else "none: `mihari node init --mesh` makes them"
        raise BadInput(f"{folder}: expected the keys of one node, found {told}")
    return found[0]


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(_read(path), None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadInput(f"{path}: expected an Ed25519 private key without a password (PEM)")
    return key
