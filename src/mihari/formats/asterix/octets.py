"""Single octets and words out of the bytes, and how these small functions are compiled."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
import numpy as np
from llvmlite import ir  # type: ignore[import-untyped]
from numba import types
from numba.extending import intrinsic

from mihari.core.columns import Array
from mihari.core.kernels import cache_root, sources_hash

F = TypeVar("F", bound=Callable[..., Any])


def lean(function: F) -> F:
    """A helper of kernels that allocates nothing and therefore need not count references to its arrays: the compiler
    would do that on every call, which took twice as long as the work of these small functions. Compiled with its
    caller."""
    return cast("F", numba.njit(nogil=True, _nrt=False, no_cpython_wrapper=True, no_cfunc_wrapper=True)(function))


def lean_kernel(function: F) -> F:
    """A `lean` function that Python calls: kept on disk like every `@kernel`."""
    numba.config.CACHE_DIR = str(cache_root() / sources_hash(Path(function.__code__.co_filename)))
    return cast("F", numba.njit(nogil=True, cache=True, _nrt=False)(function))


@lean
def number(value: int) -> int:
    """An unsigned number as a signed one."""
    return np.int64(value)  # type: ignore[return-value]


@lean
def octet(data: Array, place: int) -> int:
    """One octet as a signed number, so that sums with it stay integers."""
    return np.int64(data[place])  # type: ignore[return-value]


def _eight_octets(typing: Any, data: Any, place: Any) -> Any:
    """One unaligned load of 8 octets, turned round: what 8 loads and 7 shifts are not merged into."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        word = ir.IntType(64)
        at = builder.bitcast(builder.gep(array.data, [arguments[1]]), word.as_pointer())
        return builder.bswap(builder.load(at, align=1))

    return types.uint64(data, types.int64), generate


eight_octets = intrinsic(_eight_octets)


@lean
def read_word(data: Array, place: int, length: int) -> int:
    """Up to 8 octets as one big-endian number, by a single load where 8 octets are there."""
    if place + 8 <= len(data):
        return eight_octets(data, place) >> np.uint64(64 - 8 * length)  # type: ignore[no-any-return]
    word = np.uint64(0)
    for i in range(place, place + length):
        word = (word << np.uint64(8)) | np.uint64(data[i])
    return word  # type: ignore[return-value]
