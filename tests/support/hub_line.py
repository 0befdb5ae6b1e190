"""A line to a hub that a test steers: it records requests, passes them on, waits, or answers itself."""

import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Answer = tuple[int, dict[str, str], bytes]
WAIT_S = 30  # until a test that forgets to open the line fails


@dataclass(eq=False)
class Line:
    """What a line does with requests, and which it has seen."""

    endpoint: str  # of the hub behind it
    own_endpoint: str = ""
    answer: Callable[[str, str], Answer | None] = lambda method, path: None  # in the hub's place
    waits_in: str = ""  # the name of a file half of which passes before the line is opened
    breaks_in: str = ""  # the name of a file half of which passes before the line is down for good
    down: bool = False
    opened: threading.Event = field(default_factory=threading.Event)
    halfway: threading.Event = field(default_factory=threading.Event)
    requests: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, range

    def got(self, name: str) -> list[str]:
        """The ranges of the GET requests for a file."""
        return [part for method, path, part in self.requests if method == "GET" and path.endswith(name)]


@contextmanager
def line_to(endpoint: str) -> Iterator[tuple[str, Line]]:
    """A line to a hub: its own endpoint, and what steers it."""
    line = Line(endpoint)

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if line.down:
                return None
            part = self.headers.get("range", "")
            line.requests.append((self.command, self.path, part))
            if answer := line.answer(self.command, self.path):
                return self._send(*answer)
            url = self.path if self.path.startswith("http") else line.endpoint + self.path
            headers = {"Range": part} if part else {}
            request = urllib.request.Request(url, method=self.command, headers=headers)
            try:
                with urllib.request.urlopen(request, timeout=WAIT_S) as reply:
                    self._send(reply.status, dict(reply.headers), reply.read())
            except urllib.error.HTTPError as error:
                self._send(error.code, dict(error.headers), error.read())

        do_HEAD = do_GET  # noqa: N815

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
            lower = {key.lower(): value for key, value in headers.items()}
            length = lower.pop("content-length", str(len(body)))
            self.send_response(status)
            for key, value in lower.items():
                if key not in {"transfer-encoding", "connection", "server", "date"}:
                    self.send_header(key, value)
            self.send_header("content-length", length)
            self.end_headers()
            if line.waits_in and self.command == "GET" and self.path.endswith(line.waits_in):
                self.wfile.write(body[: len(body) // 2])
                body = body[len(body) // 2 :]
                line.halfway.set()
                line.opened.wait(WAIT_S)
            if line.breaks_in and self.command == "GET" and self.path.endswith(line.breaks_in):
                body, line.down = body[: len(body) // 2], True
            self.wfile.write(body)

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.handle_error = lambda *_: None  # of connections that the other side closes
    line.own_endpoint = f"http://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield line.own_endpoint, line
    finally:
        line.opened.set()
        server.shutdown()
        server.server_close()
