"""`python -m mihari.face --socket PATH --port 8080`: the face process of a node."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from mihari.core.errors import BadInput
from mihari.face.bind import bind
from mihari.face.launch import RECORDS

PAGE = Path(__file__).with_name("page")


def main(argv: list[str] | None = None) -> int:
    """Run the face; 0 when it ended in order, 2 with one sentence when it cannot start."""
    parser = argparse.ArgumentParser(prog="python -m mihari.face", description="The web face of a Mihari node.")
    parser.add_argument("--socket", required=True, help="the pipeline's socket: a path, or host:port of loopback")
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on")
    parser.add_argument("--port", type=int, default=8080, help="0 picks a free one")
    parser.add_argument("--page", type=Path, default=PAGE, help="folder of the built page")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input ends; tell the port")
    options = parser.parse_args(argv)
    try:
        sock = bind(options.host, options.port)
        from mihari.face.server import serve  # late: a port in use is told at once

        records = os.environ.get(RECORDS, "")
        serve(options.socket, sock, with_parent=options.with_parent, page=options.page, records=records)
    except BadInput as problem:
        print(problem, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        pass
    return 0


if __name__ == "__main__":
    sys.exit(main())
