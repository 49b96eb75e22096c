"""The typed door to Numba: `@kernel` compiles a function over arrays, cached on disk, without the GIL.

A cached caller does not notice that a function it calls has been edited. So the kernels of a module are cached in a
directory named after a hash of its source and of all our sources that it imports, directly or not. No `parallel` (two
concurrent calls abort on the default threading layer) and no `fastmath` (results must not depend on the machine's
vector width).

Importing this module imports Numba (about half a second): modules with kernels are imported where they are used.
"""

from __future__ import annotations

import atexit
import contextlib
import hashlib
import logging
import os
import re
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import platformdirs

log = logging.getLogger("mihari.kernels")
F = TypeVar("F", bound=Callable[..., Any])

ROOT = Path(__file__).parents[1]
KERNEL = re.compile(rb"^@(?:kernel|lean|inner)$", re.MULTILINE)
IMPORTED = re.compile(rb"^\s*(?:from|import)\s+mihari\.([\w.]+)(?:[ ]+import[ ]+(\([^)]*\)|[\w, ]+))?", re.MULTILINE)


def imported(path: Path, root: Path = ROOT) -> set[Path]:
    """The modules below `root` (the package's folder) that the module at `path` imports by name."""
    found = set()
    for module, names in IMPORTED.findall(path.read_bytes()):
        base = root.joinpath(*module.decode().split("."))
        names_below = [base / name.strip() for name in names.decode().strip("()").split(",") if name.strip()]
        found |= {p for p in [base.with_suffix(".py"), *(n.with_suffix(".py") for n in names_below)] if p.exists()}
    return found


@cache
def sources_hash(path: Path, root: Path = ROOT) -> str:
    """Hash of a module's source and of all sources below `root` that it reaches by imports; 16 hex digits."""
    reached, waiting = set(), {path}
    while waiting:
        reached |= waiting
        waiting = {p for module in waiting for p in imported(module, root)} - reached
    digest = hashlib.sha256(numba.__version__.encode())
    for source in sorted(reached):
        digest.update(str(source).encode() + b"\0" + source.read_bytes())
    return digest.hexdigest()[:16]


@cache
def cache_root() -> Path:
    """Where compiled kernels are kept: `$MIHARI_CACHE` or the user's cache folder; a temporary one if not writable."""
    root = Path(os.environ.get("MIHARI_CACHE") or platformdirs.user_cache_dir("mihari")) / "kernels"
    try:
        root.mkdir(parents=True, exist_ok=True)
        if os.access(root, os.W_OK):
            return root
    except OSError:
        pass
    log.warning("mihari: %s cannot be written: kernels are compiled anew (set MIHARI_CACHE to a folder that can)", root)
    instead = Path(tempfile.mkdtemp(prefix="mihari-kernels-"))
    atexit.register(shutil.rmtree, instead, ignore_errors=True)
    return instead


def kernel_modules() -> list[Path]:
    """All our modules that hold kernels."""
    return sorted(path for path in ROOT.rglob("*.py") if KERNEL.search(path.read_bytes()))


def kernels_hash() -> str:
    """Changes when any kernel, or what it calls, does; 16 hex digits."""
    return hashlib.sha256("".join(sources_hash(path) for path in kernel_modules()).encode()).hexdigest()[:16]


def prune(root: Path, older_than_s: float, now: float) -> int:
    """Take away compiled kernels of sources that are no longer there; how many folders went. `now`: UTC s."""
    kept = {sources_hash(path) for path in kernel_modules()}
    old = [d for d in root.iterdir() if d.is_dir() and d.name not in kept and d.stat().st_mtime < now - older_than_s]
    for directory in old:
        shutil.rmtree(directory, ignore_errors=True)
    return len(old)


def kernel(function: F) -> F:
    """Compile `function` in nopython mode on first call; the type checker keeps seeing the plain function.

    >>> @kernel
    ... def double(x: float) -> float:
    ...     return 2.0 * x
    >>> double(4.0)
    8.0
    """
    return _compiled(function, _nrt=True)


def lean(function: F) -> F:
    """As `kernel`, for one that makes no arrays and returns none: it counts no references to those it is handed.

    Counting costs more than the work of small kernels that are called for each track.
    """
    return _compiled(function, _nrt=False)


def inner(function: F) -> F:
    """As `lean`, for one that only other kernels call: it has no way in from Python.

    Taking a tuple of twenty arrays apart on the way in is more code than most such functions have of their own.
    """
    return _compiled(function, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def _compiled(function: F, **options: bool) -> F:
    path = Path(function.__code__.co_filename)
    if not path.exists():  # defined at a prompt: no source to key a cache by
        return cast("F", numba.njit(nogil=True, error_model="numpy", **options)(function))
    numba.config.CACHE_DIR = str(cache_root() / sources_hash(path))
    made = numba.njit(nogil=True, cache=True, error_model="numpy", **options)(function)
    return cast("F", _forgiving(made))


def _forgiving(made: Any) -> Any:
    """A cache that cannot be read or written costs time, not the program: a full disk, files cut by a power failure."""
    store = made._cache
    load, save = store.load_overload, store.save_overload

    def load_overload(signature: Any, context: Any) -> Any:
        try:
            return load(signature, context)
        except Exception:  # unpickling damaged bytes may raise anything
            with contextlib.suppress(Exception):
                store.flush()
            return None

    def save_overload(signature: Any, compiled: Any) -> None:
        try:
            save(signature, compiled)
        except OSError as error:
            _not_kept(str(error.strerror or error).lower())

    store.load_overload, store.save_overload = load_overload, save_overload
    return made


@cache
def _not_kept(reason: str) -> None:
    """Said once."""
    log.warning("mihari: kernels cannot be kept in %s (%s): the next start compiles anew", cache_root(), reason)


def spliced(function: F) -> F:
    """As `inlined`, put into its caller before that is compiled: for one that is handed many arrays.

    A call with a hundred words of arguments costs more than a small function does; what is put in twice is compiled
    twice.
    """
    return cast("F", numba.njit(nogil=True, error_model="numpy", inline="always", _nrt=False)(function))


def inlined(function: F) -> F:
    """A small helper of kernels, left to LLVM to inline; like `kernel`, but not cached: it is compiled with its caller.

    Not meant to be called from Python.
    """
    return cast("F", numba.njit(nogil=True)(function))
