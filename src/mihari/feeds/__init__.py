"""The world's bytes, over UDP, TCP, files, captures and pipes, -> checked batches and sectors; health of each feed."""

from mihari.feeds.address import FeedAddress
from mihari.feeds.hub import Hub
from mihari.feeds.inputs import InputQueue
from mihari.feeds.line import FeedSpec
from mihari.feeds.registry import SensorRegistry
from mihari.feeds.relay import OutputSpec
from mihari.feeds.replay import merge, pace, recorded, timed, with_ticks
from mihari.feeds.send import UdpSender
from mihari.feeds.stage import Stage, open_stage
from mihari.feeds.transport import Chunk, Clock, Transport, open_transport

__all__ = [
    "Chunk",
    "Clock",
    "FeedAddress",
    "FeedSpec",
    "Hub",
    "InputQueue",
    "OutputSpec",
    "SensorRegistry",
    "Stage",
    "Transport",
    "UdpSender",
    "merge",
    "open_stage",
    "open_transport",
    "pace",
    "recorded",
    "timed",
    "with_ticks",
]
