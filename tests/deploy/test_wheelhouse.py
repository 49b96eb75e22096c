"""`make wheelhouse`: what it makes installs on a machine without a network, and runs there."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "src" / "mihari" / "face" / "page" / "index.html"
# a machine without a network: only a loopback interface, which is down
ALONE = ["unshare", "-n"] if os.geteuid() == 0 and shutil.which("unshare") else []


@pytest.fixture(scope="module")
def wheelhouse(tmp_path_factory):
    if not PAGE.exists() or importlib.util.find_spec("pip") is None:
        pytest.skip("needs the built page and pip")
    folder = tmp_path_factory.mktemp("made") / "wheelhouse"
    done = subprocess.run([sys.executable, ROOT / "tools" / "wheelhouse.py", folder], capture_output=True, text=True,
                          timeout=600, check=False)  # fmt: skip
    if done.returncode and ("ConnectionError" in done.stderr or "Failed to establish" in done.stdout + done.stderr):
        pytest.skip("the wheels cannot be fetched: no network")
    assert done.returncode == 0, done.stdout + done.stderr
    yield folder
    shutil.rmtree(folder)  # 200 MB


@pytest.fixture
def goal(tmp_path):
    """Where it is installed: 500 MB that need not stay."""
    yield tmp_path / "opt"
    shutil.rmtree(tmp_path / "opt", ignore_errors=True)


def install(wheelhouse, folder):
    environment = {"PATH": os.environ["PATH"], "PYTHON": sys._base_executable, "PIP_INDEX_URL": "http://127.0.0.1:9"}
    return subprocess.run([*ALONE, "sh", wheelhouse / "install.sh", folder], env=environment, capture_output=True,
                          text=True, timeout=600, check=False)  # fmt: skip


@pytest.mark.slow
def test_it_installs_and_runs_without_a_network(wheelhouse, goal, tmp_path):
    done = install(wheelhouse, goal)
    assert done.returncode == 0, done.stdout + done.stderr
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "MIHARI_CACHE": str(tmp_path / "cache")}
    program = goal / "bin" / "mihari"
    version = subprocess.run(
        [*ALONE, program, "--version"], env=environment, capture_output=True, text=True, check=True
    )
    assert version.stdout.startswith("mihari ")
    doctor = subprocess.run([*ALONE, program, "doctor"], env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in doctor.stderr
    rows = [line for line in doctor.stdout.splitlines() if not line.startswith(" ")]
    wrong = {line.split()[1] for line in rows if line.startswith("problem")}
    assert wrong <= {"port"}, doctor.stdout  # without any network not even the map can be had
    assert wrong or doctor.returncode == 0
    assert any(line.startswith("ok       map page") for line in rows)


@pytest.mark.slow
def test_a_changed_wheel_is_refused(wheelhouse, goal, tmp_path):
    spoilt = tmp_path / "wheelhouse"
    shutil.copytree(wheelhouse, spoilt, copy_function=os.link)
    click = next((spoilt / "wheels").glob("click-*.whl"))
    told = click.read_bytes()
    click.unlink()  # the other name of the file stays as it is
    click.write_bytes(told + b"more")
    done = install(spoilt, goal)
    assert done.returncode != 0
    assert "DO NOT MATCH THE HASHES" in done.stdout + done.stderr


@pytest.mark.slow
def test_wheels_of_another_python_are_refused_in_one_sentence(wheelhouse, goal, tmp_path):
    other = tmp_path / "wheelhouse"
    other.mkdir()
    shutil.copy(wheelhouse / "install.sh", other)
    (other / "python-version").write_text("3.99 x86_64\n")
    done = install(other, goal)
    assert done.returncode == 2
    assert "these wheels are for Python 3.99 x86_64, found 3." in done.stderr
    assert not goal.exists()
