"""Two backups, or two restores, to one place at once: the second is refused and spoils nothing."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from backup_helpers import backed_up, node

from mihari.backup import Wanted, examined, restore, write
from mihari.backup.alone import alone
from mihari.core.errors import BadInput


def test_of_backups_at_once_each_is_whole_or_refused(tmp_path: Path) -> None:
    file, output = node(tmp_path / "one"), tmp_path / "it.mihari-backup"
    said: list[str] = []

    def back_up() -> None:
        try:
            write(Wanted(file), output, over=True)
        except BadInput as problem:
            said.append(str(problem))

    threads = [threading.Thread(target=back_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert examined(output).node
    assert {one.removeprefix(f"{output}: ") for one in said} <= {
        "a backup is written there already; expected one at a time"
    }
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_a_second_backup_leaves_the_one_before(tmp_path: Path) -> None:
    output = backed_up(tmp_path / "one")
    before = output.read_bytes()
    with alone(output, "a backup is written there"), pytest.raises(BadInput, match="a backup is written there already"):
        write(Wanted(node(tmp_path / "other")), output, over=True)
    assert output.read_bytes() == before


def test_a_second_restore_leaves_nothing(tmp_path: Path) -> None:
    backup, target = backed_up(tmp_path / "one"), tmp_path / "restored"
    with alone(target, "a node is restored there"), pytest.raises(BadInput, match="a node is restored there already"):
        restore(backup, target)
    assert not target.exists()


def test_a_lock_that_was_left_by_a_killed_one_holds_nobody_up(tmp_path: Path) -> None:
    backup, target = backed_up(tmp_path / "one"), tmp_path / "restored"
    target.with_name(".restored.lock").touch()
    assert restore(backup, target).node_file.is_file()
    assert not target.with_name(".restored.lock").exists()
