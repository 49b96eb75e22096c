"""A node goes into one file and comes out of it again: all that it must not lose, nothing that was not asked for."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from backup_helpers import NOW, backed_up, node
from click.testing import CliRunner
from node_helpers import free_port

from mihari.alerts import tables
from mihari.alerts.actions import By
from mihari.alerts.audit import verify
from mihari.alerts.records import Records
from mihari.backup import Wanted, examined, restore, write
from mihari.cli import cli
from mihari.core.config import load
from mihari.core.errors import BadInput
from mihari.library import shelf


def states(path: Path) -> dict[str, str]:
    records = Records(path).open()
    with records.read() as connection:
        found = {s.pattern.name: s.state for s in shelf.listed(connection)}
    records.close()
    return found


def test_what_a_node_must_not_lose_comes_back(tmp_path: Path) -> None:
    file = backed_up(tmp_path / "old")
    shutil.rmtree(tmp_path / "old")
    done = restore(file, tmp_path / "new")
    config = load(done.node_file)
    assert done.audit.good
    assert done.audit.rows > 20
    assert states(Path(config.alerts.records))["dawdles"] == "active"
    assert Path(config.node.zones).read_text().startswith("{")
    assert Path(config.node.watch_lists[0]).read_text().endswith("ghost\n")
    assert (tmp_path / "new" / "records" / "kume.cases" / "ab" / "abcdef").stat().st_size == 10_240
    assert (tmp_path / "new" / "trust" / "trust.toml").read_text() == "format = 1\n"


def test_paths_of_the_node_file_lead_to_what_was_restored(tmp_path: Path) -> None:
    done = restore(backed_up(tmp_path / "old"), tmp_path / "new")
    config = load(done.node_file)
    assert config.alerts.records == str(tmp_path / "new" / "records" / "kume.sqlite")
    assert config.node.zones == str(tmp_path / "new" / "named" / "zones-zones.geojson")
    assert config.node.area == "nansei"
    assert config.library.trust == str(tmp_path / "new" / "trust" / "trust.toml")


def test_keys_go_in_only_where_they_are_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "old"
    file = tmp_path / "a"
    assert not [m for m in write(Wanted(node(folder, mesh=True)), file).files if "keys" in m.path]
    with_keys = write(Wanted(folder / "node.toml", keys=True), tmp_path / "b")
    assert [m.path for m in with_keys.files if "keys" in m.path] == ["keys/ca.pem", "keys/kume.sign.key"]
    done = restore(tmp_path / "b", tmp_path / "new")
    assert load(done.node_file).mesh.keys == str(tmp_path / "new" / "keys")
    assert load(restore(file, tmp_path / "other").node_file).mesh.keys == str(folder / "kume-keys")


def test_only_its_owner_may_read_it(tmp_path: Path) -> None:
    (tmp_path / "kume.mihari-backup").write_text("")
    (tmp_path / "kume.mihari-backup").chmod(0o644)
    write(Wanted(node(tmp_path / "old"), keys=True), tmp_path / "kume.mihari-backup", over=True)
    assert (tmp_path / "kume.mihari-backup").stat().st_mode & 0o777 == 0o600


def test_the_archive_goes_in_only_where_it_is_asked_for(tmp_path: Path) -> None:
    file = node(tmp_path / "old")
    file.write_text(file.read_text() + f'[archive]\npath = "{tmp_path}/archive"\n')
    (tmp_path / "archive" / "2026").mkdir(parents=True)
    (tmp_path / "archive" / "2026" / "steps.parquet").write_bytes(b"x" * 5000)
    assert not write(Wanted(file), tmp_path / "a").archive
    assert "archive" not in {m.path.partition("/")[0] for m in examined(tmp_path / "a").files}
    write(Wanted(file, archive=True), tmp_path / "b")
    done = restore(tmp_path / "b", tmp_path / "new")
    assert load(done.node_file).archive.path == str(tmp_path / "new" / "archive")
    assert (tmp_path / "new" / "archive" / "2026" / "steps.parquet").read_bytes() == b"x" * 5000


def test_other_programs_list_it(tmp_path: Path) -> None:
    if shutil.which("zstd") is None:
        pytest.skip("zstd is not on this machine")
    done = subprocess.run(["tar", "--zstd", "-tf", backed_up(tmp_path / "old")], capture_output=True, check=True)
    assert b"records/kume.sqlite\n" in done.stdout


def test_records_are_of_one_moment_while_somebody_writes(tmp_path: Path) -> None:
    file = node(tmp_path / "old")
    stopping = threading.Event()

    def decide() -> None:
        records = Records(tmp_path / "old" / "live" / "kume.sqlite", lambda: NOW).open()
        while not stopping.is_set():
            for state in ("trial", "active"):
                shelf.set_state(records, By("Mori", NOW), "dawdles", state)
        records.close()

    writer = threading.Thread(target=decide)
    writer.start()
    try:
        for k in range(4):
            write(Wanted(file), tmp_path / f"{k}")
    finally:
        stopping.set()
        writer.join()
    rows = [restore(tmp_path / f"{k}", tmp_path / f"new {k}").audit for k in range(4)]
    assert all(verdict.good for verdict in rows)
    assert rows[0].rows < rows[3].rows


def test_records_of_an_older_layout_are_brought_forward(tmp_path: Path) -> None:
    file = node(tmp_path / "old")
    with sqlite3.connect(tmp_path / "old" / "live" / "kume.sqlite") as older:
        for name in ("case_edit", "casebook", "case_about", "case_file", "case_author", "pattern",
                     "pattern_withdrawal", "pattern_fired"):  # fmt: skip
            older.execute(f"DROP TABLE {name}")
        older.execute("UPDATE head SET layout = 7")
    older.close()
    assert write(Wanted(file), tmp_path / "a").layout == 7
    done = restore(tmp_path / "a", tmp_path / "new")
    records = Records(load(done.node_file).alerts.records).open()
    with records.read() as connection:
        assert verify(connection).good
        assert connection.execute(tables.head.select()).one().layout == tables.LAYOUT
        assert connection.execute(tables.pattern.select()).all() == []
    records.close()


def test_what_is_there_is_kept(tmp_path: Path) -> None:
    file = backed_up(tmp_path / "old")
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "mine.txt").write_text("mine")
    with pytest.raises(BadInput, match=r"new: is there already; --force puts it beside"):
        restore(file, tmp_path / "new")
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["mine.txt"]
    for k in (1, 2):
        assert restore(file, tmp_path / "new", over=True).before == tmp_path / f"new.before-{k}"
    assert (tmp_path / "new.before-1" / "mine.txt").read_text() == "mine"
    assert (tmp_path / "new.before-2" / "node.toml").is_file()
    assert sorted(p.name for p in tmp_path.iterdir() if p.name.startswith(".")) == []


def test_a_backup_is_written_over_only_by_force(tmp_path: Path) -> None:
    file = backed_up(tmp_path / "old")
    before = file.read_bytes()
    with pytest.raises(BadInput, match="is there already; --force writes over it"):
        write(Wanted(tmp_path / "old" / "node.toml"), file)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (('records = "', 'records = "/nowhere'), "there are no records"),
        (("live/kume.sqlite", "postgres"), "there are no records"),
        (('records = "', 'records = "temporary" # '), "the node keeps no records"),
        (("zones.geojson", "away.geojson"), "away.geojson: there is no such file; the node file names it"),
    ],
)
def test_what_is_missing_is_told_and_nothing_is_left(tmp_path: Path, changed: tuple[str, str], told: str) -> None:
    file = node(tmp_path / "old")
    file.write_text(file.read_text().replace(*changed))
    with pytest.raises(BadInput, match=told):
        write(Wanted(file), tmp_path / "a")
    assert [path.name for path in tmp_path.iterdir()] == ["old"]


def test_records_that_are_none_are_told(tmp_path: Path) -> None:
    file = node(tmp_path / "old")
    (tmp_path / "old" / "live" / "kume.sqlite").write_bytes(b"no database" * 1000)
    with pytest.raises(BadInput, match="the records cannot be copied"):
        write(Wanted(file), tmp_path / "a")


def test_a_restored_node_starts_and_its_audit_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    node(tmp_path / "old", port=free_port())
    made = CliRunner().invoke(cli, ["backup", "old/node.toml", "--json"], catch_exceptions=False)
    assert json.loads(made.output)["file"] == "node.mihari-backup"
    looked = CliRunner().invoke(cli, ["restore", "node.mihari-backup", "--look"], catch_exceptions=False)
    assert "kume as it was" in looked.output
    shutil.rmtree("old")
    done = CliRunner().invoke(cli, ["restore", "node.mihari-backup"], catch_exceptions=False)
    assert "The audit holds" in done.output
    ran = subprocess.run(
        [sys.executable, "-m", "mihari", "run", "kume/node.toml", "--for", "1"], capture_output=True, check=False,
        timeout=240,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr.decode()
    verified = CliRunner().invoke(cli, ["alerts", "verify", "--node", "kume/node.toml"], catch_exceptions=False)
    assert verified.exit_code == 0
    assert verified.output.startswith("The audit holds")
