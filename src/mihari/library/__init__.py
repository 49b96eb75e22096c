"""The pattern library: what one coast has learned, in files that every coast can read, prove and use."""

from mihari.library.pattern import Pattern, PatternFile, examine, load, merged, starting

__all__ = ["Pattern", "PatternFile", "examine", "load", "merged", "starting"]
