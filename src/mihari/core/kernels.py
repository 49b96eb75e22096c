"""The typed door to Numba: `@kernel` compiles a function over arrays, cached on disk, without the GIL.

The cache lives in a directory named after a hash of every kernel source, because a cached caller does not notice that
a function it calls has been edited. No `parallel` (two concurrent calls abort on the default threading layer) and no
`fastmath` (results must not depend on the machine's vector width).

Importing this module imports Numba (about half a second): modules with kernels are imported where they are used.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import platformdirs

F = TypeVar("F", bound=Callable[..., Any])


def sources_hash(root: Path | None = None) -> str:
    """Hash of all modules below `root` (default: this package) that hold kernels; 16 hex digits."""
    root = root or Path(__file__).parents[1]
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        source = path.read_bytes()
        if b"@kernel" in source:
            digest.update(str(path.relative_to(root)).encode() + b"\0" + source)
    return digest.hexdigest()[:16]


def cache_directory() -> Path:
    """Where compiled kernels are kept: `$MIHARI_CACHE` or the user's cache folder; a temporary one if not writable."""
    base = Path(os.environ.get("MIHARI_CACHE") or platformdirs.user_cache_dir("mihari"))
    directory = base / "kernels" / sources_hash()
    try:
        directory.mkdir(parents=True, exist_ok=True)
        if os.access(directory, os.W_OK):
            return directory
    except OSError:
        pass
    return Path(tempfile.mkdtemp(prefix="mihari-kernels-"))


os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_directory()))

import numba  # noqa: E402  (the cache directory is read when Numba is imported)

# the directory is part of the hash of sources; Numba may have been imported by someone else before us
numba.config.CACHE_DIR = os.environ["NUMBA_CACHE_DIR"]


def kernel(function: F) -> F:
    """Compile `function` in nopython mode on first call; the type checker keeps seeing the plain function.

    >>> @kernel
    ... def double(x: float) -> float:
    ...     return 2.0 * x
    >>> double(4.0)
    8.0
    """
    # a function defined at a prompt has no file to key a cache by
    has_file = os.path.exists(function.__code__.co_filename)
    return cast("F", numba.njit(nogil=True, cache=has_file)(function))


def inlined(function: F) -> F:
    """A small helper of kernels, inlined by the compiler where LLVM sees fit; only callable from kernels at speed."""
    has_file = os.path.exists(function.__code__.co_filename)
    return cast("F", numba.njit(nogil=True, cache=has_file, inline="never")(function))
