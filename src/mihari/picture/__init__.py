"""Own tracks and claims -> one Picture: which vessels are there, who they say they are, how old that is."""

from mihari.picture.compiler import PictureCompiler

__all__ = ["PictureCompiler"]
