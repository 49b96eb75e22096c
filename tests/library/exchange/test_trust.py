"""A trust list: people read and write it, it is added to without touching what they wrote, its mistakes are told."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from exchange_coast import Coast

from mihari.core.errors import BadInput, ConfigError
from mihari.library.exchange import Signer, Trust, add_authority, add_signer, revoke, write_whole
from mihari.library.exchange.signing import Author, author_of
from mihari.mesh.keys import Identity
from mihari.mesh.keys import author_of as author_of_mesh

SINCE = date(2026, 7, 1)
KEY = bytes(range(32))
ID, NOBODY, DAY = author_of(KEY), "0" * 16, "since = 2026-07-01"
SIGNER = f'[[signer]]\nname = "a"\n{DAY}\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "trust.toml"


def test_an_author_has_the_id_that_the_mesh_knows_it_by(coast: Coast) -> None:
    identity, signer = Identity.load(coast.keys("naha")), Signer.load(coast.keys("naha"))
    assert (signer.author.id, signer.author.name) == (identity.author, identity.name)
    assert author_of(KEY) == author_of_mesh(KEY)


def test_what_is_added_is_read_again(file: Path) -> None:
    add_signer(file, "kume", SINCE, key=KEY, groups=["coast"], may_revoke=True, note='said "yes" by \x7f telephone\n')
    told = Trust.load(file).told
    assert told.signer[0].model_dump() == {
        "author": author_of(KEY), "name": "kume", "key": KEY.hex(), "authority": None, "since": SINCE,
        "groups": ("coast",), "may_revoke": True, "note": 'said "yes" by \x7f telephone\n',
    }  # fmt: skip


def test_what_people_wrote_stays(file: Path) -> None:
    written = f"# ours\nformat = 1\n\n[[signer]]  # the lighthouse\nauthor = \"{author_of(KEY)}\"\nname = 'kume'\n"
    file.write_text(written + f'key = "{KEY.hex()}"\nsince = 2026-07-01')
    before = file.read_text()
    revoke(file, author_of(KEY), date(2026, 8, 1), "stolen")
    assert file.read_text().startswith(before)
    assert Trust.load(file).told.revoked[0].since == date(2026, 8, 1)


def test_nobody_is_added_twice(file: Path) -> None:
    add_signer(file, "kume", SINCE, key=KEY)
    with pytest.raises(BadInput, match=r"kume .* is on the list already"):
        add_signer(file, "kume", SINCE, key=KEY)
    revoke(file, author_of(KEY), SINCE, "stolen")
    with pytest.raises(BadInput, match="is revoked already"):
        revoke(file, author_of(KEY), SINCE, "stolen")
    add_authority(file, "coast", "0" * 64, SINCE)
    with pytest.raises(BadInput, match="is on the list already"):
        add_authority(file, "coast", "0" * 64, SINCE)


def test_who_was_revoked_is_not_put_on_the_list_again(file: Path) -> None:
    revoke(file, author_of(KEY), SINCE, "stolen")
    with pytest.raises(BadInput, match="was revoked on 2026-07-01: stolen"):
        add_signer(file, "kume", SINCE, key=KEY)


def test_a_list_that_would_not_be_read_is_not_written(file: Path) -> None:
    add_signer(file, "kume", SINCE, key=KEY)
    before = file.read_bytes()
    for wrong in ({"groups": ["no such name"]}, {"author": "x"}, {"author": "0" * 16}):
        with pytest.raises(BadInput):
            add_signer(file, "aka", SINCE, **wrong)  # type: ignore[arg-type]
    with pytest.raises(BadInput, match=r"nowhere\.pem: cannot be read"):
        add_authority(file, "coast", "nowhere.pem", SINCE)
    assert file.read_bytes() == before
    assert os.listdir(file.parent) == ["trust.toml"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("format = 2", "trust.toml:1: format: 2; this version reads 1"),
        ("format = ", "trust.toml:1: not TOML"),
        ("[[signers]]", "trust.toml:1: signers: unknown key; did you mean signer?"),
        (f'{SIGNER}author = "x"', "trust.toml:4: signer[0].author: expected"),
        (f'{SIGNER}author = "{ID}"', "expected either key or authority"),
        (f'{SIGNER}author = "{NOBODY}"\nkey = "{KEY.hex()}"', f"the key is that of {ID}, not of {NOBODY}"),
        (2 * f'{SIGNER}author = "{ID}"\nkey = "{KEY.hex()}"\n', "is there twice; expected each author once"),
        (f'[[authority]]\nauthority = "ca.pem"\nname = "coast"\n{DAY}', "trust.toml:2: authority[0].authority"),
        (f'[[revoked]]\nauthor = "{NOBODY}"\n{DAY}', "reason: is missing"),
        (f'[[revoked]]\nauthor = "{NOBODY}"\nsince = "soon"\nreason = "lost"', "trust.toml:3: revoked[0].since"),
    ],
)  # fmt: skip
def test_a_mistake_in_it_is_told_with_its_line(file: Path, text: str, told: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as error:
        Trust.load(file)
    assert told in str(error.value)


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    file = tmp_path / "it"
    write_whole(file, b"one")
    with pytest.raises(BadInput, match="it: is there already"):
        write_whole(file, b"two", over=False)
    write_whole(file, b"three")
    assert file.read_bytes() == b"three"
    with pytest.raises(BadInput, match="cannot be written: no such file"):
        write_whole(tmp_path / "no" / "it", b"")
    assert os.listdir(tmp_path) == ["it"]


# keys on disk


def test_the_keys_of_one_among_several_are_named(coast: Coast) -> None:
    folder = coast.keys("naha")
    for file in coast.keys("kume").iterdir():
        (folder / file.name).write_bytes(file.read_bytes())
    with pytest.raises(BadInput, match="expected the keys of one node, found those of kume, naha"):
        Signer.load(folder)
    assert Signer.load(folder, "kume").author.name == "kume"


def test_keys_that_do_not_belong_together_are_refused(coast: Coast, tmp_path: Path) -> None:
    folder, other = coast.keys("naha"), Coast(tmp_path / "elsewhere").keys("naha")
    ours = (folder / "naha.author.pem").read_bytes()
    (folder / "naha.author.pem").write_bytes((other / "naha.author.pem").read_bytes())
    with pytest.raises(BadInput, match="expected the certificate of the key beside it"):
        Signer.load(folder)
    (folder / "naha.author.pem").write_bytes(ours)
    (folder / "ca.pem").write_bytes((other / "ca.pem").read_bytes())
    with pytest.raises(BadInput, match=r"expected to be issued by the authority in ca\.pem"):
        Signer.load(folder)


@pytest.mark.parametrize(("name", "told"), [("naha.sign.key", "expected an Ed25519 private key"),
                                            ("naha.author.pem", "expected the certificate of an author"),
                                            ("ca.pem", "issued by the authority")])  # fmt: skip
def test_a_file_of_keys_that_is_none_is_told(coast: Coast, name: str, told: str) -> None:
    folder = coast.keys("naha")
    (folder / name).write_text("nothing")
    with pytest.raises(BadInput, match=told):
        Signer.load(folder)


def test_a_folder_without_keys_is_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="found none: `mihari node init --mesh` makes them"):
        Signer.load(tmp_path)


def test_the_certificate_of_a_link_is_not_that_of_an_author(coast: Coast) -> None:
    with pytest.raises(BadInput, match="expected the certificate of an author, which is over an Ed25519 key"):
        Author.of((coast.keys("naha") / "naha.tls.pem").read_bytes())


@pytest.mark.parametrize("chain", [b"", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", bytes(9000)])
def test_what_is_no_certificate_is_refused(chain: bytes) -> None:
    with pytest.raises(BadInput, match="expected certificates"):
        Author.of(chain)
