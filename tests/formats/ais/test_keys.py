"""The key of a payload: equal bits, equal key, and nothing else."""

import numpy as np

from mihari.formats.ais import Messages, decode_bytes, decode_file, encode
from recordings import recording

FIELDS = {"message_type": 5, "mmsi": 431_000_001, "name": "MIHARI MARU", "imo": 9_074_729}


def key(sentences):
    (found,) = decode_bytes(b"".join(sentences)).messages.key.tolist()
    return found


def test_the_same_bits_have_the_same_key_however_their_sentences_look():
    one = encode(FIELDS, sequence=3, channel="A")
    other = encode(FIELDS, sequence=8, channel="B", talker="BS", station="NAHA", time=1.0e9, group=7)
    assert one != other
    assert key(one) == key(other) != key(encode({**FIELDS, "name": "MIHARI MARV"}))


def test_a_message_cut_into_other_parts_keeps_its_key():
    alone = b"!AIVDM,1,1,,A,15MgK45P3@G?fl0E`JbR0OwT0@MS,0*4E\n"
    parts = [b"!AIVDM,2,1,4,A,15MgK45P3@G?fl,0*", b"!AIVDM,2,2,4,A,0E`JbR0OwT0@MS,0*"]
    cut = [part + b"%02X\n" % np.bitwise_xor.reduce(np.frombuffer(part[1:-1], np.uint8)) for part in parts]
    assert key(cut) == key([alone])


def test_different_messages_of_a_real_log_have_different_keys():
    messages = decode_file(recording("ais/vernon_all.nmea")).messages
    rows = range(0, len(messages), 5)
    keys = messages.key
    payloads = {messages.payload(row) for row in rows}
    assert len(set(keys[::5].tolist())) == len(payloads)
    assert (keys != 0).all()


def test_no_messages_have_no_keys():
    assert Messages.empty().key.tolist() == []
