"""A model hub on this machine: olah serves git repositories over the Hub's own protocol."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CONFIG = """
[basic]
host = "127.0.0.1"
port = {port}
repos-path = {cache}
mirrors-path = [{repositories}]
mirror-scheme = "http"
mirror-netloc = "127.0.0.1:{port}"
mirror-lfs-netloc = "127.0.0.1:{port}"

[accessibility]
offline = true
"""


def free_port() -> int:
    """A port that is free."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """Serve folder/models/ORG/NAME; yields the endpoint."""
    port = free_port()
    places = {"cache": json.dumps(str(folder / "cache")), "repositories": json.dumps(str(folder))}
    (folder / "olah.toml").write_text(CONFIG.format(port=port, **places))
    with (folder / "olah.log").open("wb") as log:
        command = [sys.executable, "-m", "olah.server", "--config", "olah.toml"]
        process = subprocess.Popen(command, cwd=folder, stdout=log, stderr=log, start_new_session=True)
    try:
        _wait(port, process, folder / "olah.log")
        yield f"http://127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(10)


def _wait(port: int, process: subprocess.Popen, log: Path) -> None:
    for _ in range(300):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
            return
        except OSError:
            assert process.poll() is None, log.read_text()[-2000:]
            time.sleep(0.1)
    raise TimeoutError(log.read_text()[-2000:])
