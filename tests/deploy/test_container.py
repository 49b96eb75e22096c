"""The container file has what the wheel is made of, and runs as nobody special."""

import json
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import click

from mihari.cli import cli

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "deploy" / "Containerfile").read_text("utf-8").replace("\\\n", " ")
_, BUILD, FINAL = TEXT.split("\nFROM ")


def test_what_is_copied_makes_the_wheel(tmp_path):
    copied = [line.split()[1:] for line in BUILD.splitlines() if line.startswith("COPY ")]
    skipped = shutil.ignore_patterns("node_modules", "page", "__pycache__")
    for *sources, goal in copied:
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, tmp_path / goal, ignore=skipped)
            else:
                shutil.copy(ROOT / source, tmp_path / goal)
    page = tmp_path / "src" / "mihari" / "face" / "page"
    page.mkdir(parents=True)
    (page / "index.html").write_text("built", encoding="utf-8")
    build = re.search(r"-m (hatchling build .*?) &&", BUILD)[1].split()
    done = subprocess.run([sys.executable, "-m", *build], cwd=tmp_path, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr.decode()
    (wheel,) = (tmp_path / "dist").glob("mihari-*.whl")
    names = set(zipfile.ZipFile(wheel).namelist())
    assert {"mihari/cli.py", "mihari/face/page/index.html", "mihari/coast/built_in/nansei.area"} <= names
    assert not any(name.startswith(("tests/", "tools/", "web/")) for name in names)


def test_packages_are_installed_by_their_hashes_only():
    installs = re.findall(r"pip install ([^&\n]*)", TEXT)
    assert len(installs) == 2
    for arguments in installs:
        assert "--require-hashes -r requirements/run.txt" in arguments or "--no-deps --no-index dist/" in arguments


def test_it_ends_as_a_user_without_rights_and_is_watched():
    lines = FINAL.splitlines()
    assert [line for line in lines if line.startswith("USER ")] == ["USER mihari"]
    assert lines.index("USER mihari") < next(i for i, line in enumerate(lines) if line.startswith("ENTRYPOINT"))
    assert "http://127.0.0.1:8080/health" in FINAL
    assert "EXPOSE" not in FINAL  # the map listens on loopback only


def test_its_commands_exist():
    ran = json.loads(re.search(r"(?m)^CMD (\[.*\])", FINAL.partition("ENTRYPOINT")[2])[1])
    for name, *rest in (ran, *(line.split() for line in re.findall(r"(?m)^RUN mihari (.*)$", FINAL))):
        command = cli.get_command(click.Context(cli), name)
        known = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in rest if word.startswith("-")} <= known
