"""IEC 61162-1 sentences and IEC 61162-450 datagrams <-> columns and dicts."""

from mihari.formats.nmea.decoder import REASONS, Decoder, decode_many
from mihari.formats.nmea.plain import encode, to_dicts
from mihari.formats.nmea.sentences import SENTENCES
from mihari.formats.nmea.tables import Decoded, Table
from mihari.formats.nmea.tags import GROUPS, datagram_450, tags_of
from mihari.formats.nmea.ttd import encode_ttd

__all__ = [
    "GROUPS",
    "REASONS",
    "SENTENCES",
    "Decoded",
    "Decoder",
    "Table",
    "datagram_450",
    "decode_many",
    "encode",
    "encode_ttd",
    "tags_of",
    "to_dicts",
]
