"""IEC 61162-450 by real multicast, and its header in both directions."""

import pytest
from feed_helpers import REAL, drained, free_port, listening, running, told, until
from hypothesis import given
from hypothesis import strategies as st

from mihari.core.errors import BadInput
from mihari.core.health import Health
from mihari.feeds import Chunk, FeedAddress, SensorRegistry, UdpSender, open_stage
from mihari.formats.lwe import LARGEST, Encoder, kind_of, lines_of, tag_block


def staged(text, *datagrams):
    health, sensors = Health(0, "t", "t"), SensorRegistry()
    stage = open_stage(FeedAddress.parse(text, "ais"), 0, sensors, health)
    found = [batch for data in datagrams for batch in stage.take(Chunk(1e9, data))]
    return told(found), health, sensors


def test_sentences_are_found_behind_the_header_and_their_tag_block():
    (datagram,) = Encoder("AI0001").datagrams([REAL, REAL])
    found, health, sensors = staged("udp450://TGTD", datagram)
    assert found == [366730000] * 2
    assert health.received_bytes == len(datagram)
    assert [s.name for s in sensors.all()] == ["TGTD", "AI0001"]


def test_a_relayed_line_keeps_its_own_station_and_time():
    line = tag_block(b"s:CAPE,c:999999990") + REAL
    (datagram,) = Encoder("AB0001").datagrams([line])
    found, _, sensors = staged("udp450://TGTD", datagram)
    assert found == [366730000]
    assert [s.name for s in sensors.all()] == ["TGTD", "CAPE"]


def test_files_and_nmea_2000_are_other_and_no_header_is_refused():
    found, health, _ = staged("udp450://TGTD", b"RaUdP\0file", b"NkPgN\0\1\2", REAL)
    assert (found, health.other, health.refused) == ([], 2, {"header": 1})
    assert health.last_refused[0].data == REAL


def test_a_plain_udp_feed_reads_both():
    (datagram,) = Encoder("AI0001").datagrams([REAL])
    found, health, _ = staged("udp://:10110", datagram, REAL)
    assert (found, health.refused) == ([366730000] * 2, {})


@given(st.lists(st.binary(max_size=400).map(lambda b: b.replace(b"\n", b"").rstrip(b"\r")), max_size=30))
def test_whatever_lines_are_sent_come_back_in_datagrams_that_fit(lines):
    datagrams = Encoder("VD0001").datagrams(lines)
    assert all(kind_of(d) == "sentences" and len(d) <= LARGEST for d in datagrams)
    back = b"".join(map(lines_of, datagrams)).split(b"\r\n")[:-1]
    assert [line.split(b"\\", 2)[2] for line in back] == lines


def test_short_names_of_groups_and_mistakes():
    a = FeedAddress.parse("udp450://NAVD?interface=127.0.0.1")
    assert (a.host, a.port, a.name, a.format, a.multicast) == ("239.192.0.4", 60004, "NAVD", "ais", True)
    assert FeedAddress.parse("udp450://usr8").port == 60016
    assert FeedAddress.parse("udp450://TGTD?format=nmea").format == "nmea"
    for text, sentence in (
        ("udp450://TGTX", "with a port from 1 to 65535"),
        ("udp450://TGTX:60002", "or one of MISC, TGTD"),
        ("udp450://TGTD?format=asterix", "carries sentences; expected format=ais or format=nmea"),
        ("udp450://TGTD?source=me", "two letters and four digits"),
    ):
        with pytest.raises(BadInput, match=sentence):
            FeedAddress.parse(text)


def test_a_group_is_heard_over_multicast():
    port = free_port()
    with running(f"udp450://239.192.0.2:{port}?interface=127.0.0.1") as (hub, inputs):
        listening(hub)
        if hub.health()[0].state == "failed":
            pytest.skip("no multicast on this machine's loopback")
        with UdpSender(f"udp://239.192.0.2:{port}?interface=127.0.0.1") as sender:
            for datagram in Encoder("AI0001").datagrams([REAL]):
                sender.send(datagram)
        until(lambda: hub.health()[0].messages == 1)
        assert told(drained(inputs)) == [366730000]
