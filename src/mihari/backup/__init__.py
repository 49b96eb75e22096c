"""All that a node must not lose in one file, and a node again from it."""

from mihari.backup.contents import Wanted
from mihari.backup.manifest import Manifest
from mihari.backup.reading import examined
from mihari.backup.restoring import Restored, restore
from mihari.backup.writing import write

__all__ = ["Manifest", "Restored", "Wanted", "examined", "restore", "write"]
