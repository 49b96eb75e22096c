"""MISB KLV both ways: UAS datalink (ST 0601) and VMTI (ST 0903), alone and in MPEG-TS."""

from mihari.formats.klv.decode import Decoded, Decoder, Sets, decode_many
from mihari.formats.klv.records import encode, to_dicts
from mihari.formats.klv.ts import TsDecoder
from mihari.formats.klv.ts_mux import Muxer, mux

__all__ = ["Decoded", "Decoder", "Muxer", "Sets", "TsDecoder", "decode_many", "encode", "mux", "to_dicts"]
