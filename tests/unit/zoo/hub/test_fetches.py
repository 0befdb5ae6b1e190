"""Releases are fetched in the background, once for all who want them, and resume where they broke off."""

import threading

import pytest

from pipelines.__main__ import main
from zoo.hub.disk import TooLittleDisk
from zoo.hub.download import fetch, find_local
from zoo.hub.fetches import Fetches
from zoo.hub.listing import download_bytes
from zoo.hub.speed import Speed
from zoo.releases import find_release

PATIENCE_S = 60  # of a test on a busy machine
WEIGHTS = "model.safetensors"


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


def test_many_visitors_at_once_download_each_file_once(line):
    releases, fetches = [pushed(key) for key in ("x-clip-rf", "x-clip-xgb", "x-clip", "vi-cl")], Fetches()
    started = []
    threads = [
        threading.Thread(target=lambda each=each: started.append(fetches.start(each)))
        for each in releases
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert {each.wait(PATIENCE_S).state for each in started} == {"done"}
    paths = [path for method, path, _ in line.requests if method == "GET" and "/resolve/" in path]
    assert len(paths) == len(set(paths)) > 10


def test_a_failed_part_ends_the_others(line):
    release = pushed("x-clip-rf")
    backbone, head = release.backbone, release.weights
    line.waits_in = f"{backbone.source}/resolve/{backbone.revision}/{WEIGHTS}"
    line.answer = lambda method, path: (
        (404, {}, b"") if head.source in path and line.halfway.wait(PATIENCE_S) else None
    )
    fetch = Fetches().start(release)
    assert line.halfway.wait(PATIENCE_S)
    wait_until(lambda: fetch.progress.state == "failed")
    assert head.name in fetch.progress.error
    line.opened.set()
    for job in fetch.jobs:
        assert job.over.wait(PATIENCE_S)
    assert not find_local(backbone)


def test_the_time_left_on_a_steady_line():
    now_s = [0.0]
    speed = Speed(lambda: now_s[0])
    assert speed.bytes_per_s() is None
    speed.add(0)
    for piece in range(1, 40):  # 10 MB every 4 s
        now_s[0] = 4.0 * piece
        speed.add(10_000_000 * piece)
        for since_s in (0, 1, 3.9):
            now_s[0] = 4.0 * piece + since_s
            assert 2.5e6 / 1.5 < speed.bytes_per_s() < 2.5e6 * 1.5
    now_s[0] += 1000
    assert speed.bytes_per_s() < 3e5


def test_pull_shows_progress_on_a_terminal_and_says_what_it_deleted(line, monkeypatch, capsys):
    old, new = pushed("vi-lm"), pushed("vi-cl")
    fetch(old.weights)
    monkeypatch.setenv("BENCHSCRIBE_CACHE_GB", str(download_bytes(new.parts) / 1e9))
    assert main(["pull", "--variant", "vi-cl"]) == 0
    assert f"{old.weights.name} at {old.weights.revision[:8]}" in capsys.readouterr().err
    line.answer = lambda method, path: (404, {}, b"") if "/resolve/" in path else None
    assert main(["pull", "--variant", "vi-lm"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
