"""A model hub on this machine: olah serves git repositories over the Hub's own protocol."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
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


@contextmanager
def cut_off(endpoint: str, name: str) -> Iterator[str]:
    """A connection to a hub that breaks half way through a file of this name, and stays down."""
    gone = threading.Event()

    class Line(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if gone.is_set():
                return
            request = urllib.request.Request(endpoint + self.path, method=self.command)
            try:
                with urllib.request.urlopen(request, timeout=30) as answer:
                    self._pass_on(answer, answer.read())
            except urllib.error.HTTPError as error:
                self._pass_on(error, error.read())

        do_HEAD = do_GET  # noqa: N815

        def _pass_on(self, answer, body: bytes) -> None:
            length = answer.headers.get("content-length") or str(len(body))
            self.send_response(answer.status)
            for key, value in answer.headers.items():
                if key.lower() not in {"content-length", "transfer-encoding", "connection"}:
                    self.send_header(key, value)
            self.send_header("Content-Length", length)
            self.end_headers()
            if self.command == "GET" and self.path.endswith(name):
                body = body[: len(body) // 2]
                gone.set()
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Line)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
