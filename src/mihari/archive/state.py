"""A snapshot of all state <-> one file: nested dicts of NumPy arrays and JSON values. No pickle: archives travel."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from mihari.core.errors import BadInput

State = dict[str, Any]
MAGIC = b"mihari-state-1\n"
MOST_PACKED = 20_000  # times that zstd packs zeros at most, and some
ARRAY = "\x00array"  # stands in the JSON where an array was


def pack(state: State) -> bytes:
    """A state as bytes.

    >>> again = unpack(pack({"a": {"x": np.array([1.5, np.nan])}, "n": [1, None]}))
    >>> again["a"]["x"].tolist(), again["n"]
    ([1.5, nan], [1, None])
    """
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    plain = orjson.dumps(_without(state, arrays), option=orjson.OPT_NON_STR_KEYS)
    buffer = io.BytesIO()
    np.savez(buffer, json=np.frombuffer(plain, np.uint8), **arrays)  # type: ignore[arg-type]
    body = buffer.getvalue()
    packed = pa.Codec("zstd", compression_level=1).compress(body).to_pybytes()
    return MAGIC + len(body).to_bytes(8, "little") + bytes(packed)


def unpack(data: bytes) -> State:
    """Bytes as a state again; BadInput where they are none."""
    if not data.startswith(MAGIC):
        raise BadInput("not a snapshot of this program")
    size = int.from_bytes(data[len(MAGIC) : len(MAGIC) + 8], "little")
    if size > MOST_PACKED * len(data):
        raise BadInput("a damaged snapshot: its length cannot be")
    body = pa.decompress(data[len(MAGIC) + 8 :], size, codec="zstd", asbytes=True)
    with np.load(io.BytesIO(body), allow_pickle=False) as arrays:
        plain = orjson.loads(arrays["json"].tobytes())
        found: State = _with(plain, arrays)
    return found


def _without(value: Any, arrays: dict[str, np.ndarray[Any, Any]]) -> Any:
    if isinstance(value, np.ndarray):
        name = f"{len(arrays)}"
        arrays[name] = value
        return {ARRAY: name}
    if isinstance(value, dict):
        return {key: _without(each, arrays) for key, each in value.items()}
    return value


def _with(value: Any, arrays: Any) -> Any:
    if isinstance(value, dict):
        if ARRAY in value:
            return arrays[value[ARRAY]]
        return {key: _with(each, arrays) for key, each in value.items()}
    return value


def save_state(state: State | bytes, path: Path) -> None:
    """Write a snapshot."""
    path.write_bytes(state if isinstance(state, bytes) else pack(state))


def load_state(path: Path) -> State:
    """Read a snapshot; BadInput where the file is none."""
    try:
        return unpack(path.read_bytes())
    except (OSError, ValueError, KeyError, pa.ArrowException) as error:
        raise BadInput(f"{path}: not a readable snapshot: {error}") from None


def differing(one: Any, other: Any, name: str = "") -> list[str]:
    """Where two states differ, bit for bit: the names of the values, empty where they are the same.

    >>> differing({"a": {"x": np.array([1.0, np.nan])}, "n": 1}, {"a": {"x": np.array([1.0, np.nan])}, "n": 2})
    ['n']
    """
    if isinstance(one, dict) and isinstance(other, dict):
        keys = sorted({str(k) for k in one} | {str(k) for k in other})
        a, b = ({str(k): v for k, v in each.items()} for each in (one, other))
        return [d for k in keys for d in differing(a.get(k), b.get(k), f"{name}.{k}" if name else k)]
    if isinstance(one, np.ndarray) and isinstance(other, np.ndarray):
        same = one.dtype == other.dtype and one.shape == other.shape and one.tobytes() == other.tobytes()
    else:
        same = type(one) is not np.ndarray and type(other) is not np.ndarray and list_of(one) == list_of(other)
    return [] if same else [name]


def list_of(value: Any) -> Any:
    """Tuples and lists alike: JSON knows lists alone."""
    return [list_of(v) for v in value] if isinstance(value, tuple | list) else value
