"""MISB KLV both ways: UAS datalink (ST 0601) and VMTI (ST 0903), alone and in MPEG-TS; where the camera looks."""

from mihari.formats.klv.decode import Decoded, Decoder, Sets, decode_many
from mihari.formats.klv.detections import Detection, Errors, detections
from mihari.formats.klv.geometry import Footprint, footprint
from mihari.formats.klv.records import encode, to_dicts
from mihari.formats.klv.ts import TsDecoder
from mihari.formats.klv.ts_mux import Muxer, mux

__all__ = [
    "Decoded",
    "Decoder",
    "Detection",
    "Errors",
    "Footprint",
    "Muxer",
    "Sets",
    "TsDecoder",
    "decode_many",
    "detections",
    "encode",
    "footprint",
    "mux",
    "to_dicts",
]
