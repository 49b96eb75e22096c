"""Make the virtual environment: `python3 tools/setup.py run dev` installs the locked lists, once per change of a list.

Standard library only: this runs on a bare machine with Python 3.11 or newer. Prints how much was downloaded.
"""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[1]
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SIZE = re.compile(r"Downloading \S+ \(([\d.]+) (kB|MB|GB)\)")
SCALE = {"kB": 1e-3, "MB": 1.0, "GB": 1e3}


def stamp(name: str) -> tuple[Path, str]:
    """The file that remembers what was installed for `name`, and what it must hold."""
    lock = ROOT / "requirements" / f"{name}.txt"
    return VENV / f".installed-{name}", hashlib.sha256(lock.read_bytes()).hexdigest()


def pip(*arguments: str) -> float:
    """Run pip, show its progress as single lines, return the megabytes it downloaded."""
    command = [str(PYTHON), "-m", "pip", "--disable-pip-version-check", "install", "--progress-bar", "off", *arguments]
    megabytes, lines = 0.0, []
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as running:
        for line in running.stdout or ():
            lines.append(line)
            if found := SIZE.search(line):
                megabytes += float(found[1]) * SCALE[found[2]]
                if sys.stdout.isatty():
                    print(f"\r  downloaded {megabytes:6.1f} MB", end="", flush=True)
    if megabytes and sys.stdout.isatty():
        print()
    if running.returncode:
        sys.exit("".join(lines[-20:]) + "setup: pip could not install the locked packages (see above)")
    return megabytes


def main(names: list[str]) -> None:
    """Install every list in `names` that is not installed yet."""
    if sys.version_info < (3, 11):  # noqa: UP036  (the reader may have an older one)
        sys.exit(f"setup: Python 3.11 or newer is needed, this is {sys.version.split()[0]}")
    if not PYTHON.exists():
        print("setup: making .venv")
        venv.create(VENV, with_pip=True)
    megabytes = 0.0
    for name in names:
        remembered, wanted = stamp(name)
        if remembered.exists() and remembered.read_text() == wanted:
            continue
        print(f"setup: installing requirements/{name}.txt")
        megabytes += pip("--require-hashes", "-r", str(ROOT / "requirements" / f"{name}.txt"))
        remembered.write_text(wanted)
    remembered = VENV / ".installed-mihari"
    wanted = hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()
    if not remembered.exists() or remembered.read_text() != wanted:
        pip("--no-deps", "--no-build-isolation", "-e", str(ROOT))
        remembered.write_text(wanted)
    if megabytes:
        print(f"setup: {megabytes:.0f} MB of Python packages downloaded")


if __name__ == "__main__":
    main(sys.argv[1:] or ["run"])
