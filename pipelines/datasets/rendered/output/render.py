"""Render workflows to disk: recordings, the published layout of clips, and the manifest."""

from __future__ import annotations

import csv
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from pathlib import Path

import cv2

from pipelines.datasets.manifest import ClipRow, write_manifest
from pipelines.datasets.rendered.benches.registry import BENCHES
from pipelines.datasets.rendered.benches.wearer import split_of, wearer_of
from pipelines.datasets.rendered.output.files import label_at, recording_id, wearer_name, write_recording
from pipelines.datasets.rendered.output.folder import HALF, PARTS, UnusableFolder, locked, writing
from pipelines.datasets.rendered.output.gaze_export import EXPORTS
from pipelines.datasets.rendered.output.settings import Settings, UnusableSettings
from pipelines.datasets.rendered.scenes.plan import CLIP_S
from pipelines.datasets.rendered.scenes.scene import Scene, build_scene
from zoo.atomic_write import atomic_write

PUBLISHED = {  # how the published Lab Motion file spells its labels
    "Development (circular)": "circular development",
    "Development (figure eight)": "figure eight development",
    "Development (puddle)": "puddling development",
    "Rinsing": "rinsing",
}


def render(
    settings: Settings,
    out: Path,
    *,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Path:
    """Render workflows into a folder; returns the manifest's path.

    The folder is new or empty, or was begun with the same settings: then the whole recordings in it stay.
    jobs is the number of processes that draw, each one recording at a time; the bytes do not depend on it.
    progress is called with (clips done, clips in all).  Raises UnusableFolder, UnusableSettings.
    """
    settings.check()
    if not BENCHES[settings.labels].published:  # the published layout is that of the two label sets
        settings = replace(settings, clips=False)
    if jobs < 1:
        raise UnusableSettings(f"Cannot render in {jobs} processes; choose at least 1.")
    out = Path(out)
    with locked(out, settings):
        scenes = [workflow_scene(settings, number) for number in range(settings.workflows)]
        missing = {n: _clips(scene) for n, scene in enumerate(scenes) if not _folder(out, scene).is_dir()}
        total = sum(map(_clips, scenes))
        done = total - sum(missing.values())

        def count(clips: int) -> None:
            nonlocal done
            done += clips
            if progress:
                progress(done, total)

        if min(jobs, len(missing)) < 2:
            for number in missing:
                _write(settings, out, number, lambda: count(1))
        else:
            _share(settings, out, missing, jobs, count)
        rows = [row for scene in scenes for row in clip_rows(scene, settings)]
        with writing(out):
            if settings.clips:
                _write_published(rows, settings.labels, out / "clips.csv")
            return write_manifest(rows, out / "manifest.csv")


def workflow_scene(settings: Settings, number: int) -> Scene:
    """The scene of one workflow of a render."""
    wearer = wearer_of(number, settings.workflows)
    return build_scene(settings.labels, settings.seed, number, wearer, settings.workflow_s)


def _clips(scene: Scene) -> int:
    return int(scene.duration_s // CLIP_S)


def _folder(out: Path, scene: Scene) -> Path:
    return out / "recordings" / recording_id(scene)


def _share(
    settings: Settings, out: Path, clips: dict[int, int], jobs: int, count: Callable[[int], None]
) -> None:
    """Write recordings in several processes; clips is how many each has, counted when it is whole."""
    others = set(multiprocessing.active_children())
    spawn = multiprocessing.get_context("spawn")  # a fork would inherit OpenCV's threads
    with ProcessPoolExecutor(min(jobs, len(clips)), spawn, _start_worker) as pool:
        try:
            running = {pool.submit(_write, settings, out, number): number for number in clips}
            for each in as_completed(running):
                each.result()
                count(clips[running[each]])
        except BrokenProcessPool as error:
            raise UnusableFolder(
                "A process that was rendering was ended from outside, perhaps because memory ran out; run "
                "the same command again to go on, with fewer --jobs."
            ) from error
        except BaseException:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            raise


def _start_worker() -> None:
    """Make a worker process use one core, leave Ctrl-C to its parent, and exit when the parent does."""
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_exit_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _exit_with(parent) -> None:
    parent.join()
    os._exit(1)


def _write(settings: Settings, out: Path, number: int, step: Callable[[], None] = lambda: None) -> None:
    """Write one recording under a temporary name, and rename it when it is whole."""
    scene = workflow_scene(settings, number)
    whole = _folder(out, scene)
    half, half_clips = (out / part / (whole.name + HALF) for part in PARTS)
    with writing(out):
        half.mkdir(parents=True)
        if settings.clips:
            half_clips.mkdir(parents=True)
        write_recording(scene, half, settings, clips=half_clips if settings.clips else None, step=step)
        if settings.clips:
            for clip in sorted(half_clips.iterdir()):
                clip.rename(out / "clips" / clip.name)
            half_clips.rmdir()
        half.rename(whole)


def clip_rows(scene: Scene, settings: Settings) -> list[ClipRow]:
    """The rows of the manifest for one recording, one a clip."""
    name = recording_id(scene)
    folder = f"recordings/{name}"
    split = split_of(settings.seed, scene.wearer.number, settings.workflows)
    return [
        ClipRow(
            video=f"{folder}/scene.mp4",
            start_s=float(s),
            end_s=float(s + CLIP_S),
            label=label_at(scene, s),
            split=split,
            wearer=wearer_name(scene),
            workflow=name,
            gaze=f"{folder}/{EXPORTS[settings.gaze_format].name}",
        )
        for s in range(0, int(scene.duration_s), CLIP_S)
    ]


def _write_published(rows: list[ClipRow], labels: str, path: Path) -> None:
    """The published table: video,label,split."""
    names = PUBLISHED | {"No action": "no action"} if labels == "lab-motion" else {}
    with atomic_write(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("video", "label", "split"))
        for row in rows:
            writer.writerow(
                (
                    f"{row.workflow}_0_{int(row.start_s) // CLIP_S}.mp4",
                    names.get(row.label, row.label),
                    row.split,
                )
            )
