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
from pipelines.datasets.rendered.benches.registry import SETS
from pipelines.datasets.rendered.benches.wearer import split_of, wearer_of
from pipelines.datasets.rendered.output.files import label_at, recording_id, wearer_name, write_recording
from pipelines.datasets.rendered.output.folder import HALF, PARTS, UnusableFolder, claimed, writing
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
    labels: str,
    workflows: int,
    seed: int,
    out: Path,
    *,
    jobs: int = 1,
    progress: Callable[[int, int], None] | None = None,
    **settings,
) -> Path:
    """Render so many workflows into a folder; returns the manifest's path.

    The folder is new or empty, or was begun with the same settings: then what is whole in it stays.
    jobs is how many processes draw, each one recording at a time; the bytes do not depend on it.
    progress is told (clips done, clips in all).  The further settings: rate_hz, width and height of the
    video; signals also keeps true depth and masks; clips also writes 4 s files; workflow_s (a multiple of
    4 s) shortens every workflow; gaze_format is cloud, core or table; a camera that is a phone writes
    frames at no steady rate, turned, and gaze with gaps.  Raises UnusableFolder, UnusableSettings.
    """
    asked, out = Settings(labels, workflows, seed, **settings), Path(out)
    asked.check()
    if not SETS[labels].published:  # the published layout is that of the two label sets
        asked = replace(asked, clips=False)
    if jobs < 1:
        raise UnusableSettings(f"Cannot render in {jobs} processes; choose at least 1.")
    with claimed(out, asked):
        scenes = [_scene(asked, number) for number in range(workflows)]
        missing = [number for number, scene in enumerate(scenes) if not _folder(out, scene).is_dir()]
        clips = [int(scene.duration_s // CLIP_S) for scene in scenes]
        done, total = sum(clips) - sum(clips[number] for number in missing), sum(clips)

        def tell(more: int) -> None:
            nonlocal done
            done += more
            if progress:
                progress(done, total)

        if min(jobs, len(missing)) < 2:
            for number in missing:
                _write(asked, out, number, lambda: tell(1))
        else:
            _share(asked, out, {number: clips[number] for number in missing}, jobs, tell)
        rows = [row for scene in scenes for row in _rows(scene, asked)]
        with writing(out):
            if asked.clips:
                _write_published(rows, labels, out / "clips.csv")
            return write_manifest(rows, out / "manifest.csv")


def _scene(asked: Settings, number: int) -> Scene:
    wearer = wearer_of(number, asked.workflows)
    return build_scene(asked.labels, asked.seed, number, wearer, asked.workflow_s)


def _folder(out: Path, scene: Scene) -> Path:
    return out / "recordings" / recording_id(scene)


def _share(asked: Settings, out: Path, clips: dict[int, int], jobs: int, tell: Callable[[int], None]) -> None:
    """Write recordings in processes of their own; clips is how many each has, told when it is whole."""
    others = set(multiprocessing.active_children())
    spawn = multiprocessing.get_context("spawn")  # a fork would inherit OpenCV's threads
    with ProcessPoolExecutor(min(jobs, len(clips)), spawn, _follow) as pool:
        try:
            waiting = {pool.submit(_write, asked, out, number): number for number in clips}
            for each in as_completed(waiting):
                each.result()
                tell(clips[waiting[each]])
        except BrokenProcessPool as error:
            raise UnusableFolder(
                "A process that was rendering was ended from outside, perhaps for want of memory; run the "
                "same command again to go on, with fewer --jobs."
            ) from error
        except BaseException:
            for process in set(multiprocessing.active_children()) - others:
                process.terminate()
            raise


def _follow() -> None:
    """Make a drawing process use one core, leave Ctrl-C to its parent, and end when that does."""
    cv2.setNumThreads(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(multiprocessing.parent_process(),), daemon=True).start()


def _end_with(parent) -> None:
    parent.join()
    os._exit(1)


def _write(asked: Settings, out: Path, number: int, step: Callable[[], None] = lambda: None) -> None:
    """Write one recording under a temporary name, and give it its own when whole."""
    scene = _scene(asked, number)
    whole = _folder(out, scene)
    half, half_clips = (out / part / (whole.name + HALF) for part in PARTS)
    with writing(out):
        half.mkdir(parents=True)
        if asked.clips:
            half_clips.mkdir(parents=True)
        write_recording(scene, half, asked, clips=half_clips if asked.clips else None, step=step)
        if asked.clips:
            for clip in sorted(half_clips.iterdir()):
                clip.rename(out / "clips" / clip.name)
            half_clips.rmdir()
        half.rename(whole)


def _rows(scene: Scene, asked: Settings) -> list[ClipRow]:
    name = recording_id(scene)
    folder = f"recordings/{name}"
    split = split_of(asked.seed, scene.wearer.number, asked.workflows)
    return [
        ClipRow(
            video=f"{folder}/scene.mp4",
            start_s=float(s),
            end_s=float(s + CLIP_S),
            label=label_at(scene, s),
            split=split,
            wearer=wearer_name(scene),
            workflow=name,
            gaze=f"{folder}/{EXPORTS[asked.gaze_format].name}",
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
