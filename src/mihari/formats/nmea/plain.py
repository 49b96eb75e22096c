"""Decoded sentences -> plain dicts, and dicts -> sentences with their checksum. IEC 61162-1, 7.2.

Written as the standard's field types say, with as many digits behind the point as the value has (rounded to the most
that the table gives): `encode` of what `to_dicts` gave is the identity on values, and on bytes for sentences in that
canonical form. With `exact` the dicts keep the fields as they stood, and any sentence comes back byte for byte.
"""

from __future__ import annotations

import contextlib
import math
import re
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from mihari.core.errors import FormatError
from mihari.formats.ais.sentences import checksum
from mihari.formats.nmea.fields import LETTERS, NUMERIC, Field, Kind, Sentence
from mihari.formats.nmea.sentences import AIS, SENTENCES
from mihari.formats.nmea.tables import Decoded, Table, slots
from mihari.formats.nmea.tags import block_of, tags_of
from mihari.formats.nmea.ttd import encode_records, records

LONGEST = 82  # bytes of a sentence with its line end (7.2.3.1)
_ESCAPE = re.compile(r"\^([0-9A-Fa-f]{2})")
_RESERVED = re.compile(r"[^ -~]|[$*,!\\^~]")  # 7.2.1, table 1; ISO 8859-1 beyond ASCII
_WHOLE = (Kind.INTEGER, Kind.HEX)
_ADDRESS = re.compile(r"[A-OQ-Z0-9][A-Z0-9]", re.ASCII)


def to_dicts(decoded: Decoded, exact: bool = False) -> Iterator[dict[str, Any]]:
    """Each sentence as a dict that `encode` takes, in the order of the bytes: `formatter`, `talker`, its fields,
    `line`, and where told `time` (UTC s), `source` and the tags. Absent fields are left out.

    AIS messages follow with the names of their table; other formatters keep their bytes as `raw`.

    >>> from mihari.formats.nmea import decode_many
    >>> next(to_dicts(decode_many(b"$HEHDT,271.3,T*28")))
    {'formatter': 'HDT', 'talker': 'HE', 'heading_deg': 271.3, 'line': 0}
    """
    found: list[tuple[int, dict[str, Any]]] = []
    for table in decoded.tables.values():
        found += zip(table.offset.tolist(), _rows(table, exact), strict=True)
    for line, offset, raw in decoded.other:
        found.append((offset, {"formatter": _name(raw), "raw": raw.decode("ascii"), "line": line}))
    found.sort(key=lambda pair: pair[0])
    yield from (message for _, message in found)
    if decoded.ais is not None:
        from mihari.formats.ais import to_dicts as ais_dicts

        for message in ais_dicts(decoded.ais, exact):
            yield {"formatter": "VDO" if message.get("own") else "VDM"} | message


def _name(raw: bytes) -> str:
    """The formatter of a sentence, of a proprietary one P and three letters."""
    address = raw[1:].split(b",")[0].split(b"*")[0].decode("ascii")
    return address if address.startswith("P") else address[2:]


def _rows(table: Table, exact: bool) -> Iterator[dict[str, Any]]:
    columns = [(f, _values(f, table, slot)) for f, slot in slots(table.sentence)]
    talkers = table.talker.astype("U2").tolist()
    times, sources = table.time.tolist(), table.source.tolist()
    places = zip(table.line.tolist(), table.starts.tolist(), table.stops.tolist(), table.tags.tolist(), strict=True)
    for i, (line, start, stop, tag) in enumerate(places):
        made: dict[str, Any] = {"formatter": table.sentence.formatter, "talker": talkers[i]}
        for f, values in columns:
            value = values[i]
            if value is not None and value == value:
                made[f.name] = value
        made["line"] = line
        if times[i] == times[i]:
            made["time"] = times[i]
        if sources[i]:
            made["source"] = sources[i]
        if tag >= 0:
            made |= {k: v for k, v in tags_of(table.data[tag + 1 : start - 1]).items() if k not in made}
        if "payload" in made:
            with contextlib.suppress(FormatError):  # parts of a record that goes on in the next sentence
                made["records"] = records(made["payload"], made.get("fill", 0))
        if exact:
            made["fields"] = table.data[start + 7 : stop].decode("ascii").split(",") if stop > start + 6 else []
        yield made


