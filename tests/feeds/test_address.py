"""Feed addresses: what people write means what they expect, and mistakes are named."""

import contextlib
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mihari.core.errors import BadInput
from mihari.feeds import FeedAddress


def test_all_local_addresses_are_meant_when_no_host_is_written():
    a = FeedAddress.parse("udp://:10110", "ais")
    assert (a.scheme, a.host, a.port, a.format, a.multicast, a.live) == ("udp", "", 10110, "ais", False, True)


def test_a_multicast_group_is_recognised_with_its_interface():
    a = FeedAddress.parse("udp://239.192.0.2:8600?format=asterix&interface=127.0.0.1&name=naha")
    assert (a.multicast, a.interface, a.format, a.name) == (True, "127.0.0.1", "asterix", "naha")
    assert FeedAddress.parse("udp://[ff02::1]:5000?format=ais").multicast


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("file:logs/a.nmea", "logs/a.nmea"),
        ("file:../shared/a.nm4.gz?speed=max", "../shared/a.nm4.gz"),
        ("file:///var/log/a%20b.log", "/var/log/a b.log"),
        ("file:/var/log/a.txt", "/var/log/a.txt"),
        ("pcap:why%3F.pcap", "why?.pcap"),
    ],
)
def test_paths_are_relative_absolute_or_escaped(text, path):
    assert FeedAddress.parse(text).path == path


def test_a_recording_has_a_speed_and_an_end_and_a_growing_file_has_neither():
    assert FeedAddress.parse("file:a.nmea").speed == 1.0
    assert FeedAddress.parse("file:a.nmea?speed=10").speed == 10.0
    assert FeedAddress.parse("file:a.nmea?speed=max").speed == math.inf
    assert FeedAddress.parse("file:a.nmea").recorded
    assert FeedAddress.parse("file:a.nmea?follow=1").live


def test_the_format_is_guessed_only_where_that_is_safe():
    assert FeedAddress.parse("pcap:radar.pcapng").format == "asterix"
    assert FeedAddress.parse("file:a.nm4.gz").format == "ais"
    assert FeedAddress.parse("udp://:1?format=asterix", "ais").format == "asterix"
    with pytest.raises(BadInput, match=r"what flows there\? expected \?format=ais or \?format=asterix"):
        FeedAddress.parse("udp://:10110")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "expected udp://:PORT"),
        ("http://x:1", "expected udp://:PORT"),
        ("recording.nmea", "expected udp://:PORT"),
        ("udp://:x", "with a port from 1 to 65535"),
        ("udp://:70000", "with a port from 1 to 65535"),
        ("udp://", "with a port from 1 to 65535"),
        ("udp://[::1", "expected udp://"),
        ("udp://example.org:1", "where ADDRESS is a local IP address"),
        ("tcp://:10110", "expected tcp://HOST:PORT, found no host"),
        ("tcp://host:1/path", "found a path '/path'"),
        ("tcp://me@host:1", "without a user name"),
        ("file:", "expected file:PATH"),
        ("file://there/a.nmea", "expected file:PATH or file:///PATH"),
        ("file:a.nmea?speed=fast", "expected speed=max or a number above 0"),
        ("file:a.nmea?speed=-1", "expected speed=max or a number above 0"),
        ("file:a.nmea?follow=maybe", "expected follow=1 or follow=0"),
        ("file:a.nmea?sped=1", "file: takes format, name, editions, speed, follow, found 'sped'"),
        ("file:a.nmea?name=x&name=y", "'name' is given twice"),
        ("udp://:1?format=gpx", "expected format=ais or asterix or nmea or mavlink or klv or imc or cot, found 'gpx'"),
        ("udp://:1?format=asterix&editions=48", "expected editions=048:1.27 or 048:1.27@SAC/SIC, of ASTERIX"),
        ("udp://:1?format=ais&editions=048:1.27", "expected editions=048:1.27 or 048:1.27@SAC/SIC, of ASTERIX"),
        ("udp://:1?interface=eth0", "expected interface= and a local IP address"),
        ("file:a#b.nmea", "write it as %23"),
    ],
)
def test_a_mistake_is_one_sentence_that_says_what_was_expected(text, sentence):
    with pytest.raises(BadInput) as caught:
        FeedAddress.parse(text, "ais")
    assert sentence in str(caught.value)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=60))
def test_any_text_is_an_address_or_one_sentence(text):
    with contextlib.suppress(BadInput):
        assert FeedAddress.parse(text, "ais").format == "ais"


def test_a_recording_is_known_by_its_name():
    assert FeedAddress.of_recording("a/b.pcap").scheme == "pcap"
    assert FeedAddress.of_recording("a/b.nm4.gz").format == "ais"
    with pytest.raises(BadInput, match="what flows there"):
        FeedAddress.of_recording("a/b.dat")
