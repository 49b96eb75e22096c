"""Install the Debian packages of requirements/debian.txt when this is root; else say which tests will be skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

LIST = Path(__file__).parents[1] / "requirements" / "debian.txt"
RETRIES = ("-o", "Acquire::Retries=5")  # a mirror that does not answer at once is asked again


def wanted() -> list[tuple[str, str]]:
    """(package, program it brings) for each line of the list."""
    lines = [line.split("#")[0].split() for line in LIST.read_text().splitlines()]
    return [(fields[0], fields[1]) for fields in lines if fields]


def main() -> int:
    """Install what is missing; never fails the tests, except in CI, where they must run."""
    missing = [package for package, program in wanted() if not shutil.which(program)]
    if not missing:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("test: installing Debian packages", *missing, flush=True)
        quiet = {"stdout": subprocess.DEVNULL}
        environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-qq", *RETRIES], env=environment, check=False, **quiet)
        install = ["apt-get", "install", "-y", "-qq", *RETRIES, "--no-install-recommends", *missing]
        subprocess.run(install, env=environment, check=False, **quiet)
        missing = [package for package, program in wanted() if not shutil.which(program)]
    if missing:
        print("test: without", ", ".join(missing), "the tests that need them are skipped by name")
    return 1 if missing and os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
