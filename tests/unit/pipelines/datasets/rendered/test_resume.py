"""Renders that are stopped, or shared among processes: the same bytes in the end, nothing half before."""

import errno
import hashlib
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipelines.datasets.manifest import read_manifest
from pipelines.datasets.rendered.output.folder import UnusableFolder, locked
from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.rendered.output.settings import Settings

ROOT = Path(__file__).parents[5]
SMALL = {"rate_hz": 4.0, "width": 64, "height": 48, "workflow_s": 8.0}
COMMAND = (
    *("render", "--labels", "lab-motion", "--workflows", "3", "--seed", "3"),
    *("--rate-hz", "4", "--workflow-s", "20"),
)

STOPPED = {"rate_hz": 4.0, "workflow_s": 20.0}  # the same in words of Python


def hashes(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def whole_recordings(out: Path) -> list[Path]:
    return [path for path in out.glob("recordings/*") if ".half" not in path.name]


def started(out: Path, jobs: int) -> subprocess.Popen:
    """The command as a process of its own, once it has written one recording."""
    command = [sys.executable, "-m", "pipelines", *COMMAND, "--out", out, "--jobs", str(jobs)]
    process = subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, preexec_fn=_hear_interrupts
    )
    while not whole_recordings(out):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.02)
    return process


@pytest.fixture(scope="module")
def unstopped(tmp_path_factory) -> dict[str, str]:
    out = tmp_path_factory.mktemp("bench") / "whole"
    render(Settings(labels="lab-motion", workflows=3, seed=3, **STOPPED), out)
    return hashes(out)


def _hear_interrupts() -> None:
    """A shell makes what it starts in the background deaf to Ctrl-C, tests as well."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_the_bytes_do_not_depend_on_how_many_processes_draw(tmp_path):
    render(Settings(labels="lab-actions", workflows=3, seed=3, signals=True, **SMALL), tmp_path / "one")
    told = []
    render(
        Settings(labels="lab-actions", workflows=3, seed=3, signals=True, **SMALL),
        tmp_path / "two",
        jobs=2,
        progress=lambda *each: told.append(each),
    )
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    assert told[-1] == (6, 6)


@pytest.mark.parametrize(("jobs", "how"), [(1, signal.SIGKILL), (2, signal.SIGKILL), (2, signal.SIGINT)])
def test_a_stopped_render_goes_on_where_it_was(tmp_path, unstopped, jobs, how):
    out = tmp_path / "out"
    process = started(out, jobs)
    process.send_signal(how)
    _, said = process.communicate(timeout=60)
    assert process.returncode == (130 if how == signal.SIGINT else -how)
    assert "Traceback" not in said
    kept = {path: path.stat().st_mtime_ns for path in whole_recordings(out)}
    assert 0 < len(kept) < 3
    assert not (out / "manifest.csv").exists()
    time.sleep(0.5)  # processes that draw end with the one that began them
    rows = read_manifest(render(Settings(labels="lab-motion", workflows=3, seed=3, **STOPPED), out))
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())
    assert not [path for path in out.rglob("*") if ".half" in path.name or ".part" in path.name]
    assert len({row.workflow for row in rows}) == 3
    assert hashes(out) == unstopped


def test_a_finished_render_is_not_drawn_again(tmp_path):
    render(Settings(labels="lab-actions", workflows=1, seed=3, **SMALL), tmp_path / "out")
    before = hashes(tmp_path / "out")
    told = []
    render(
        Settings(labels="lab-actions", workflows=1, seed=3, **SMALL),
        tmp_path / "out",
        progress=lambda *each: told.append(each),
    )
    assert hashes(tmp_path / "out") == before
    assert told == []


def test_other_settings_are_refused(tmp_path):
    render(Settings(labels="lab-actions", workflows=1, seed=3, **SMALL), tmp_path / "out")
    with pytest.raises(UnusableFolder, match="begun with seed = 3, not 4"):
        render(Settings(labels="lab-actions", workflows=1, seed=4, **SMALL), tmp_path / "out")
    with pytest.raises(UnusableFolder, match="begun with clips = True, not False"):
        render(Settings(labels="lab-actions", workflows=1, seed=3, clips=False, **SMALL), tmp_path / "out")
    (tmp_path / "out/render.json").write_text("[]")
    with pytest.raises(UnusableFolder, match=r"render\.json is no record"):
        render(Settings(labels="lab-actions", workflows=1, seed=3, **SMALL), tmp_path / "out")


def test_files_of_others_are_left_alone(tmp_path):
    (tmp_path / "mine.part").touch()
    (tmp_path / "clips.half").touch()
    with pytest.raises(UnusableFolder, match="not empty"):
        render(Settings(labels="lab-actions", workflows=1, seed=3, **SMALL), tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"mine.part", "clips.half"}


def test_one_render_a_folder(tmp_path):
    asked = Settings(labels="lab-actions", workflows=1, seed=3, **SMALL)
    with locked(tmp_path / "out", asked), pytest.raises(UnusableFolder, match="Another render"):
        render(Settings(labels="lab-actions", workflows=1, seed=3, **SMALL), tmp_path / "out")
    render(Settings(labels="lab-actions", workflows=1, seed=3, **SMALL), tmp_path / "out")


def test_a_process_that_is_killed_is_said(tmp_path):
    """Such as the system does when memory runs out."""
    out = tmp_path / "out"
    process = started(out, 2)
    for path in Path(f"/proc/{process.pid}/task").glob("*/children"):
        for child in path.read_text().split():
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGKILL)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "ended from outside" in said
    assert len(said.splitlines()) == 1


def limited(bytes_a_file: int):
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_a_file, bytes_a_file))

    return limit


@pytest.mark.parametrize("bytes_a_file", [100, 5_000, 60_000])
def test_a_disk_that_takes_no_more(tmp_path, bytes_a_file):
    """The settings, a video, a table: whatever does not fit is one sentence, and nothing half is left."""
    out = tmp_path / "out"
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", *COMMAND, "--out", out, "--jobs", "1"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limited(bytes_a_file),
    )
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert os.strerror(errno.EFBIG) in done.stderr
    assert set(hashes(out)) <= {"render.json"}
