"""Bytes to messages and messages to bytes, one file or folder per wire format; pure functions in both directions."""
