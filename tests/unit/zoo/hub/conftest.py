"""A hub on this machine, made once for the tests of this folder."""

from pathlib import Path

import pytest

from tests.support.hub_line import line_to
from tests.support.local_hub import serve
from tests.support.pushed_releases import go_to, push_zoo, write_trained_zoo


@pytest.fixture(scope="session")
def zoo(tmp_path_factory) -> Path:
    """Tiny releases of all variants as they leave training."""
    return write_trained_zoo(tmp_path_factory.mktemp("zoo"))


@pytest.fixture(scope="session")
def hub(zoo, tmp_path_factory):
    """All of them pushed, and served: the endpoint, and the folder with the repositories and the pins."""
    folder = tmp_path_factory.mktemp("hub")
    push_zoo(zoo, folder)
    with serve(folder) as endpoint:
        yield endpoint, folder


@pytest.fixture
def here(hub, tmp_path, monkeypatch) -> Path:
    """This process as a visitor with an empty cache; returns the folder of repositories."""
    go_to(hub[0], tmp_path / "cache", monkeypatch)
    monkeypatch.setenv("BENCHSCRIBE_HUB", str(hub[1] / "hub.json"))
    return hub[1] / "models"


@pytest.fixture
def line(hub, here, tmp_path, monkeypatch):
    """This process behind a line to the hub, on which a file comes in many pieces; it has no token."""
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1024)
    monkeypatch.setattr("huggingface_hub.constants.HF_TOKEN_PATH", str(tmp_path / "token"))
    monkeypatch.setattr("time.sleep", lambda _: None)  # between the library's own attempts
    with line_to(hub[0]) as (endpoint, line):
        go_to(endpoint, tmp_path / "cache", monkeypatch)
        yield line
