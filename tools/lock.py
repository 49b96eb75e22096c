"""Remake requirements/*.txt from *.in: all pinned with hashes, for all Pythons from 3.11, no download addresses.

Needs uv in the environment (`pip install uv`).
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "requirements"
OPTIONS = ["--generate-hashes", "--universal", "--python-version", "3.11", "--quiet"]
SILENT = ["--no-header", "--no-annotate", "--no-emit-index-url", "--no-emit-find-links"]

for name in sys.argv[1:] or ["run", "dev", "map", "node"]:
    command = [sys.executable, "-m", "uv", "pip", "compile", *OPTIONS, *SILENT, "-o", f"{name}.txt", f"{name}.in"]
    subprocess.run(command, cwd=FOLDER, check=True)
    print(f"requirements/{name}.txt")
