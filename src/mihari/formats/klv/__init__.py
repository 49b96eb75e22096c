"""MISB KLV both ways: UAS datalink (ST 0601) and VMTI (ST 0903), alone and in MPEG-TS."""

from mihari.formats.klv.decode import Decoded, Decoder, Sets, decode_many
from mihari.formats.klv.records import encode, to_dicts

__all__ = ["Decoded", "Decoder", "Sets", "decode_many", "encode", "to_dicts"]
