"""What a wire format is to `mihari decode` and `encode`: bytes in, parts with dicts and tables out, and back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol

import orjson

from mihari.core.errors import BadInput, FormatError


class Part(Protocol):
    """Some decoded messages."""

    messages: int
    positions: int

    def dicts(self) -> Iterable[dict[str, Any]]:
        """Each message as a plain dict."""

    def table(self, schema: Any) -> Any:
        """All of them as a pyarrow Table of `schema`."""


class Codec:
    """One wire format, both ways; counts what it refuses."""

    captures = False  # whether pcap files hold it

    def decode(self, chunks: Iterable[bytes], datagrams: bool) -> Iterator[Part]:
        """Bytes -> parts; `datagrams`: each chunk is one datagram, else the chunks are cut anywhere."""
        raise NotImplementedError

    def refused(self) -> dict[str, int]:
        """Reason -> how many, every reason of the format, also those at 0."""
        raise NotImplementedError

    def also_refused(self, counts: Mapping[str, int]) -> None:
        """What was refused before the bytes got here (damaged captures)."""

    def encode_message(self, message: dict[str, Any]) -> bytes:
        """One message back to bytes."""
        raise NotImplementedError

    def schema(self) -> Any:
        """The pyarrow schema of its tables."""
        raise NotImplementedError

    @staticmethod
    def about() -> dict[str, str]:
        """`title`, `covers`, `standard`."""
        raise NotImplementedError

    def encode_line(self, line: str, place: str) -> bytes:
        """One JSON line back to bytes; BadInput names the place (file and line)."""
        try:
            message = orjson.loads(line)
        except orjson.JSONDecodeError as error:
            raise BadInput(f"{place}: not JSON: {error}") from None
        if not isinstance(message, dict):
            raise BadInput(f"{place}: expected a JSON object")
        try:
            return self.encode_message(message)
        except FormatError as error:
            raise BadInput(f"{place}: {error}") from None
        except KeyError as error:
            raise BadInput(f"{place}: cannot be encoded: {error} is missing or unknown") from None
        except (TypeError, ValueError, OverflowError, AttributeError) as error:
            raise BadInput(f"{place}: cannot be encoded: {error}") from None


def array(values: Any, kind: Any) -> Any:
    """NumPy -> pyarrow with absent values (NaN, -1, '') as null."""
    import numpy as np
    import pyarrow as pa

    if values.dtype.kind == "S":
        values = values.astype("U")
    if values.dtype.kind == "f":
        absent = np.isnan(values)
    elif values.dtype.kind == "i":
        absent = values == -1
    elif values.dtype.kind == "U":
        absent = values == ""
    else:
        absent = None
    return pa.array(values.tolist() if values.dtype.kind == "U" else values, type=kind, mask=absent)
