"""Renders that are stopped, or shared among processes: the same bytes in the end, and nothing unfinished."""

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from pipelines.datasets.manifest import read_manifest
from pipelines.datasets.rendered.output.folder import UnusableFolder, locked
from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.rendered.output.settings import Settings
from tests.support.file_hashes import file_hashes

ROOT = Path(__file__).parents[5]
SIZES = {"rate_hz": 4.0, "width": 64, "height": 48, "workflow_s": 8.0}
THREE = Settings(labels="lab-actions", workflows=3, seed=3, signals=True, **SIZES)
ONE = replace(THREE, workflows=1, workflow_s=4.0)
COMMAND = ("render", "--labels", "lab-motion", "--seed", "3", "--rate-hz", "1", "--workflow-s", "4")

# A render that kills its own process when so many clips are done.
KILLED = """
import json, os, signal, sys
from pathlib import Path
from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.rendered.output.settings import Settings

settings, out, jobs, clips = sys.argv[1:]

def kill(done, total):
    if done >= int(clips):
        os.kill(os.getpid(), signal.SIGKILL)

render(Settings(**json.loads(settings)), Path(out), jobs=int(jobs), progress=kill)
"""


def unfinished(out: Path) -> list[Path]:
    return [path for path in out.rglob("*") if ".half" in path.name or ".part" in path.name]


def whole_recordings(out: Path) -> list[Path]:
    return [path for path in out.glob("recordings/*") if ".half" not in path.name]


def started(out: Path) -> subprocess.Popen:
    """The command for many recordings in two processes, once it has written one of them."""
    command = [sys.executable, "-m", "pipelines", *COMMAND, "--workflows", "40", "--jobs", "2", "--out", out]
    process = subprocess.Popen(
        command, cwd=ROOT, stderr=subprocess.PIPE, text=True, preexec_fn=_accept_interrupts
    )
    while not whole_recordings(out):
        assert process.poll() is None, process.stderr.read()
        time.sleep(0.02)
    return process


def _accept_interrupts() -> None:
    """A shell makes what it starts in the background ignore Ctrl-C, tests as well."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


@pytest.fixture(scope="module")
def three(tmp_path_factory) -> dict[str, str]:
    """The hashes of a render that was not stopped."""
    out = tmp_path_factory.mktemp("bench") / "out"
    render(THREE, out)
    return file_hashes(out)


def test_the_bytes_do_not_depend_on_how_many_processes_draw(tmp_path, three):
    progress = []
    render(THREE, tmp_path, jobs=2, progress=lambda *counts: progress.append(counts))
    assert file_hashes(tmp_path) == three
    assert progress[-1] == (6, 6)


@pytest.mark.parametrize(("jobs", "clips"), [(1, 4), (2, 2)])
def test_a_killed_render_goes_on_where_it_was(tmp_path, three, jobs, clips):
    settings = json.dumps(asdict(THREE))
    command = [sys.executable, "-c", KILLED, settings, tmp_path, str(jobs), str(clips)]
    # The pipe closes when the processes that draw have ended too.
    done = subprocess.run(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, check=False, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr
    kept = {path: path.stat().st_mtime_ns for path in whole_recordings(tmp_path)}
    assert kept
    assert jobs > 1 or (len(kept) == 1 and unfinished(tmp_path))
    assert not (tmp_path / "manifest.csv").exists()
    rows = read_manifest(render(THREE, tmp_path))
    assert all(path.stat().st_mtime_ns == when for path, when in kept.items())
    assert len({row.workflow for row in rows}) == 3
    assert file_hashes(tmp_path) == three


def test_an_interrupted_command_leaves_whole_recordings(tmp_path):
    process = started(tmp_path)
    process.send_signal(signal.SIGINT)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 130
    assert "Traceback" not in stderr
    assert whole_recordings(tmp_path)
    assert not unfinished(tmp_path)
    assert not (tmp_path / "manifest.csv").exists()


def test_a_worker_that_is_killed_is_reported(tmp_path):
    """Such as the system does when memory runs out."""
    process = started(tmp_path)
    for path in Path(f"/proc/{process.pid}/task").glob("*/children"):
        for child in path.read_text().split():
            if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes():
                os.kill(int(child), signal.SIGKILL)
    _, stderr = process.communicate(timeout=120)
    assert process.returncode == 2
    assert "ended from outside" in stderr
    assert len(stderr.splitlines()) == 1


def test_a_finished_render_is_not_drawn_again_and_other_settings_are_refused(tmp_path):
    render(ONE, tmp_path)
    before, progress = file_hashes(tmp_path), []
    render(ONE, tmp_path, progress=lambda *counts: progress.append(counts))
    assert file_hashes(tmp_path) == before
    assert progress == []
    with pytest.raises(UnusableFolder, match="begun with seed = 3, not 4"):
        render(replace(ONE, seed=4), tmp_path)
    with pytest.raises(UnusableFolder, match="begun with clips = True, not False"):
        render(replace(ONE, clips=False), tmp_path)
    (tmp_path / "render.json").write_text("[]")
    with pytest.raises(UnusableFolder, match=r"render\.json is no record"):
        render(ONE, tmp_path)


def test_files_of_others_are_left_alone(tmp_path):
    (tmp_path / "mine.part").touch()
    (tmp_path / "clips.half").touch()
    with pytest.raises(UnusableFolder, match="not empty"):
        render(ONE, tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == {"mine.part", "clips.half"}


def test_one_render_a_folder(tmp_path):
    with locked(tmp_path, ONE), pytest.raises(UnusableFolder, match="Another render"):
        render(ONE, tmp_path)
    render(ONE, tmp_path)


def limited(bytes_a_file: int):
    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_a_file, bytes_a_file))

    return limit


@pytest.mark.parametrize("bytes_a_file", [100, 5_000, 50_000])
def test_a_disk_that_is_full(tmp_path, bytes_a_file):
    """The settings, a video, a table: what does not fit is reported in one sentence and removed."""
    done = subprocess.run(
        [sys.executable, "-m", "pipelines", *COMMAND, "--workflows", "1", "--jobs", "1", "--out", tmp_path],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limited(bytes_a_file),
    )
    assert done.returncode == 2, done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert os.strerror(errno.EFBIG) in done.stderr
    assert set(file_hashes(tmp_path)) <= {"render.json"}
