"""What was changed, cut short or made up is refused in one sentence, before anything is written."""

from __future__ import annotations

import tarfile
from pathlib import Path

import numpy as np
import pytest
from backup_helpers import Made, backed_up, plain, sealed, told

from mihari.backup import examined, restore
from mihari.core.errors import BadInput

GOOD: Made = [plain("node.toml", b"[node]\n"), plain("records/kume.sqlite", b"records")]


def refused(file: Path, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as problem:
        restore(file, file.parent / "new")
    assert "\n" not in str(problem.value)
    assert sorted(path.name for path in file.parent.iterdir()) == [file.name]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kume.mihari-backup"


def test_what_is_made_up_well_is_understood(file: Path) -> None:
    assert examined(sealed(file, GOOD, told(GOOD))).node == "kume"


def test_one_changed_byte_anywhere_is_refused(tmp_path: Path) -> None:
    good = backed_up(tmp_path / "old" / "node")
    data, rng = good.read_bytes(), np.random.default_rng(5)
    places = [0, 1, len(data) - 1, len(data) - 33, len(data) - 40, *rng.integers(0, len(data), 60).tolist()]
    folder = tmp_path / "changed"
    folder.mkdir()
    for place in places:
        changed = bytearray(data)
        changed[place] ^= 1 << int(rng.integers(8))
        (folder / "one").write_bytes(changed)
        refused(folder / "one", "no backup, or it was changed or cut short")


def test_what_is_cut_short_is_refused(tmp_path: Path) -> None:
    data = backed_up(tmp_path / "old" / "node").read_bytes()
    folder = tmp_path / "cut"
    folder.mkdir()
    for size in (0, 1, 39, 40, 41, len(data) // 2, len(data) - 40, len(data) - 1):
        (folder / "one").write_bytes(data[:size])
        refused(folder / "one", "no backup, or it was changed or cut short")


def test_a_later_format_is_refused(file: Path) -> None:
    refused(sealed(file, GOOD, told(GOOD, format=2, new="what")), "backup of format 2; this version reads up to 1")


def test_records_of_a_later_layout_are_refused(file: Path) -> None:
    refused(sealed(file, GOOD, told(GOOD, layout=99)), "layout 99, this Mihari knows up to .*: expected a newer Mihari")


@pytest.mark.parametrize(
    "path",
    ["../out", "/etc/passwd", "records/../../out", "a//b", "./a", "a\\b", "c:d", "a\nb"],
)
def test_a_path_that_leaves_the_folder_is_refused(file: Path, path: str) -> None:
    members = [*GOOD, plain(path, b"out")]
    refused(sealed(file, members, told(members)), "expected a path within the folder")


@pytest.mark.parametrize(
    "kind",
    [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE,
     tarfile.CONTTYPE, tarfile.GNUTYPE_SPARSE, tarfile.GNUTYPE_LONGNAME, tarfile.XHDTYPE, tarfile.XGLTYPE],
)  # fmt: skip
def test_what_is_no_plain_file_is_refused(file: Path, kind: bytes) -> None:
    info = tarfile.TarInfo("records/link")
    info.type, info.linkname = kind, "/etc/passwd"
    members = [*GOOD, (info.tobuf(tarfile.USTAR_FORMAT), b"")]
    refused(sealed(file, members, told(GOOD)), "is a link, a device or a folder; expected files only")


@pytest.mark.parametrize(
    ("members", "manifest", "sentence"),
    [
        (GOOD, None, "manifest.json is missing"),
        ([*GOOD, GOOD[0]], told(GOOD), "node.toml stands in it twice"),
        (GOOD, told(GOOD[:1]), "records/kume.sqlite is not what manifest.json says of it"),
        (GOOD[:1], told(GOOD), "records/kume.sqlite is missing"),
        (GOOD[1:], told(GOOD[1:]), "node.toml is missing"),
        ([GOOD[0], plain("records/kume.sqlite", b"Records")], told(GOOD), "is not what manifest.json says of it"),
        (GOOD, told(GOOD, files=[]), "is not what manifest.json says of it"),
        (GOOD, told(GOOD, places=[{"key": ["alerts", "records"], "path": "../x"}]), "expected a path within"),
        (GOOD, told(GOOD, layout="eight"), "manifest.json: layout"),
        ([(bytes([7]) * 512, b""), *GOOD], told(GOOD), "no header of a file where one is expected"),
        (GOOD, told(GOOD), "file is not a database|records"),
    ],
)
def test_what_does_not_fit_together_is_refused(
    file: Path, members: Made, manifest: dict[str, object] | None, sentence: str
) -> None:
    refused(sealed(file, members, manifest), sentence)


def test_what_follows_the_manifest_is_refused(file: Path) -> None:
    refused(sealed(file, GOOD, told(GOOD), after=b"more"), "something follows manifest.json")


def test_a_file_that_says_to_be_longer_than_it_is_is_refused(file: Path) -> None:
    info = tarfile.TarInfo("records/kume.sqlite")
    info.size = 7 << 30
    members = [GOOD[0], (info.tobuf(tarfile.USTAR_FORMAT), b"short")]
    refused(sealed(file, members, None), "ends in the middle")


def test_a_backup_that_swells_takes_no_memory_and_no_disk(file: Path) -> None:
    members = [*GOOD, plain("records/zeros", bytes(200 << 20))]
    swelling = sealed(file, members, told(GOOD))
    assert swelling.stat().st_size < 1 << 20
    refused(swelling, "records/zeros is not what manifest.json says of it")
