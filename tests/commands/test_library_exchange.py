"""`mihari library export|verify|sign|diff|merge|trust|stix`: as people type it, with what they read and exit codes."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

sys.path.insert(0, str(Path(__file__).parents[1] / "library" / "exchange"))
from exchange_coast import CRAWLS, Coast

from mihari.cli import cli
from mihari.core.errors import MihariError

DAY = 86400.0


@pytest.fixture
def coast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Coast:
    """A coast whose nodes have been there for a hundred days, in the folder in which commands run."""
    import time

    monkeypatch.chdir(tmp_path)
    found = Coast(tmp_path)
    for node in ("naha", "kume"):
        found.keys(node, time.time() - 100 * DAY)
    (tmp_path / "crawls.toml").write_text(CRAWLS)
    return found


def mihari(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["library", *arguments])


def told(*arguments: str) -> str:
    """What a command says that does what it was asked."""
    found = mihari(*arguments)
    assert (found.exit_code, found.exception) == (0, None), found.output
    return found.output


def sentence(*arguments: str) -> str:
    """The one sentence of a command that was given what it cannot use."""
    found = mihari(*arguments)
    assert isinstance(found.exception, MihariError)
    assert "\n" not in str(found.exception)
    return str(found.exception)


def bundle(name: str = "nansei.mihari-library", *more: str) -> str:
    told("export", "crawls.toml", "dark_rendezvous", "-o", name, "--keys", "naha", *more)
    return name


def test_patterns_are_handed_over_from_coast_to_coast(coast: Coast) -> None:
    said = told("export", "crawls.toml", "-o", "one.mihari-library", "--keys", "naha", "--note", "autumn")
    assert said.startswith("one.mihari-library: 1 pattern, signed by naha (")
    assert told("trust", "add", "--authority", "authority/ca.pem", "--name", "our coast").startswith("trust.toml: our")
    read = told("verify", "one.mihari-library", "--trust", "trust.toml").splitlines()
    assert read[0].startswith("one 1, made 20")
    assert read[1].endswith("): certified by our coast")
    assert read[2] == "autumn"
    assert read[3].startswith("  crawls 1: made by naha 20")


def test_without_a_trust_list_it_says_that_nobody_asked(coast: Coast) -> None:
    assert "whether that is to be believed was not asked" in told("verify", bundle())


def test_a_changed_byte_is_one_sentence(coast: Coast) -> None:
    data = bytearray(Path(bundle()).read_bytes())
    data[len(data) // 2] ^= 1
    Path("wrong.mihari-library").write_bytes(data)
    assert "was changed" in sentence("verify", "wrong.mihari-library")


def test_an_unknown_signer_is_one_sentence_and_so_is_a_revoked_one(coast: Coast) -> None:
    told("trust", "add", "--certificate", "kume/kume.author.pem")
    assert "is not on the trust list trust.toml" in sentence("verify", bundle(), "--trust", "trust.toml")
    author = json.loads(told("verify", bundle("two.mihari-library"), "--json"))["signer"]["author"]
    told("trust", "add", "--certificate", "naha/naha.author.pem")
    told("trust", "revoke", author, "--reason", "the node was stolen")
    assert "was revoked on 20" in sentence("verify", "two.mihari-library", "--trust", "trust.toml")


def test_what_is_refused_is_told_with_exit_code_2(coast: Coast) -> None:
    told("trust", "add", "--authority", "authority/ca.pem", "--name", "our coast")
    Path("later.toml").write_text(CRAWLS.replace("version = 1", "version = 2"))
    found = mihari("verify", bundle(), "--trust", "trust.toml", "--held", "later.toml")
    assert found.exit_code == 2
    assert "    refused: version 1 is older than version 2, which is here already" in found.output
    asked = json.loads(told("verify", bundle("b.mihari-library"), "--trust", "trust.toml", "--held", "later.toml",
                            "--older", "--json"))  # fmt: skip
    assert (asked["accepted"], asked["refused"]) == (["crawls", "dark_rendezvous"], [])


def test_cases_and_records_go_with_it(coast: Coast) -> None:
    from mihari.library.exchange import read

    Path("crawls.cases.parquet").write_bytes(b"PAR1")
    Path("records").mkdir()
    Path("records/crawls.json").write_text('{"fired": 7}')
    found = read(bundle("one.mihari-library", "--records", "records"))
    assert (found.cases("crawls"), found.record("crawls")) == (b"PAR1", {"fired": 7})
    Path("records/crawls.json").write_text("[]")
    assert "records/crawls.json: expected one table in JSON" in sentence(
        "export", "crawls.toml", "-o", "x", "--keys", "naha", "--records", "records"
    )


def test_a_bundle_is_passed_on(coast: Coast) -> None:
    told("trust", "add", "--authority", "authority/ca.pem", "--name", "our coast")
    said = told("sign", bundle(), "-o", "ours.mihari-library", "--keys", "kume", "--trust", "trust.toml")
    assert said.startswith("ours.mihari-library: passed on by kume (")
    read = told("verify", "ours.mihari-library", "--trust", "trust.toml")
    assert ", passed on by kume " in read
    way = json.loads(told("verify", "ours.mihari-library", "--json"))["patterns"][0]["provenance"]
    assert [(link["act"], link["node"]) for link in way] == [("made", "naha"), ("passed on", "kume")]


def test_what_a_list_does_not_let_through_is_not_passed_on(coast: Coast) -> None:
    told("trust", "add", "--certificate", "kume/kume.author.pem")
    assert "is not on the trust list" in sentence(
        "sign", bundle(), "-o", "x.mihari-library", "--keys", "kume", "--trust", "trust.toml"
    )
    assert not Path("x.mihari-library").exists()


def test_a_pattern_is_withdrawn(coast: Coast) -> None:
    said = told(
        "export", "-o", "gone.mihari-library", "--keys", "naha", "--revoke", "crawls@1", "--reason", "takes ferries"
    )
    assert "1 withdrawn, signed by naha" in said
    assert "crawls: version 1 withdrawn by naha 20" in told("verify", "gone.mihari-library")


@pytest.mark.parametrize(
    ("arguments", "told_of"),
    [
        ((), "expected patterns to export, or --revoke"),
        (("nobody",), "nobody: no such file"),
        (("--revoke", "crawls"), "--revoke: expected --reason"),
        (("--revoke", "crawls@x", "--reason", "bad"), "expected a pattern's name, or name@version"),
        (("crawls.toml", "crawls.toml"), "two patterns are called crawls"),
        (("crawls.toml", "--name", "No Name"), "bundle: name: "),
        (("crawls.toml", "--node", "aka"), "aka.sign.key: cannot be read"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(coast: Coast, arguments: tuple[str, ...], told_of: str) -> None:
    assert told_of in sentence("export", *arguments, "-o", "x.mihari-library", "--keys", "naha")
    assert not Path("x.mihari-library").exists()


def test_a_file_is_not_written_over_unless_asked(coast: Coast) -> None:
    bundle()
    again = ("export", "crawls.toml", "-o", "nansei.mihari-library", "--keys", "naha")
    assert "nansei.mihari-library: is there already" in sentence(*again)
    assert "1 pattern" in told(*again, "--force")


def test_differences_are_told(coast: Coast) -> None:
    Path("mine.toml").write_text(CRAWLS.replace('"3 kn"', '"2 kn"'))
    assert told("diff", "crawls.toml", "mine.toml") == "parameter low: value: 3 kn -> 2 kn\n"
    assert told("diff", "crawls.toml", "crawls.toml") == "no difference\n"
    assert json.loads(told("diff", "crawls.toml", "mine.toml", "--json"))[0]["where"] == "parameter low: value"
    one, other = bundle(), bundle("other.mihari-library", "--number", "2")
    assert told("diff", one, other).splitlines()[:2] == ["name: nansei -> other", "version: 1 -> 2"]
    assert "expected two patterns or two bundles" in sentence("diff", one, "crawls.toml")


def test_two_versions_are_made_one(coast: Coast) -> None:
    Path("ours.toml").write_text(CRAWLS.replace('title = "Crawls"', 'title = "Creeps"  # better'))
    Path("theirs.toml").write_text(CRAWLS.replace('"3 kn"', '"2 kn"'))
    said = told("merge", "crawls.toml", "ours.toml", "theirs.toml", "-o", "both.toml").splitlines()
    assert said == ["both.toml: version 2; beside ours:", "version: 1 -> 2", "parameter low: value: 3 kn -> 2 kn"]
    assert '"Creeps"  # better' in Path("both.toml").read_text()
    assert "both.toml: crawls: good" in told("check", "both.toml")


def test_conflicts_are_named_and_nothing_is_written(coast: Coast) -> None:
    Path("ours.toml").write_text(CRAWLS.replace('"3 kn"', '"2 kn"'))
    Path("theirs.toml").write_text(CRAWLS.replace('"3 kn"', '"3.5 kn"'))
    merge = ("merge", "crawls.toml", "ours.toml", "theirs.toml", "-o", "both.toml")
    found = mihari(*merge)
    assert found.exit_code == 2
    assert found.output == "conflict: parameter low: value: was 3 kn, ours is 2 kn, theirs is 3.5 kn\n"
    assert not Path("both.toml").exists()
    assert "parameter low: value: 2 kn -> 3.5 kn" in told(*merge, "--theirs", "parameter low: value")
    assert "expected --ours or --theirs, found both" in sentence(*merge, "--theirs", "title", "--ours", "title")


def test_the_trust_list_is_read(coast: Coast) -> None:
    told("trust", "add", "--authority", "authority/ca.pem", "--name", "our coast", "--group", "coast")
    told("trust", "add", "--certificate", "kume/kume.author.pem", "--may-revoke", "--note", "by telephone")
    lines = told("trust", "list").splitlines()
    assert lines[0].startswith("kume (")
    assert "for everybody; may withdraw what others made; since 20" in lines[0]
    assert lines[0].endswith("; by telephone")
    assert lines[1].startswith("our coast (all it certifies): for coast; since 20")
    assert json.loads(told("trust", "list", "--json"))["authority"][0]["authority"] == "authority/ca.pem"


def test_a_list_elsewhere_finds_its_authority(coast: Coast) -> None:
    Path("lists").mkdir()
    told("trust", "add", "--authority", "authority/ca.pem", "--name", "our coast", "--file", "lists/trust.toml")
    assert "certified by our coast" in told("verify", bundle(), "--trust", "lists/trust.toml")


@pytest.mark.parametrize(
    ("arguments", "told_of"),
    [
        ((), "expected one of --key, --certificate, --authority, or --author with --authority"),
        (("--key", "xy", "--name", "a"), "--key: expected 64 hexadecimal digits, found 'xy'"),
        (("--key", "0" * 64), "expected --name"),
        (("--key", "0" * 64, "--authority", "ca.pem"), "expected one of --key"),
        (("--author", "0" * 16, "--name", "a"), "expected either key or authority"),
        (("--authority", "nowhere.pem", "--name", "coast"), "nowhere.pem: cannot be read"),
        (("--certificate", "nowhere.pem"), "nowhere.pem: cannot be read"),
    ],
)
def test_what_cannot_be_believed_is_one_sentence(coast: Coast, arguments: tuple[str, ...], told_of: str) -> None:
    assert told_of in sentence("trust", "add", *arguments)


def test_patterns_go_to_stix_and_back(coast: Coast) -> None:
    told("trust", "add", "--authority", "authority/ca.pem", "--name", "our coast")
    assert told("stix", "export", bundle(), "-o", "it.json") == "it.json: 2 indicators of nansei\n"
    said = told("stix", "import", "it.json", "-o", "patterns", "--trust", "trust.toml")
    assert said.splitlines() == ["patterns/crawls.toml", "patterns/dark_rendezvous.toml"]
    assert Path("patterns/crawls.toml").read_text() == CRAWLS
    assert "is there already; --force writes over it" in sentence("stix", "import", "it.json", "-o", "patterns")
    assert len(json.loads(told("stix", "import", "it.json", "-o", "patterns", "--force", "--json"))["written"]) == 2


def test_what_was_changed_in_stix_is_refused_with_exit_code_2(coast: Coast) -> None:
    told("stix", "export", bundle(), "-o", "it.json")
    wrong = Path("it.json").read_text().replace('"act": "made"', '"act": "passed on"', 1)
    Path("it.json").write_text(wrong)
    found = mihari("stix", "import", "it.json", "-o", "patterns")
    assert found.exit_code == 2
    assert "refused: crawls: crawls 1: passed on by naha: the signature does not hold" in found.output
    assert [file.name for file in Path("patterns").iterdir()] == ["dark_rendezvous.toml"]
