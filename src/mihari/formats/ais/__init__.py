"""AIS sentences <-> messages: types 1-5, 9, 14, 18, 19, 21, 24, 27, others kept raw.

ITU-R M.1371-5 annex 8 (the bits), IEC 61162-1 (the sentences), NMEA 0183 4.10 (tag blocks).
"""

from mihari.formats.ais.decoder import Decoder, decode_bytes, decode_file
from mihari.formats.ais.messages import Decoded, Messages, Refused, Static
from mihari.formats.ais.state import REASONS

__all__ = [
    "REASONS",
    "Decoded",
    "Decoder",
    "Messages",
    "Refused",
    "Static",
    "decode_bytes",
    "decode_file",
]
