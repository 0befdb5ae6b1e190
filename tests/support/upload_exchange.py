"""The Hub's side of an upload, replayed.

No test talks to the real Hub: its side of the exchange was written down from what huggingface_hub's
client sends and expects (without Xet, whose storage speaks a protocol of its own).
"""

import base64
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Exchange:
    """The Hub's side of an upload: what it answers, and what it was sent."""

    def __init__(self, repository: str, revision: str, kind: str) -> None:
        self.repository, self.revision, self.kind = repository, revision, kind
        self.creation: dict[str, object] = {}  # what the repository was created with
        self.requests: list[str] = []
        self.files: dict[str, bytes] = {}
        self.stored: dict[str, bytes] = {}
        self.url, self.tokens, self.status = "", set(), 200

    def answer(self, method: str, path: str, body: bytes) -> object:
        self.requests.append(f"{method} {path.partition('?')[0]}")
        if path == "/api/repos/create":
            self.creation = json.loads(body)
            assert self.creation["name"] == self.repository.partition("/")[2]
            return {"url": self._page(), "id": self.repository}
        if "/tree/main" in path:
            return [{"type": "file", "path": "old.txt", "size": 3, "oid": "0" * 40}]
        api = f"/api/{self.kind}/{self.repository}"
        if path in {f"{api}/revision/main", api}:
            return {"id": self.repository, "sha": "f" * 40, "siblings": [{"rfilename": "old.txt"}]}
        if path == "/api/validate-yaml":
            return {"errors": [], "warnings": []}
        if "/preupload/" in path:
            names = [each["path"] for each in json.loads(body)["files"]]
            kinds = {name: "lfs" if name.endswith((".safetensors", ".mp4")) else "regular" for name in names}
            return {"files": [{"path": n, "uploadMode": k, "shouldIgnore": False} for n, k in kinds.items()]}
        if path.endswith("/objects/batch"):
            oids = json.loads(body)["objects"]
            href = {"upload": {"href": f"{self.url}/store/"}}
            acts = [
                {**each, "actions": {"upload": {"href": href["upload"]["href"] + each["oid"]}}}
                for each in oids
            ]
            return {"transfer": "basic", "objects": acts}
        if path.startswith("/store/"):
            self.stored[path.rpartition("/")[2]] = body
            return {}
        if "/commit/" in path:
            return self._commit(map(json.loads, body.splitlines()))
        return None

    def _commit(self, lines) -> dict:
        for each in lines:
            operation = each["value"]
            if each["key"] == "file":
                self.files[operation["path"]] = base64.b64decode(operation["content"])
            elif each["key"] == "lfsFile":
                self.files[operation["path"]] = self.stored[operation["oid"]]
            elif each["key"] == "deletedFile":
                self.files[operation["path"]] = b"deleted"
        url = f"{self._page()}/commit/{self.revision}"
        return {"success": True, "commitOid": self.revision, "commitUrl": url, "hookOutput": ""}

    def _page(self) -> str:
        return f"{self.url}/{self.kind + '/' if self.kind != 'models' else ''}{self.repository}"


@contextmanager
def replay_uploads(monkeypatch, repository: str, revision: str, kind: str = "models") -> Iterator[Exchange]:
    """Have huggingface_hub upload to a server on this machine; kind is models or spaces."""
    exchange = Exchange(repository, revision, kind)

    class Replay(BaseHTTPRequestHandler):
        def _any(self) -> None:
            exchange.tokens.add(self.headers.get("authorization"))
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            answer = (
                exchange.answer(self.command, self.path, body) if exchange.status == 200 else {"error": "no"}
            )
            out = json.dumps(answer).encode()
            self.send_response(404 if answer is None else exchange.status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(out)))
            self.end_headers()
            self.wfile.write(out)

        do_GET = do_POST = do_PUT = _any  # noqa: N815

        def log_message(self, *_) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Replay)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    exchange.url = f"http://127.0.0.1:{server.server_address[1]}"
    monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", exchange.url)
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_DISABLE_XET", True)
    monkeypatch.setenv("HF_TOKEN", "hf_of_the_test")
    yield exchange
    server.shutdown()
    server.server_close()
