"""A coast's authority and the keys of its nodes, made with `cryptography`. X.509 (RFC 5280), Ed25519, EC P-256.

    ca.pem, ca.key        the authority; its key stays where nodes are made, no node needs it
    modem.key             random, the same for all nodes: by it they know each other over modems
    NAME.sign.key         Ed25519: signs what the node tells
    NAME.author.pem       ties that key to the node's name
    NAME.tls.key, .pem    EC P-256: what the node's links show; its common name is the author id

Keys are files that only their owner may read; nothing is ever written over.
"""

from __future__ import annotations

import ipaddress
import os
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from mihari.core.errors import BadInput
from mihari.core.section import file_name
from mihari.mesh.keys import MODEM_KEY, NAME_MAX, SUFFIXES, Identity, author_of, modem_key_in, read_certificate

AUTHORITY_DAYS = 20 * 365
NODE_DAYS = 5 * 365  # nobody passes by a buoy or an island every year
EARLY = timedelta(days=1)  # a node whose clock is a little behind can be met at once
LOOPBACK = ("localhost", "127.0.0.1", "::1")
USES = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only")  # fmt: skip

Clock = Callable[[], float]
PrivateKey = ec.EllipticCurvePrivateKey | Ed25519PrivateKey
PublicKey = ec.EllipticCurvePublicKey | Ed25519PublicKey


def make_authority(folder: str | Path, name: str, clock: Clock = time.time) -> Path:
    """A new authority in `folder`: ca.pem and ca.key. Returns ca.pem; BadInput where there is one already."""
    folder = _made(folder)
    files = _free(folder, ("ca.key", "ca.pem", MODEM_KEY))
    key, subject = ec.generate_private_key(ec.SECP256R1()), _named(f"Mihari {_checked(name)}")
    built = (
        _builder(subject, subject, key.public_key(), clock, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage("key_cert_sign", "crl_sign"), critical=True)
    )
    _write(files[0], _pem(key), 0o600)
    _write(files[1], built.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM), 0o644)
    _write(files[2], _random_key(), 0o600)
    return files[1]


def make_identity(
    folder: str | Path, name: str, authority: str | Path, hosts: Sequence[str] = (), clock: Clock = time.time
) -> Identity:
    """The keys of a node called `name`, certified by the authority in the folder `authority`, and its ca.pem beside.

    `hosts`: names and addresses by which others dial it, besides those of this machine. BadInput where such keys are.
    """
    folder, authority = _made(folder), Path(authority).expanduser()
    sign, author, tls_key, tls_certificate = _free(folder, [f"{file_name(_checked(name))}{s}" for s in SUFFIXES])
    ca, ca_key = read_certificate(authority / "ca.pem"), _authority_key(authority / "ca.key")
    key, link = _signing_key(), ec.generate_private_key(ec.SECP256R1())
    told = (
        _builder(_named(name), ca.subject, key.public_key(), clock, NODE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        # of messages, not of links: no TLS library takes it for a server's or a client's
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.EMAIL_PROTECTION]), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    shown = _link_certificate(author_of(key.public_key().public_bytes_raw()), link, ca, hosts, clock)
    _bring_ca(authority / "ca.pem", folder / "ca.pem")
    bring_modem_key(authority, folder)
    _write(sign, _pem(key), 0o600)
    _write(author, told.public_bytes(Encoding.PEM), 0o644)
    _write(tls_key, _pem(link), 0o600)
    _write(tls_certificate, shown.sign(ca_key, hashes.SHA256()).public_bytes(Encoding.PEM), 0o644)
    return Identity.load(folder, name)


def _link_certificate(
    author: str, key: ec.EllipticCurvePrivateKey, ca: x509.Certificate, hosts: Sequence[str], clock: Clock
) -> x509.CertificateBuilder:
    uses = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    names = x509.SubjectAlternativeName([_host(host) for host in dict.fromkeys((*LOOPBACK, *hosts))])
    return (
        _builder(_named(author), ca.subject, key.public_key(), clock, NODE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage(uses), critical=False)
        .add_extension(names, critical=False)
    )


def _signing_key() -> Ed25519PrivateKey:
    """A key whose author id does not begin with 0: Zenoh takes no id that does."""
    while True:
        key = Ed25519PrivateKey.generate()
        if not author_of(key.public_key().public_bytes_raw()).startswith("0"):
            return key


def _builder(subject: x509.Name, issuer: x509.Name, key: PublicKey, clock: Clock, days: int) -> x509.CertificateBuilder:
    now = datetime.fromtimestamp(clock(), UTC)
    return x509.CertificateBuilder(
        subject_name=subject, issuer_name=issuer, public_key=key, serial_number=x509.random_serial_number(),
        not_valid_before=now - EARLY, not_valid_after=now + timedelta(days=days),
    )  # fmt: skip


def _usage(*allowed: str) -> x509.KeyUsage:
    return x509.KeyUsage(**{use: use in allowed for use in USES})


def _named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def _checked(name: str) -> str:
    if not 0 < len(name) <= NAME_MAX or not name.isprintable():
        raise BadInput(f"name {name!r}: expected 1 to {NAME_MAX} characters that can be printed")
    return name


def _host(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return x509.DNSName(host)
    except ValueError:
        raise BadInput(f"host {host!r}: expected an address or a name in ASCII") from None


def _made(folder: str | Path) -> Path:
    folder = Path(folder).expanduser()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(f"{folder}: cannot be made: {(error.strerror or str(error)).lower()}") from None
    return folder


def _free(folder: Path, names: Sequence[str]) -> list[Path]:
    """The paths of files to write; BadInput before any is written where one is there."""
    paths = [folder / name for name in names]
    for path in paths:
        if path.exists():
            raise BadInput(f"{path}: is there already, and keys are never written over")
    return paths


def _authority_key(path: Path) -> ec.EllipticCurvePrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as error:
        raise BadInput(f"{path}: cannot be read: {(error.strerror or str(error)).lower()}") from None
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise BadInput(f"{path}: expected the authority's EC private key without a password (PEM)")
    return key


def _bring_ca(ca: Path, to: Path) -> None:
    if not to.exists():
        shutil.copyfile(ca, to)
    elif to.read_bytes() != ca.read_bytes():
        raise BadInput(f"{to}: is the certificate of another authority than {ca}")


def bring_modem_key(authority: Path, folder: Path) -> bool:
    """The key of the coast's modems into a node's folder; whether it was not there. An old authority gets one first."""
    ours, to = authority / MODEM_KEY, folder / MODEM_KEY
    if not ours.exists():
        _write(ours, _random_key(), 0o600)
    if not to.exists():
        _write(to, ours.read_bytes(), 0o600)
        return True
    if modem_key_in(folder) != modem_key_in(authority):
        raise BadInput(f"{to}: is another key than {ours}; expected the same at all nodes of a coast")
    return False


def _random_key() -> bytes:
    return f"{secrets.token_hex(32)}\n".encode()


def _pem(key: PrivateKey) -> bytes:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(path: Path, content: bytes, mode: int) -> None:
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {(error.strerror or str(error)).lower()}") from None
