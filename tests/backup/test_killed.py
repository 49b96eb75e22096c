"""A backup or a restore that is killed leaves what was there, or what was to be: nothing half done."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from backup_helpers import backed_up

from mihari.alerts.audit import verify
from mihari.alerts.records import Records
from mihari.backup import examined, restore
from mihari.backup.manifest import NODE

PROGRAM = Path(__file__).with_name("over_and_over.py")
DIE = random.Random(4)


def killed(what: str, source: Path, target: Path, after_s: float) -> int:
    """How often it was done before it was killed."""
    command = [sys.executable, str(PROGRAM), what, str(source), str(target)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdin is not None
        assert child.stdout.readline() == b"ready\n"
        child.stdin.write(b"go\n")
        child.stdin.flush()
        time.sleep(after_s)
        child.kill()
        return len(child.stdout.read().splitlines())


def whole(folder: Path, backup: Path) -> bool:
    """Whether all of a backup is there, and its records hold."""
    listed = {one.path: one.size for one in examined(backup).files if one.path != NODE}
    if any((folder / path).stat().st_size < size for path, size in listed.items()):
        return False
    records = Records(next((folder / "records").glob("*.sqlite"))).open()
    with records.read() as connection:
        verdict = verify(connection)
    records.close()
    return verdict.good and (folder / NODE).is_file()


@pytest.mark.slow
def test_a_killed_backup_leaves_the_one_before(tmp_path: Path) -> None:
    first, file = backed_up(tmp_path / "old"), tmp_path / "again.mihari-backup"
    file.write_bytes(first.read_bytes())
    times = []
    for _ in range(12):
        times.append(killed("backup", tmp_path / "old" / "node.toml", file, DIE.uniform(0.0, 0.3)))
        assert examined(file).node == "kume"
    assert any(times)
    killed("backup", tmp_path / "old" / "node.toml", tmp_path / "new.mihari-backup", 0.0)
    left = {path.name for path in tmp_path.iterdir()} - {"old", first.name, file.name, "new.mihari-backup"}
    assert all(name.startswith(".") for name in left)


@pytest.mark.slow
def test_a_killed_restore_leaves_a_whole_node(tmp_path: Path) -> None:
    file, target = backed_up(tmp_path / "old"), tmp_path / "kume"
    restore(file, target)
    times = []
    for _ in range(12):
        times.append(killed("restore", file, target, DIE.uniform(0.0, 0.5)))
        newest = max(tmp_path.glob("kume.before-*"), key=lambda path: path.stat().st_ctime, default=target)
        assert whole(target if target.exists() else newest, file)  # between two renames what was there has another name
        assert all(whole(path, file) for path in tmp_path.glob("kume.before-*"))
        restore(file, target, over=True)
        assert not (tmp_path / ".kume.restoring").exists()
    assert any(times)
