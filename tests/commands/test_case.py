"""`mihari case` on records: from an alert to a report, beside a node that may be running."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "alerts"))
sys.path.insert(0, str(Path(__file__).parents[1] / "cases"))
from alert_helpers import check
from case_helpers import SHADY, evening, written_archive

from mihari.alerts.records import Records
from mihari.cases.report import CHECK
from mihari.cli import cli
from mihari.core.errors import BadInput


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Records of an evening's alerts; what was written is checked in the end."""
    records = Records(tmp_path / "r.sqlite").open()
    evening(records)
    records.close()
    yield tmp_path / "r.sqlite"
    check(records)
    records.close()


def mihari(*arguments: object) -> tuple[int, str]:
    """The command in this process: exit code and output, or the error people would see as one sentence."""
    result = CliRunner(env={"COLUMNS": "200"}).invoke(cli, [str(argument) for argument in arguments])
    if isinstance(result.exception, BadInput):
        return 2, str(result.exception)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result.exit_code, result.output


def case(path: Path, *arguments: object) -> str:
    """What a command on these records says; it succeeds."""
    code, said = mihari("case", *arguments, "--records", path)
    assert code == 0, said
    return said


def shown(path: Path, number: int = 1) -> dict:
    return json.loads(case(path, "show", number, "--json"))


def test_from_an_alert_to_a_report(path, tmp_path):
    archive = written_archive(tmp_path / "archive")
    said = case(path, "open", 1, "--who", "Sato", "--archive", archive)
    assert said.startswith("1  open  gap, rendezvous: KAIYO MARU (431000001), STAR 9 (636012345)  alert 1")
    case(path, "note", 1, "two men on deck", "--who", "Mori")
    case(path, "action", 1, "hailed, no answer", "--by", "patrol 7", "--who", "Mori")
    case(path, "edit", 1, "--analysis", "a drill", "--who", "Mori")
    case(path, "edit", 1, "--analysis", "no drill", "--title", "Boat", "--who", "Sato")
    words = ("--kind", "transfer at sea", "--done", "boarded", "--done-by", "patrol 7", "--ended", "they parted")
    said = case(path, "close", 1, "--outcome", "confirmed", *words, "--sooner", "radar alone", "--who", "Sato")
    assert said.startswith("1  closed: confirmed, transfer at sea  Boat  alert 1")
    said = case(path, "report", 1, "-o", tmp_path / "case.html", "--area", "nansei", "--archive", archive)
    assert said.startswith(f"{tmp_path / 'case.html'}: ")
    text = (tmp_path / "case.html").read_text("utf-8")
    for words in ("KAIYO MARU", "two men on deck", "patrol 7", "radar alone", "NIGHT &lt;b&gt;STAR&lt;/b&gt;", "GSHHG"):
        assert words in text
    found = subprocess.run(CHECK, shell=True, cwd=tmp_path, capture_output=True, text=True, check=True).stdout
    assert f"<code id='hash'>{found.split()[0]}</code>" in text


def test_the_page_of_a_case_shows_whose_word_counts_and_whose_does_not(path):
    case(path, "open", 1, "--who", "Sato", "--title", "Boat")
    case(path, "edit", 1, "--analysis", "a drill", "--who", "Mori")
    case(path, "edit", 1, "--analysis", "no drill", "--who", "Sato")
    said = case(path, "show", 1)
    assert "  analysis: no drill\n    Mori wrote at " in said
    assert re.search(r"Mori wrote at \S+Z: a drill\n", said)


def test_an_item_is_withdrawn_by_the_id_that_is_shown(path):
    case(path, "open", 1, "--who", "Sato")
    case(path, "note", 1, "two men", "--who", "Mori")
    item = re.search(r"note (\S{12}): two men", case(path, "show", 1))
    assert item is not None
    case(path, "withdraw", 1, item[1], "--why", "another boat", "--who", "Sato")
    assert "two men  — WITHDRAWN by Sato: another boat" in case(path, "show", 1)


