"""Keys: made once, read by their owner only, and nobody but the coast's authority makes an author."""

import stat
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from mihari.core.errors import BadInput
from mihari.mesh.authority import EARLY, NODE_DAYS, make_authority, make_identity
from mihari.mesh.keys import Authors, Identity, author_of

DAY = 86_400.0


@pytest.fixture
def coast(tmp_path):
    make_authority(tmp_path / "ca", "Ryukyu")
    return tmp_path


def identity(coast, name="naha", authority="ca", **more):
    return make_identity(coast / name, name, coast / authority, **more)


def test_an_identity_is_what_was_made(coast):
    made = identity(coast, "naha south")
    loaded = Identity.load(coast / "naha south")
    assert (loaded.name, loaded.author, loaded.certificate) == ("naha south", made.author, made.certificate)
    assert loaded.author == author_of(loaded.key.public_key().public_bytes_raw())
    assert not loaded.author.startswith("0")
    assert len(loaded.sign(b"x")) == 64


def test_keys_are_read_by_their_owner_only(coast):
    identity(coast)
    private = [*coast.glob("ca/*.key"), *coast.glob("naha/*.key")]
    assert len(private) == 5  # with modem.key in both
    assert {stat.S_IMODE(path.stat().st_mode) for path in private} == {0o600}


def test_nothing_is_written_over(coast):
    identity(coast)
    before = {path: path.read_bytes() for path in coast.rglob("*.*")}
    with pytest.raises(BadInput, match=r"naha.sign.key: is there already"):
        identity(coast)
    with pytest.raises(BadInput, match=r"ca.key: is there already"):
        make_authority(coast / "ca", "other")
    assert {path: path.read_bytes() for path in coast.rglob("*.*")} == before


def test_a_links_certificate_has_the_author_and_all_hosts(coast):
    made = identity(coast, hosts=["naha.example", "192.0.2.7"])
    shown = x509.load_pem_x509_certificate(made.tls_certificate.read_bytes())
    names = shown.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert shown.subject.rfc4514_string() == f"CN={made.author}"
    assert names.get_values_for_type(x509.DNSName) == ["localhost", "naha.example"]
    assert [str(a) for a in names.get_values_for_type(x509.IPAddress)] == ["127.0.0.1", "::1", "192.0.2.7"]


def test_authors_verify_what_their_author_signed_and_nothing_else(coast):
    naha, kume = identity(coast), identity(coast, "kume")
    book = Authors(coast / "ca" / "ca.pem")
    assert not book.verify(naha.author, b"m", naha.sign(b"m"))
    assert book.learn(naha.certificate) == (naha.author, "naha")
    assert book.learn(kume.certificate) == (kume.author, "kume")
    assert book.verify(naha.author, b"m", naha.sign(b"m"))
    assert not book.verify(naha.author, b"n", naha.sign(b"m"))
    assert not book.verify(kume.author, b"m", naha.sign(b"m"))
    assert not book.verify(naha.author, b"m", b"short")
    assert (book.name_of(kume.author), book.name_of("f" * 16)) == ("kume", "")


def test_another_authority_is_nobody_even_under_the_same_name(coast):
    make_authority(coast / "forged", "Ryukyu")
    stranger = identity(coast, "naha", "forged")
    with pytest.raises(BadInput, match="certificate of naha: not signed by this coast's authority"):
        Authors(coast / "ca" / "ca.pem").learn(stranger.certificate)


def test_no_certificate_but_an_authors_makes_an_author(coast):
    made, book = identity(coast), Authors(coast / "ca" / "ca.pem")
    for file in (made.tls_certificate, made.ca):
        der = x509.load_pem_x509_certificate(file.read_bytes()).public_bytes(Encoding.DER)
        with pytest.raises(BadInput, match="expected one over an Ed25519 key"):
            book.learn(der)
    for garbage in (b"", b"\x30\x82", made.certificate[:-1], made.certificate + bytes(4096), bytes(10_000_000)):
        with pytest.raises(BadInput, match=r"certificate of an author: expected X\.509"):
            book.learn(garbage)
    for at in range(len(made.certificate)):
        spoilt = bytearray(made.certificate)
        spoilt[at] ^= 0x11
        with pytest.raises(BadInput, match="certificate of"):
            book.learn(bytes(spoilt))


def test_a_certificate_holds_for_its_time(coast):
    made, now = identity(coast), [time.time()]
    book = Authors(coast / "ca" / "ca.pem", clock=lambda: now[0])
    book.learn(made.certificate)
    now[0] += (NODE_DAYS + 1) * DAY
    assert not book.verify(made.author, b"m", made.sign(b"m"))
    with pytest.raises(BadInput, match="certificate of naha: valid until 20"):
        book.learn(made.certificate)
    now[0] -= (NODE_DAYS + 2) * DAY + EARLY.total_seconds()
    with pytest.raises(BadInput, match="certificate of naha: valid from 20"):
        book.learn(made.certificate)


def test_a_name_with_two_keys_is_told(coast):
    old, told = identity(coast), []
    new = make_identity(coast / "new", "naha", coast / "ca")
    book = Authors(coast / "ca" / "ca.pem", tell=told.append)
    for certificate in (old.certificate, old.certificate, new.certificate, new.certificate):
        book.learn(certificate)
    assert told == [f"the name naha is that of {new.author} and, with another key, of {old.author}"]
    assert book.namesakes() == {"naha": [old.author, new.author]}


def test_the_book_is_bounded_and_forgets_who_was_not_heard_for_longest(coast):
    a, b, c = (identity(coast, name) for name in "abc")
    book = Authors(coast / "ca" / "ca.pem", most=2)
    book.learn(a.certificate)
    book.learn(b.certificate)
    assert book.verify(a.author, b"m", a.sign(b"m"))
    book.learn(c.certificate)
    assert [book.name_of(one.author) for one in (a, b, c)] == ["a", "", "c"]


def test_what_is_missing_or_mixed_up_is_one_sentence(coast):
    with pytest.raises(BadInput, match=r"none: cannot be read|expected the keys of one node, found none"):
        Identity.load(coast / "none")
    with pytest.raises(BadInput, match=r"ca.pem: cannot be read: no such file"):
        identity(coast, authority="nowhere")
    naha = identity(coast)
    make_identity(coast / "naha", "kume", coast / "ca")
    with pytest.raises(BadInput, match="found those of kume, naha"):
        Identity.load(coast / "naha")
    assert Identity.load(coast / "naha", "naha").author == naha.author
    (coast / "naha" / "naha.author.pem").write_bytes((coast / "naha" / "kume.author.pem").read_bytes())
    with pytest.raises(BadInput, match=r"expected the certificate of the key in naha.sign.key"):
        Identity.load(coast / "naha", "naha")
    (coast / "naha" / "kume.sign.key").write_text("x")
    with pytest.raises(BadInput, match="expected an Ed25519 private key"):
        Identity.load(coast / "naha", "kume")
    make_authority(coast / "other", "other")
    with pytest.raises(BadInput, match="is the certificate of another authority"):
        make_identity(coast / "naha", "third", coast / "other")


@pytest.mark.parametrize("name", ["", "x" * 41, "a\nb"])
def test_a_name_that_cannot_be_is_refused(coast, name):
    with pytest.raises(BadInput, match="expected 1 to 40 characters"):
        make_identity(coast / "n", name, coast / "ca")
