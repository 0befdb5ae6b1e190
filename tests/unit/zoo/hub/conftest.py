"""A hub on this machine, made once for the tests of this folder."""

from pathlib import Path

import pytest

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
