"""A node's part in the mesh in a process of its own, to be killed: `office.py FOLDER NAME LISTEN [CALLS]`.

FOLDER has the keys; NAME.sqlite in it are the records, in which others may write meanwhile.
"""

import sys
import time
from pathlib import Path

from mihari.alerts.records import Records
from mihari.core.config import NodeConfig
from mihari.sharing import Sharing

folder, name, listen, *calls = sys.argv[1:]
mesh = {"enabled": True, "keys": f"{folder}/{name}", "state": f"{folder}/{name}-state"}
mesh["listen"] = [f"tls/127.0.0.1:{listen}"]
link = [{"url": f"tls/127.0.0.1:{port}"} for port in calls]
records = str(Path(folder) / f"{name}.sqlite")
Records(records).open().close()
sharing = Sharing(NodeConfig.model_validate({"node": {"name": name}, "mesh": mesh, "link": link}))
sharing.start(records, time.time())
print("up", flush=True)
sys.stdin.read()
sharing.stop()
