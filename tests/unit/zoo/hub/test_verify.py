"""A file that changed on its way from the Hub is found, whether the cache has links or copies."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path

import pytest

from zoo.hub.verify import verify
from zoo.weights import WeightsMissing

REVISION = "0123456789abcdef0123456789abcdef01234567"
SMALL, LARGE = b'{"a": 1}\n', bytes(range(256)) * 9000


def git_hash(content: bytes) -> str:
    command = ["git", "hash-object", "--stdin"]
    return subprocess.run(command, input=content, capture_output=True, check=True).stdout.decode().strip()


@pytest.fixture
def linked(tmp_path) -> Path:
    """A snapshot whose files are links: a small file under git's hash, a large one under its SHA-256."""
    blobs, folder = tmp_path / "blobs", tmp_path / "snapshots" / REVISION
    blobs.mkdir()
    folder.mkdir(parents=True)
    for name, content, announced in (
        ("config.json", SMALL, git_hash(SMALL)),
        ("model.safetensors", LARGE, hashlib.sha256(LARGE).hexdigest()),
    ):
        (blobs / announced).write_bytes(content)
        (folder / name).symlink_to(Path("../../blobs") / announced)
    return folder


@pytest.fixture
def copied(tmp_path) -> Path:
    """A snapshot without links, as on Windows, beside the listing of its commit as the library writes it."""
    folder = tmp_path / "snapshots" / REVISION
    folder.mkdir(parents=True)
    (folder / "config.json").write_bytes(SMALL)
    (folder / "model.safetensors").write_bytes(LARGE)
    digest = hashlib.sha256(LARGE).hexdigest()
    pointer = f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(LARGE)}\n"
    files = {
        "config.json": {"size": len(SMALL), "blob_id": git_hash(SMALL)},
        "model.safetensors": {
            "size": len(LARGE),
            "blob_id": git_hash(pointer.encode()),
            "lfs_sha256": digest,
            "lfs_size": len(LARGE),
        },
        "pytorch_model.bin": {"size": 1, "blob_id": "0" * 40},  # never fetched
    }
    (tmp_path / "trees").mkdir()
    listing = {"format_version": 1, "files": files}
    (tmp_path / "trees" / f"{REVISION}.json").write_text(json.dumps(listing))
    return folder


@pytest.fixture(params=["linked", "copied"])
def snapshot(request) -> Path:
    return request.getfixturevalue(request.param)


def test_whole_files_pass(snapshot):
    assert verify(snapshot) == 2


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_changed_file_is_named_and_removed(snapshot, name):
    content = bytearray((snapshot / name).read_bytes())
    content[3] ^= 1
    (snapshot / name).resolve().write_bytes(content)
    with pytest.raises(WeightsMissing, match=name) as caught:
        verify(snapshot)
    assert "\n" not in str(caught.value)
    assert not (snapshot / name).is_symlink()
    assert not (snapshot / name).exists()


def test_without_a_listing_copies_have_nothing_to_compare_with(copied):
    shutil.rmtree(copied.parents[1] / "trees")
    assert verify(copied) == 0


@pytest.mark.parametrize("listing", ["{", "[]", '{"files": 1}', '{"files": {"config.json": {}}}'])
def test_a_broken_listing_falls_back_to_links(linked, listing):
    (linked.parents[1] / "trees").mkdir()
    (linked.parents[1] / "trees" / f"{REVISION}.json").write_text(listing)
    assert verify(linked) == 2


def test_a_folder_of_ones_own_has_nothing_to_compare_with(tmp_path):
    (tmp_path / "config.json").write_text("{}")
    assert verify(tmp_path) == 0