def _values(f: Field, table: Table, slot: int) -> list[Any]:
    """A column as Python values, None or NaN for absent."""
    if f.kind <= NUMERIC:
        numbers = table.numbers[slot].tolist()
        return [None if v != v else int(v) for v in numbers] if f.kind in _WHOLE else list(numbers)
    if f.kind == Kind.CODE:
        return [chr(c) if c else None for c in table.codes[slot].tolist()]
    texts = [table.data[a:b].decode("ascii") for a, b in table.spans[slot].tolist()]
    if f.kind == Kind.ALERTS:
        return [_alerts(text) if text else None for text in texts]
    return [unescaped(text) if text else None for text in texts]


def _alerts(text: str) -> list[dict[str, Any]]:
    """The entries of an ALC sentence."""
    fields = [field.strip() for field in text.split(",")]
    names = ("alert", "instance", "revision")
    entries = []
    for at in range(0, len(fields), 4):
        told = {"manufacturer": unescaped(fields[at]) or None}
        told |= {n: int(v) if v else None for n, v in zip(names, fields[at + 1 : at + 4], strict=True)}  # type: ignore[misc]
        entries.append({n: v for n, v in told.items() if v is not None})
    return entries


def unescaped(text: str) -> str:
    """The characters that `^hh` stands for (7.1.4).

    >>> unescaped("M/V A^2CB")
    'M/V A,B'
    """
    return _ESCAPE.sub(lambda m: chr(int(m[1], 16)), text) if "^" in text else text


def escaped(text: str) -> str:
    """Reserved characters and those beyond ASCII as `^hh`; FormatError for those beyond ISO 8859-1.

    >>> escaped("M/V A,B")
    'M/V A^2CB'
    """
    try:
        text.encode("latin-1")
    except UnicodeEncodeError as error:
        raise FormatError("characters", f"{text!r} has characters beyond ISO 8859-1") from error
    return _RESERVED.sub(lambda m: f"^{ord(m[0]):02X}", text)


def encode(message: Mapping[str, Any], *, longest: int = LONGEST, tagged: bool = False) -> bytes:
    """One sentence with its checksum and line end; AIS messages may take several. What is left out is absent.

    `tagged`: before it a tag block of what the message says of source, time, destination, line number and group.
    FormatError for an unknown formatter, a value that its field cannot carry, and more than `longest` bytes.

    >>> encode({"formatter": "TTM", "talker": "RA", "number": 11, "distance": 11.4, "bearing_deg": 13.6,
    ...         "bearing_reference": "T", "units": "N", "status": "Q", "time_of_day": 56485.82, "acquisition": "A"})
    b'$RATTM,11,11.4,13.6,T,,,,,,N,,Q,,154125.82,A*5A\\r\\n'
    """
    name = str(message["formatter"])
    if name in AIS:
        from mihari.formats.ais import encode as encode_ais

        return b"".join(encode_ais(message, own=name == "VDO"))
    before = block_of(message) if tagged else b""
    if "raw" in message:
        return before + str(message["raw"]).encode("ascii") + b"\r\n"
    sentence = SENTENCES.get(name)
    if sentence is None:
        raise FormatError("formatter", f"{name!r} is no sentence that is known: give its bytes as raw")
    talker = str(message.get("talker", "RA"))
    if not _ADDRESS.fullmatch(talker):
        raise FormatError("syntax", f"talker {talker!r}: expected two capital letters or digits, no P first")
    if name == "TTD" and "payload" not in message and "records" in message:
        payload, fill = encode_records(message["records"])
        message = {"total": 1, "number": 1, "sequence": 0} | dict(message) | {"payload": payload, "fill": fill}
    fields = message.get("fields")
    written = list(map(str, fields)) if fields is not None else _written(sentence, message)
    body = ",".join([talker + name, *written]).encode("ascii")
    made = sentence.mark.encode() + body + b"*" + checksum(body) + b"\r\n"
    if len(made) > longest:
        raise FormatError("length", f"{name}: {len(made)} bytes, {longest} fit", made)
    return before + made


def _written(sentence: Sentence, message: Mapping[str, Any]) -> list[str]:
    """The wire fields of the newest edition."""
    made: list[str] = []
    for f in sentence.fields:
        value = message.get(f.name) if f.name else None
        try:
            made += _WRITERS[f.kind](f, value)
        except (TypeError, ValueError, OverflowError, KeyError, AttributeError) as error:
            raise FormatError("field", f"{sentence.formatter}: {f.name} = {value!r} cannot be written") from error
    return made


