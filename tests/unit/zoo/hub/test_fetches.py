"""Releases are fetched in the background, once for all who want them, and resume where they broke off."""

import threading

import pytest

from tests.support.hub_line import line_to
from tests.support.pushed_releases import go_to
from zoo.hub.disk import TooLittleDisk
from zoo.hub.download import fetch, find_local
from zoo.hub.fetches import Fetches
from zoo.hub.listing import download_bytes
from zoo.releases import find_release

PATIENCE_S = 60  # of a test on a busy machine
WEIGHTS = "model.safetensors"


@pytest.fixture
def line(hub, here, tmp_path, monkeypatch):
    """This process behind a line to the hub, on which every file of some size comes in many pieces."""
    monkeypatch.setattr("huggingface_hub.constants.DOWNLOAD_CHUNK_SIZE", 1024)
    monkeypatch.setattr("time.sleep", lambda _: None)  # between the library's own attempts
    with line_to(hub[0]) as (endpoint, line):
        go_to(endpoint, tmp_path / "cache", monkeypatch)
        yield line


def pushed(variant: str):
    return find_release(variant, "lab-actions", "V", "hub")


def wait_until(condition) -> None:
    for _ in range(100 * PATIENCE_S):
        if condition():
            return
        threading.Event().wait(0.01)
    raise TimeoutError


def test_all_parts_of_a_release_arrive(line):
    release = pushed("x-clip-rf")
    size = download_bytes(release.parts)
    assert size > 0
    fetch_of_one = Fetches().start(release)
    progress = fetch_of_one.wait(PATIENCE_S)
    assert (progress.state, progress.error) == ("done", "")
    assert progress.done_bytes == progress.total_bytes == size
    assert download_bytes(release.parts) == 0
    for weights in release.parts:
        assert find_local(weights)
    assert Fetches().start(release).progress.state == "done"


def test_what_two_want_comes_once_and_ends_with_the_last_of_them(line):
    release, fetches = pushed("vi-cl"), Fetches()
    line.waits_in = WEIGHTS
    first = fetches.start(release)
    assert line.halfway.wait(PATIENCE_S)
    second = fetches.start(release)
    first.leave()
    assert first.progress.state == "cancelled"
    assert second.progress.state == "fetching"
    line.opened.set()
    assert second.wait(PATIENCE_S).state == "done"
    assert first.progress.state == "cancelled"
    assert line.got(WEIGHTS) == [""]


def test_a_fetch_that_all_have_left_ends_and_resumes(line, tmp_path):
    release, fetches = pushed("vi-cl"), Fetches()
    line.waits_in = WEIGHTS
    left = [fetches.start(release), fetches.start(release)]
    assert line.halfway.wait(PATIENCE_S)
    (part,) = (tmp_path / "cache").rglob("*.incomplete")
    wait_until(lambda: part.stat().st_size > 0)
    for each in left:
        each.leave()
    line.opened.set()
    assert left[0].jobs[0].over.wait(PATIENCE_S)
    assert find_local(release.weights) is None
    arrived = part.stat().st_size
    assert arrived > 0
    line.waits_in = ""
    again = fetches.start(release)
    assert again.wait(PATIENCE_S).state == "done"
    assert line.got(WEIGHTS) == ["", f"bytes={arrived}-"]
    assert not part.exists()


def test_too_little_disk_is_one_sentence_before_a_large_file_comes(line):
    fetches = Fetches(free=lambda folder: 100)
    progress = fetches.start(pushed("vi-cl")).wait(PATIENCE_S)
    assert progress.state == "failed"
    assert "are free at" in progress.error
    assert "\n" not in progress.error
    assert line.got(WEIGHTS) == []


def test_a_budget_evicts_what_was_used_least_recently(line, monkeypatch):
    oldest, old, new = (pushed(key) for key in ("vi-lm", "vi-cl", "x-clip"))
    for each in (oldest, old):
        fetch(each.weights)
    needed = download_bytes(new.parts)
    monkeypatch.setenv("BENCHSCRIBE_CACHE_GB", str(needed / 1e9))
    progress = Fetches(in_use=lambda weights: weights == old.weights).start(new).wait(PATIENCE_S)
    assert progress.state == "failed"
    assert "BENCHSCRIBE_CACHE_GB" in progress.error
    assert find_local(oldest.weights)
    progress = Fetches().start(new).wait(PATIENCE_S)
    assert progress.state == "done", progress.error
    assert not find_local(oldest.weights)
    assert not find_local(old.weights)
    assert {each.partition(" at ")[0] for each in progress.evicted} == {oldest.weights.name, old.weights.name}
    monkeypatch.setenv("BENCHSCRIBE_CACHE_GB", "many")
    with pytest.raises(TooLittleDisk, match="expected a number"):
        raise TooLittleDisk(Fetches().start(old).wait(PATIENCE_S).error)
