"""`library_node.py` as a program of its own."""

from __future__ import annotations

import socket
import subprocess
import sys
from pathlib import Path


class LibraryNode:
    """A node with a library, cases and an archive; `empty`: with the archive alone."""

    def __init__(self, folder: Path, empty: bool = False) -> None:
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        program = [sys.executable, str(Path(__file__).with_name("library_node.py")), str(port), str(folder)]
        self.url = f"http://127.0.0.1:{port}/"
        self.running = subprocess.Popen(
            [*program, *(["empty"] if empty else [])], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        assert self.running.stdout is not None
        assert self.running.stdout.readline() == "ready\n"

    def stop(self) -> None:
        """End it in order."""
        assert self.running.stdin is not None
        assert self.running.stdout is not None
        self.running.stdin.close()
        self.running.wait(30)
        self.running.stdout.close()