def digits(value: float, f: Field) -> str:
    """A number with as many digits behind the point as it has, between the field's least and most.

    >>> digits(13.6, Field("", Kind.NUMBER, "", 1, 1, 4)), digits(-0.25, Field("", Kind.NUMBER, "", 3, 1, 4))
    ('13.6', '-000.25')
    """
    if not math.isfinite(value):
        raise ValueError("not a finite number")
    made = f"{abs(value):.{f.most}f}"
    if len(made) > 18:
        raise ValueError("too many digits")
    whole, _, behind = made.partition(".")
    behind = behind.rstrip("0").ljust(f.least, "0")
    sign = "-" if value < 0 and (whole.strip("0") or behind.strip("0")) else ""
    return sign + whole.zfill(f.whole) + ("." + behind if behind else "")


def _number(f: Field, value: Any) -> list[str]:
    return [""] if value is None else [digits(float(value), f)]


def _integer(f: Field, value: Any) -> list[str]:
    if value is None:
        return [""]
    if int(value) != value or abs(value) >= 10**18:
        raise ValueError("not a whole number")
    return [("-" if value < 0 else "") + str(abs(int(value))).zfill(f.whole)]


def _hex(f: Field, value: Any) -> list[str]:
    if value is None:
        return [""]
    if not 0 <= value <= 255:
        raise ValueError("two hexadecimal digits hold 0 to 255")
    return [f"{int(value):02X}"]


def _time(f: Field, value: Any) -> list[str]:
    if value is None:
        return [""]
    units = round(float(value) * 10**f.most)
    second, rest = divmod(units, 10**f.most)
    if not 0 <= second < 86401:
        raise ValueError("outside the day")
    leap = second == 86400
    hour, minute = divmod((second - leap) // 60, 60)
    behind = f"{rest:0{f.most}d}".rstrip("0").ljust(f.least, "0")
    return [f"{hour:02d}{minute:02d}{60 if leap else second % 60:02d}.{behind}"]


def _date(f: Field, value: Any) -> list[str]:
    if value is None:
        return [""]
    told = datetime.fromtimestamp(float(value), UTC)
    if not 1980 <= told.year <= 2079:
        raise ValueError("two digits hold the years 1980 to 2079")
    return [told.strftime("%d%m%y")]


def _angle(f: Field, value: Any) -> list[str]:
    if value is None:
        return ["", ""]
    limit, scale = 90 if f.kind == Kind.LATITUDE else 180, 10**f.most
    if not abs(value) <= limit:
        raise ValueError("outside the Earth")
    whole, units = divmod(round(abs(float(value)) * 60 * scale), 60 * scale)
    minute, rest = divmod(units, scale)
    behind = f"{rest:0{f.most}d}".rstrip("0").ljust(f.least, "0")
    return [f"{whole:0{f.whole}d}{minute:02d}.{behind}", _side(f, value)]


def _easterly(f: Field, value: Any) -> list[str]:
    return ["", ""] if value is None else [digits(abs(float(value)), f), _side(f, value)]


def _side(f: Field, value: float) -> str:
    return LETTERS[f.kind][math.copysign(1.0, value) < 0]


def _code(f: Field, value: Any) -> list[str]:
    told = "" if value is None else str(value)
    if len(told) > 1 or (told and f.letters and told not in f.letters) or _RESERVED.search(told) or told == " ":
        raise ValueError("not one of its letters")
    return [told]


def _text(f: Field, value: Any) -> list[str]:
    told = "" if value is None else str(value)
    if told != told.strip(" "):
        raise ValueError("blanks at the ends of a text are lost")
    return [escaped(told)]


def _entries(f: Field, value: Any) -> list[str]:
    made: list[str] = []
    for entry in value or ():
        made += _text(f, entry.get("manufacturer"))
        for name in ("alert", "instance", "revision"):
            made += _integer(Field(name, Kind.INTEGER), entry.get(name))
    return made


_WRITERS: dict[Kind, Callable[[Field, Any], list[str]]] = {
    Kind.NUMBER: _number,
    Kind.INTEGER: _integer,
    Kind.HEX: _hex,
    Kind.TIME: _time,
    Kind.DATE: _date,
    Kind.LATITUDE: _angle,
    Kind.LONGITUDE: _angle,
    Kind.EASTERLY: _easterly,
    Kind.CODE: _code,
    Kind.FIXED: lambda f, _: [f.letters],
    Kind.TEXT: _text,
    Kind.ALERTS: _entries,
}
