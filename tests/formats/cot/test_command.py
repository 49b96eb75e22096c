"""`mihari decode cot` and `encode cot` on real files: streams, captures, tables, mistakes."""

import json

import dpkt
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner

from formats.cot.made_events import events
from mihari.cli import cli
from mihari.core.errors import BadInput
from mihari.formats.cot import Event, build, parse, to_proto

EVENTS = [parse(build(event)) for event in events(50, seed=20)]


def said(*arguments):
    result = CliRunner().invoke(cli, [str(a) for a in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == 0, result.output
    return result.stdout


def test_a_stream_becomes_lines_and_a_stream_again(tmp_path):
    file = tmp_path / "tak.cot"
    file.write_bytes(b"noise" + b"".join(build(e) + b"\n" for e in EVENTS))
    lines = said("decode", "cot", file).splitlines()
    assert [Event(**json.loads(line)) for line in lines] == EVENTS
    (tmp_path / "tak.jsonl").write_text("\n".join(lines))
    said("encode", "cot", tmp_path / "tak.jsonl", "-o", tmp_path / "again.cot")
    assert (tmp_path / "again.cot").read_bytes() == file.read_bytes()[5:]
    told = json.loads(said("decode", "cot", file, "--summary"))
    assert told["messages"] == 50
    assert told["positions"] == sum(e.has_position for e in EVENTS) > 40
    assert told["refused"]["garbage"] == 1


def test_a_capture_of_the_mesh_becomes_a_table(tmp_path):
    with (tmp_path / "mesh.pcap").open("wb") as file:
        writer = dpkt.pcap.Writer(file)
        for k, event in enumerate(EVENTS):
            data = to_proto(event) if k % 2 else build(event)
            udp = dpkt.udp.UDP(sport=6969, dport=6969, data=data, ulen=8 + len(data))
            ip = dpkt.ip.IP(src=b"\x0a\0\0\1", dst=b"\xef\2\3\1", p=17, data=udp)
            writer.writepkt(bytes(dpkt.ethernet.Ethernet(data=ip)), ts=k)
        udp = dpkt.udp.UDP(sport=6969, dport=6969, data=b"?", ulen=9)
        writer.writepkt(bytes(dpkt.ethernet.Ethernet(data=dpkt.ip.IP(p=17, data=udp))), ts=99)
    told = json.loads(said("decode", "cot", tmp_path / "mesh.pcap", "-o", tmp_path / "t.parquet", "--summary"))
    assert (told["messages"], told["refused"]["xml"]) == (50, 1)
    rows = pq.read_table(tmp_path / "t.parquet").to_pylist()
    assert [row["uid"] for row in rows] == [e.uid for e in EVENTS]
    assert [row["speed"] for row in rows] == [e.speed for e in EVENTS]


@pytest.mark.parametrize(
    ("line", "sentence"), [('{"uid": "a", "colour": 1}', "unknown: colour"), ('{"uid": "a"}', "cannot be encoded")]
)
def test_a_mistake_is_one_sentence(tmp_path, line, sentence):
    (tmp_path / "x.jsonl").write_text(line)
    with pytest.raises(BadInput, match=sentence):
        said("encode", "cot", tmp_path / "x.jsonl", "-o", tmp_path / "x.cot")