def test_a_file_is_kept_under_its_hash(path, tmp_path):
    case(path, "open", 1, "--who", "Sato")
    (tmp_path / "log.txt").write_bytes(b"port log")
    case(path, "file", 1, tmp_path / "log.txt", "--what", "port log of that day", "--who", "Mori")
    one = next(e for e in shown(path)["lists"]["evidence"] if e["kind"] == "file")
    assert (one["name"], one["what"], one["sha256"]) == (
        "log.txt", "port log of that day", hashlib.sha256(b"port log").hexdigest(),
    )  # fmt: skip


def test_lists(path):
    assert case(path, "list") == "no cases (open)\n"
    case(path, "open", 1, "--who", "Sato")
    case(path, "open", 2, "--who", "Sato")
    case(path, "close", 1, "--outcome", "benign", "--who", "Mori")
    assert [line.split()[0] for line in case(path, "list", "--status", "all").splitlines()] == ["1", "2"]
    assert [line.split()[0] for line in case(path, "list").splitlines()] == ["2"]
    told = json.loads(case(path, "list", "--status", "all", "--mmsi", SHADY, "--json"))
    assert [one["number"] for one in told["cases"]] == [1]
    assert case(path, "list", "--status", "all", "--outcome", "false") == "no cases (all)\n"


def test_opened_again(path):
    case(path, "open", 1, "--who", "Sato")
    case(path, "close", 1, "--outcome", "unknown", "--who", "Sato")
    assert case(path, "reopen", 1, "--who", "Mori").startswith("1  open: unknown  ")


def test_what_could_not_be_had_is_said(path, tmp_path):
    for still in (tmp_path / "r.attachments").rglob("*.jpg"):
        still.unlink()
    assert "  could not be had: attachment 1: its file is gone" in case(path, "open", 1, "--who", "Sato")


def test_the_archive_and_the_coast_are_those_of_the_node(path, tmp_path):
    written_archive(tmp_path / "archive")
    node = tmp_path / "naha.toml"
    node.write_text(
        f'[node]\nname = "naha"\narea = "nansei"\n[archive]\nenabled = true\npath = "{tmp_path / "archive"}"\n'
        f'[alerts]\nrecords = "{path}"\n'
    )
    code, said = mihari("case", "open", 1, "--who", "Sato", "--node", node)
    assert (code, "719 positions; archive" in said) == (0, True)
    code, said = mihari("case", "report", 1, "-o", tmp_path / "case.html", "--node", node)
    assert code == 0, said
    text = (tmp_path / "case.html").read_text("utf-8")
    assert "at naha" in text
    assert "GSHHG" in text


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("show", 9), "there is no case 9"),
        (("open", 9, "--who", "Sato"), "there is no alert 9"),
        (("open", 1, "--who", " "), "who: expected the name"),
        (("note", 1, "", "--who", "Sato"), "there is no case 1"),
        (("report", 1, "-o", "case.pdf"), "expected a name that ends in .html"),
        (("file", 1, "/nowhere/x", "--who", "Sato"), "/nowhere/x: no such file or directory"),
        (("open", 1, "--who", "Sato", "--archive", "/nowhere"), "/nowhere: no such archive"),
        (("close", 1, "--outcome", "sure", "--who", "Sato"), "'sure' is not one of"),
    ],
)
def test_mistakes_are_one_sentence(path, arguments, sentence):
    if arguments[0] == "report":
        case(path, "open", 1, "--who", "Sato")
    code, said = mihari("case", *arguments, "--records", path)
    assert code == 2
    assert sentence in said


def test_words_from_a_hostile_vessel_do_not_act_in_the_terminal(path):
    case(path, "open", 1, "--who", "Sato\x1b[31m", "--title", "\x1b]0;owned\x07\u202eBoat")
    said = case(path, "show", 1) + case(path, "list")
    assert not re.search("[\x00-\x09\x0b-\x1f\u202e]", said)
