"""Basic encoding rules of KLV: lengths in short or long form, tag numbers as object identifiers (BER-OID).

SMPTE ST 336, 5.1 and 5.2; ITU-T X.690, 8.1.3 and 8.19. A length or number that does not fit its limits, or is cut off,
raises `FormatError`.
"""

from __future__ import annotations

from mihari.core.errors import FormatError

LENGTH_OCTETS = 4  # of the long form that are believed: more than 4 GiB is no message
OID_OCTETS = 4  # 28 bits


def read_length(data: bytes, at: int) -> tuple[int, int]:
    """(length, place after it) of the length field at `at`.

    >>> read_length(b"\\x7f", 0), read_length(b"\\x81\\xd2", 0), read_length(b"\\x82\\x01\\x00", 0)
    ((127, 1), (210, 2), (256, 3))
    """
    if at >= len(data):
        raise FormatError("structure", "a length is missing", data)
    first = data[at]
    if first < 0x80:
        return first, at + 1
    octets = first & 0x7F
    if not 0 < octets <= LENGTH_OCTETS or at + 1 + octets > len(data):
        raise FormatError("structure", f"a length of {octets} octets", data)
    return int.from_bytes(data[at + 1 : at + 1 + octets], "big"), at + 1 + octets


def write_length(length: int) -> bytes:
    """The shortest form.

    >>> write_length(127), write_length(128), write_length(300)
    (b'\\x7f', b'\\x81\\x80', b'\\x82\\x01,')
    """
    if length < 0x80:
        return bytes([length])
    octets = (length.bit_length() + 7) // 8
    return bytes([0x80 | octets]) + length.to_bytes(octets, "big")


def read_oid(data: bytes, at: int) -> tuple[int, int]:
    """(number, place after it) of the BER-OID number at `at`: seven bits an octet, the top bit says that more follow.

    >>> read_oid(b"\\x02", 0), read_oid(b"\\x81\\x0c", 0)
    ((2, 1), (140, 2))
    """
    number = 0
    for place in range(at, min(at + OID_OCTETS, len(data))):
        number = number << 7 | data[place] & 0x7F
        if data[place] < 0x80:
            return number, place + 1
    raise FormatError("structure", "a tag number is cut off or too long", data)


def write_oid(number: int) -> bytes:
    """The shortest form.

    >>> write_oid(2), write_oid(140)
    (b'\\x02', b'\\x81\\x0c')
    """
    octets = [number & 0x7F]
    while number := number >> 7:
        octets.append(number & 0x7F | 0x80)
    return bytes(reversed(octets))


def read_items(data: bytes) -> list[tuple[int, bytes]]:
    """(tag number, value) of each item of a local set's value, in their order.

    >>> read_items(b"\\x04\\x01\\x05\\x81\\x0c\\x00")
    [(4, b'\\x05'), (140, b'')]
    """
    items, at = [], 0
    while at < len(data):
        tag, at = read_oid(data, at)
        length, at = read_length(data, at)
        if at + length > len(data):
            raise FormatError("structure", f"item {tag} runs past the end of its set", data)
        items.append((tag, data[at : at + length]))
        at += length
    return items


def write_item(tag: int, value: bytes) -> bytes:
    """One item of a local set.

    >>> write_item(4, b"\\x05")
    b'\\x04\\x01\\x05'
    """
    return write_oid(tag) + write_length(len(value)) + value


def read_series(data: bytes) -> list[bytes]:
    """The values of a series or pack: each with its length before it (SMPTE ST 336, 6).

    >>> read_series(b"\\x01\\x07\\x00")
    [b'\\x07', b'']
    """
    values, at = [], 0
    while at < len(data):
        length, at = read_length(data, at)
        if at + length > len(data):
            raise FormatError("structure", "a series' entry runs past its end", data)
        values.append(data[at : at + length])
        at += length
    return values


def write_series(values: list[bytes]) -> bytes:
    """Each value with its length before it."""
    return b"".join(write_length(len(value)) + value for value in values)
