"""`mihari decode`, `encode`, `formats`: wire formats to JSON lines, CSV or Parquet and back."""

from __future__ import annotations

import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

import click

from mihari.commands.codecs import CODECS, Codec, Part
from mihari.commands.console import as_json, print_json, why
from mihari.core.errors import BadInput

CHUNK = 1 << 20
LONGEST_LINE = 1 << 20  # bytes of one JSON line: the longest ASTERIX record as JSON is below it
FORMAT = click.Choice(list(CODECS))


@click.command(
    epilog="""\b
Examples:
  mihari decode ais station.nmea.gz | head
  mihari decode ais station.nmea --summary
  mihari decode asterix radar.pcap -o plots.parquet
  nc host 5631 | mihari decode ais -
"""
)
@click.argument("format", type=FORMAT)
@click.argument("file")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), help="FILE.jsonl, .csv or .parquet (default: JSON lines)."
)
@click.option("--summary", is_flag=True, help="Only count: messages, positions, refused by reason, seconds.")
@as_json
def decode(format: str, file: str, output: Path | None, summary: bool, as_json: bool) -> None:
    """Decode FILE (plain, .gz, for asterix also .pcap; - is standard input) to JSON lines, CSV or Parquet."""
    codec = CODECS[format]()
    began = time.perf_counter()
    counts = {"messages": 0, "positions": 0}
    with _sink(None if summary and output is None else output, summary, codec) as sink:
        for part in codec.decode(_chunks(file, codec), datagrams=_captured(file, codec)):
            counts["messages"] += part.messages
            counts["positions"] += part.positions
            sink.write(part)
    refused = codec.refused()
    told = {**counts, "refused": refused, "seconds": round(time.perf_counter() - began, 3)}
    if summary:
        print_json(told) if as_json else click.echo(_sentence(told))
    elif sum(refused.values()):
        reasons = ", ".join(f"{n} {reason}" for reason, n in refused.items() if n)
        click.echo(f"mihari: refused: {reasons}", err=True)


def _sentence(told: dict[str, Any]) -> str:
    import orjson

    return orjson.dumps(told).decode()


@click.command(
    epilog="""\b
Example:
  mihari decode ais station.nmea -o station.jsonl && mihari encode ais station.jsonl -o again.nmea
"""
)
@click.argument("format", type=FORMAT)
@click.argument("file")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Where the bytes go (default: standard output).")
def encode(format: str, file: str, output: Path | None) -> None:
    """Encode FILE, JSON lines as `mihari decode` writes them (- is standard input), to the wire format."""
    codec = CODECS[format]()
    with _written(output) as out:
        for number, line in _lines(file):
            out.write(codec.encode_line(line, f"{file}:{number}"))


@click.command()
@as_json
def formats(as_json: bool) -> None:
    """The wire formats and what of each is covered."""
    rows = [{"format": name, **codec.about()} for name, codec in CODECS.items()]
    if as_json:
        print_json(rows)
        return
    for row in rows:
        click.echo(f"{row['format']:<9}{row['title']}")
        click.echo(f"{'':<9}covers   {row['covers']}")
        click.echo(f"{'':<9}standard {row['standard']}")


# files


def _captured(file: str, codec: Codec) -> bool:
    return codec.captures and file.removesuffix(".gz").endswith((".pcap", ".pcapng", ".cap"))


def _chunks(file: str, codec: Codec) -> Iterator[bytes]:
    """The file's bytes in bounded pieces; a capture's datagrams one by one."""
    if _captured(file, codec):
        from mihari.core.health import Health
        from mihari.feeds.address import FeedAddress
        from mihari.feeds.pcap import PcapTransport

        health = Health(0, file, file)
        yield from (chunk.data for chunk in PcapTransport(FeedAddress.of_recording(file), health, lambda: 0.0).read())
        codec.also_refused(health.refused)
        return
    with _opened(file) as stream:
        while data := _read(stream, file):
            yield data


def _read(stream: IO[bytes], file: str) -> bytes:
    try:
        return stream.read(CHUNK)
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{file}: cannot be read to its end: {error}") from None


def _opened(file: str) -> IO[bytes]:
    if file == "-":
        return sys.stdin.buffer
    from mihari.feeds.file import open_recording

    return cast("IO[bytes]", open_recording(file))


def _lines(file: str) -> Iterator[tuple[int, str]]:
    """Number (from 1) and text of each line that is not blank."""
    with _opened(file) as stream:
        number = 0
        while line := _line(stream, file):
            number += 1
            if len(line) > LONGEST_LINE:
                raise BadInput(f"{file}:{number}: a line of more than {LONGEST_LINE >> 20} MiB is no message")
            try:
                text = line.decode()
            except UnicodeDecodeError:
                raise BadInput(f"{file}:{number}: expected JSON lines in UTF-8") from None
            if text.strip():
                yield number, text


def _line(stream: IO[bytes], file: str) -> bytes:
    try:
        return stream.readline(LONGEST_LINE + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise BadInput(f"{file}: cannot be read to its end: {error}") from None


def _written(path: Path | None) -> IO[bytes]:
    if path is None:
        return sys.stdout.buffer
    try:
        return path.open("wb")
    except OSError as error:
        raise BadInput(f"{path}: cannot be written: {why(error)}") from None


# where decoded messages go


class _Sink:
    """Takes decoded parts; this one drops them."""

    def write(self, part: Part) -> None:
        """Take one part."""

    def close(self) -> None:
        """All parts have been written."""

    def __enter__(self) -> _Sink:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _JsonLines(_Sink):
    def __init__(self, out: IO[bytes]) -> None:
        self.out = out

    def write(self, part: Part) -> None:
        import orjson

        for message in part.dicts():
            self.out.write(orjson.dumps(message, default=_plain, option=orjson.OPT_APPEND_NEWLINE))

    def close(self) -> None:
        self.out.flush()
        if self.out is not sys.stdout.buffer:
            self.out.close()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    raise TypeError(type(value).__name__)


class _Table(_Sink):
    """CSV or Parquet by pyarrow, part by part; the columns are fixed by the format."""

    def __init__(self, path: Path, codec: Codec) -> None:
        self.path, self.schema = path, codec.schema()
        self.writer: Any = None
        try:
            self.writer = self._open()
        except OSError as error:
            raise BadInput(f"{path}: cannot be written: {why(error)}") from None

    def _open(self) -> Any:
        if self.path.suffix == ".csv":
            from pyarrow import csv

            return csv.CSVWriter(str(self.path), self.schema)
        from pyarrow import parquet

        return parquet.ParquetWriter(str(self.path), self.schema, compression="zstd")

    def write(self, part: Part) -> None:
        self.writer.write_table(part.table(self.schema))

    def close(self) -> None:
        if self.writer is not None:
            self.writer.close()


def _sink(output: Path | None, summary: bool, codec: Codec) -> _Sink:
    if output is None:
        return _Sink() if summary else _JsonLines(sys.stdout.buffer)
    if output.suffix in (".csv", ".parquet"):
        return _Table(output, codec)
    if output.suffix in (".jsonl", ".json", ".ndjson"):
        return _JsonLines(_written(output))
    raise BadInput(f"{output}: expected a name that ends in .jsonl, .csv or .parquet")
