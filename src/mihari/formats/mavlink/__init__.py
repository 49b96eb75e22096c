"""MAVLink 2 both ways, version 1 read: bytes to columns and dicts, dicts to frames; missions and commands as protocols.

https://mavlink.io/en/guide/serialization.html (frames), message_signing.html, https://mavlink.io/en/messages/.
"""

from mihari.formats.mavlink import items
from mihari.formats.mavlink.command import Command
from mihari.formats.mavlink.decode import Decoder, decode_many
from mihari.formats.mavlink.decoded import Decoded, Unknown
from mihari.formats.mavlink.encode import Encoder, encode
from mihari.formats.mavlink.frames import REASONS
from mihari.formats.mavlink.heard import valid
from mihari.formats.mavlink.mission import MissionUpload
from mihari.formats.mavlink.records import to_dicts
from mihari.formats.mavlink.signing import key_of
from mihari.formats.mavlink.table import Table

__all__ = [
    "REASONS",
    "Command",
    "Decoded",
    "Decoder",
    "Encoder",
    "MissionUpload",
    "Table",
    "Unknown",
    "decode_many",
    "encode",
    "items",
    "key_of",
    "to_dicts",
    "valid",
]
