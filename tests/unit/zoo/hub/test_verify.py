"""A file that changed on its way from the Hub is found."""

import hashlib
import subprocess
from pathlib import Path

import pytest

from zoo.hub.verify import verify
from zoo.weights import WeightsMissing

REVISION = "0123456789abcdef0123456789abcdef01234567"


@pytest.fixture
def snapshot(tmp_path) -> Path:
    """The layout of the Hub's cache: a small file under git's hash, a large one under its SHA-256."""
    blobs, folder = tmp_path / "blobs", tmp_path / "snapshots" / REVISION
    blobs.mkdir()
    folder.mkdir(parents=True)
    small, large = b'{"a": 1}\n', bytes(range(256)) * 9000
    git = subprocess.run(["git", "hash-object", "--stdin"], input=small, capture_output=True, check=True)
    for name, content, announced in (
        ("config.json", small, git.stdout.decode().strip()),
        ("model.safetensors", large, hashlib.sha256(large).hexdigest()),
    ):
        (blobs / announced).write_bytes(content)
        (folder / name).symlink_to(Path("../../blobs") / announced)
    return folder


def test_whole_files_pass(snapshot):
    assert verify(snapshot) == 2


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_changed_file_is_named(snapshot, name):
    content = bytearray((snapshot / name).read_bytes())
    content[3] ^= 1
    (snapshot / name).resolve().write_bytes(content)
    with pytest.raises(WeightsMissing, match=name) as caught:
        verify(snapshot)
    assert "\n" not in str(caught.value)


def test_a_folder_of_ones_own_has_nothing_to_compare(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    assert verify(tmp_path) == 0
