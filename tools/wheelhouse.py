"""dist/wheelhouse: all wheels of a node for this Python, and install.sh, for machines without a network.

`python tools/wheelhouse.py [FOLDER]`; needs the built page and pip. Each wheel is held to its hash when it is fetched,
and again when it is installed.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
LOCK = ROOT / "requirements" / "run.txt"
PAGE = ROOT / "src" / "mihari" / "face" / "page" / "index.html"
BESIDE = ("install.sh", "mihari@.service")  # of deploy/


def run(*command: str) -> None:
    """Run a command in the clone; one sentence and its last lines if it fails."""
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-15:])
        sys.exit(f"{tail}\nwheelhouse: `{command[0]} {command[1]}` failed (see above)")


def build(wheels: Path) -> Path:
    """Our own wheel, with the page inside."""
    if not PAGE.exists():
        sys.exit("wheelhouse: the page is not built; run `make page` first")
    run("hatchling", "build", "-t", "wheel", "-d", str(wheels))
    return next(wheels.glob("mihari-*.whl"))


def fetch(wheels: Path) -> None:
    """The wheels of the locked list; none is built here."""
    run("pip", "--disable-pip-version-check", "download", "--quiet", "--no-deps", "--only-binary", ":all:",
        "--require-hashes", "-r", str(LOCK), "-d", str(wheels))  # fmt: skip


def main(folder: Path) -> None:
    """Fill `folder` anew and say how large it is."""
    shutil.rmtree(folder, ignore_errors=True)
    wheels = folder / "wheels"
    wheels.mkdir(parents=True)
    own = build(wheels)
    fetch(wheels)
    version, digest = own.name.split("-")[1], hashlib.sha256(own.read_bytes()).hexdigest()
    (folder / "requirements.txt").write_text(f"{LOCK.read_text()}mihari=={version} \\\n    --hash=sha256:{digest}\n")
    python = ".".join(platform.python_version_tuple()[:2])
    (folder / "python-version").write_text(f"{python} {platform.machine()}\n")
    for name in BESIDE:
        shutil.copy(ROOT / "deploy" / name, folder / name)
    files = list(wheels.iterdir())
    size = sum(path.stat().st_size for path in files) / 1e6
    print(f"wheelhouse: {len(files)} wheels, {size:.0f} MB in {folder}; there: sh install.sh")


if __name__ == "__main__":
    main(Path(sys.argv[1]).absolute() if len(sys.argv) > 1 else ROOT / "dist" / "wheelhouse")
