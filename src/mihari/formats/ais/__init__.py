"""AIS sentences <-> messages: types 1-5, 9, 14, 18, 19, 21, 24, 27, others kept raw.

ITU-R M.1371-5 annex 8 (the bits), IEC 61162-1 (the sentences), NMEA 0183 4.10 (tag blocks).
"""

from mihari.formats.ais.decoder import Decoder, decode_bytes, decode_file
from mihari.formats.ais.messages import Decoded, Messages, Refused, Static
from mihari.formats.ais.plain import decode_payload, encode_payload
from mihari.formats.ais.sentences import encode, to_dicts
from mihari.formats.ais.state import REASONS
from mihari.formats.ais.subjects import DISTRESS, SUBJECTS, subject_of, subjects

__all__ = [
    "DISTRESS",
    "REASONS",
    "SUBJECTS",
    "Decoded",
    "Decoder",
    "Messages",
    "Refused",
    "Static",
    "decode_bytes",
    "decode_file",
    "decode_payload",
    "encode",
    "encode_payload",
    "subject_of",
    "subjects",
    "to_dicts",
]
