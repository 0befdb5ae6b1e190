"""Render workflows to disk: recordings, the published layout of clips, and the manifest."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path

from encodings.errors import UserError
from pipelines.datasets.bench.files import label_at, recording_id, wearer_name, write_recording
from pipelines.datasets.bench.plan import CLIP_S
from pipelines.datasets.bench.scene import Scene, build_scene
from pipelines.datasets.bench.sets import SETS
from pipelines.datasets.bench.wearer import split_of, wearer_of
from pipelines.datasets.manifest import ClipRow, write_manifest

PUBLISHED = {  # how the published Lab Motion file spells its labels
    "Development (circular)": "circular development",
    "Development (figure eight)": "figure eight development",
    "Development (puddle)": "puddling development",
    "Rinsing": "rinsing",
}
HALF = ".half"  # what a folder that is being written is called


class UnusableFolder(UserError):
    """A place that cannot be written to, said in one sentence."""


class UnusableSettings(UserError):
    """A request that cannot be rendered, said in one sentence."""


def render(
    labels: str,
    workflows: int,
    seed: int,
    out: Path,
    *,
    rate_hz: float = 12.0,
    width: int = 320,
    height: int = 240,
    signals: bool = False,
    clips: bool = True,
    progress: Callable[[int, int], None] | None = None,
    workflow_s: float | None = None,
) -> Path:
    """Render so many workflows into an empty or new folder; returns the manifest's path.

    progress is told (clips done, clips in all).  workflow_s (a multiple of
    4 s) shortens every workflow.  Raises UnusableFolder, UnusableSettings.
    """
    _check(labels, workflows, seed, rate_hz, width, height)
    out = _empty(Path(out))
    clips = clips and SETS[labels].published
    scenes = [
        build_scene(labels, seed, number, wearer_of(number, workflows), workflow_s)
        for number in range(workflows)
    ]
    rows: list[ClipRow] = []
    total, done = sum(int(scene.duration_s // CLIP_S) for scene in scenes), 0

    def step() -> None:
        nonlocal done
        done += 1
        if progress:
            progress(done, total)

    try:
        for scene in scenes:
            _write(scene, out, rate_hz, (width, height), signals, clips, step)
            rows += _rows(scene, split_of(seed, scene.wearer.number, workflows))
        if clips:
            _write_published(rows, labels, out / "clips.csv")
        return write_manifest(rows, out / "manifest.csv")
    except OSError as error:
        raise UnusableFolder(
            f"The folder {out} could not be written ({error.strerror or error}); "
            "free some space or choose another one."
        ) from error
    finally:
        if not (out / "manifest.csv").exists():
            _clear(out)


def _check(labels: str, workflows: int, seed: int, rate_hz: float, width: int, height: int) -> None:
    if labels not in SETS:
        raise UnusableSettings(f"The bench cannot render the labels {labels!r}; choose {' or '.join(SETS)}.")
    if workflows < 1 or seed < 0:
        raise UnusableSettings(
            f"Cannot render {workflows} workflows with seed {seed}; "
            "ask for at least 1 workflow and a seed from 0 up."
        )
    if not 1 <= rate_hz <= 60 or abs(rate_hz * CLIP_S - round(rate_hz * CLIP_S)) > 1e-9:
        raise UnusableSettings(
            f"Cannot render {rate_hz} frames a second; choose 1 to 60, a multiple of 0.25."
        )
    if width % 2 or height % 2 or not 32 <= min(width, height) <= max(width, height) <= 2048:
        raise UnusableSettings(
            f"Cannot render frames of {width}x{height}; choose even numbers from 32 to 2048."
        )


def _empty(out: Path) -> Path:
    """Make sure there is an empty folder."""
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise UnusableFolder(f"The folder {out} exists and is not empty; choose a new one or empty it.")
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UnusableFolder(
            f"The folder {out} cannot be made ({error.strerror}); choose another place."
        ) from error
    return out


def _clear(out: Path) -> None:
    """Take away what an interrupted render left, so that the next one finds an empty folder."""
    for name in ("recordings", "clips"):
        shutil.rmtree(out / name, ignore_errors=True)
    for path in out.glob("*.csv*"):
        path.unlink()


def _write(
    scene: Scene,
    out: Path,
    rate_hz: float,
    size: tuple[int, int],
    signals: bool,
    clips: bool,
    step: Callable[[], None],
) -> None:
    """Write one recording under a temporary name, and give it its own when whole."""
    name = recording_id(scene)
    half, half_clips = out / "recordings" / (name + HALF), out / "clips" / (name + HALF)
    half.mkdir(parents=True)
    if clips:
        half_clips.mkdir(parents=True)
    where = half_clips if clips else None
    write_recording(scene, half, rate_hz, size, signals=signals, clips=where, step=step)
    if clips:
        for clip in sorted(half_clips.iterdir()):
            clip.rename(out / "clips" / clip.name)
        half_clips.rmdir()
    half.rename(half.with_name(name))


def _rows(scene: Scene, split: str) -> list[ClipRow]:
    name = recording_id(scene)
    folder = f"recordings/{name}"
    starts_s = range(0, int(scene.duration_s), CLIP_S)
    return [
        ClipRow(
            f"{folder}/scene.mp4",
            float(s),
            float(s + CLIP_S),
            label_at(scene, s),
            split,
            wearer_name(scene),
            name,
            f"{folder}/gaze.csv",
        )
        for s in starts_s
    ]


def _write_published(rows: list[ClipRow], labels: str, path: Path) -> None:
    """The published table: video,label,split."""
    names = PUBLISHED | {"No action": "no action"} if labels == "lab-motion" else {}
    half = path.with_name(path.name + HALF)
    with half.open("w", newline="", encoding="utf-8") as file:
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
    half.replace(path)
