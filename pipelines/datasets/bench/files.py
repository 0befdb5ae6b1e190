"""The files of one rendered recording: video, gaze as Pupil Cloud exports it, labels, clips, signals."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import UUID

import numpy as np

from pipelines.datasets.bench.actors import HAND_INDEX
from pipelines.datasets.bench.frames import Frame, frames
from pipelines.datasets.bench.gaze import GazeTrack, gaze_track
from pipelines.datasets.bench.plan import CLIP_S
from pipelines.datasets.bench.scene import Scene
from pipelines.datasets.bench.video import VideoWriter
from pipelines.datasets.truth import SIGNALS_NAME

FIRST_NS, RANGE_NS = (
    1_735_732_800_000_000_000,
    300 * 86_400 * 1_000_000_000,
)  # recordings begin some day in 2025
SECOND_NS = 1_000_000_000
GAZE_COLUMNS = (
    "section id",
    "recording id",
    "timestamp [ns]",
    "gaze x [px]",
    "gaze y [px]",
    "worn",
    "fixation id",
    "blink id",
)


def recording_id(scene: Scene) -> str:
    """The recording's uuid, the same whenever it is rendered."""
    return str(UUID(bytes=scene.rng(7007 + len(scene.labels)).bytes(16), version=4))


def write_recording(
    scene: Scene,
    folder: Path,
    rate_hz: float,
    size: tuple[int, int],
    *,
    signals: bool,
    clips: Path | None,
    step: Callable[[], None],
) -> None:
    """Fill a folder with one recording; clips is where its 4 s files go, if anywhere.

    step is called as each clip begins.
    """
    start_ns = FIRST_NS + int(scene.rng(7008).integers(RANGE_NS))
    gaze = gaze_track(scene, *size)
    name = recording_id(scene)
    kept = _write_videos(
        frames(scene, rate_hz, *size, truth=signals, gaze=gaze), folder, name, rate_hz, size, clips, step
    )
    times_ns = start_ns + np.rint(
        np.arange(round(scene.duration_s * rate_hz)) * (SECOND_NS / rate_hz)
    ).astype(np.int64)
    _write_rows(folder / "world_timestamps.csv", GAZE_COLUMNS[:3], ((name, name, int(ns)) for ns in times_ns))
    _write_rows(folder / "gaze.csv", GAZE_COLUMNS, _gaze_rows(gaze, name, start_ns))
    _write_rows(
        folder / "labels.csv",
        ("start_s", "end_s", "label"),
        ((s.start_s, s.end_s, s.told or s.label) for s in scene.segments),
    )
    info = {
        "recording_id": name,
        "start_time": start_ns,
        "duration": int(scene.duration_s * SECOND_NS),
        "wearer_name": wearer_name(scene),
        "scene_camera_resolution": list(size),
        "gaze_frequency": 200,
        "rendered": True,
    }
    (folder / "info.json").write_text(json.dumps(info, indent=2) + "\n", encoding="utf-8")
    if signals:
        depth, masks = np.stack([frame.depth for frame in kept]), np.stack([frame.masks for frame in kept])
        objects = np.array(object_names(scene))
        np.savez_compressed(
            folder / SIGNALS_NAME,
            depth=depth.astype(np.float16),
            masks=masks,
            objects=objects,
            rate_hz=rate_hz,
        )


def object_names(scene: Scene) -> list[str]:
    """What each number in a mask stands for; several props may be of one kind."""
    kinds = {HAND_INDEX[side]: f"{side} hand" for side in HAND_INDEX}
    kinds |= {prop.index: prop.kind for prop in scene.props.values()}
    return ["background", *(kinds.get(number, "background") for number in range(1, max(kinds) + 1))]


def wearer_name(scene: Scene) -> str:
    """Who wore the glasses: one name a seed and wearer."""
    return f"wearer-{scene.seed}-{scene.wearer.number}"


def label_at(scene: Scene, time_s: float) -> str:
    """What goes on at a time."""
    return next(
        segment.told or segment.label
        for segment in scene.segments
        if segment.start_s <= time_s < segment.end_s
    )


def _write_videos(
    pictures: Iterable[Frame],
    folder: Path,
    name: str,
    rate_hz: float,
    size: tuple[int, int],
    clips: Path | None,
    step: Callable[[], None],
) -> list[Frame]:
    """Write the whole video and its clips; returns frames if they carry truth."""
    whole, part, index, kept = VideoWriter(folder / "scene.mp4", rate_hz, *size), None, -1, []
    for frame in pictures:
        if int(frame.time_s // CLIP_S + 1e-9) != index:
            index = int(frame.time_s // CLIP_S + 1e-9)
            if part:
                part.close()
            part = VideoWriter(clips / f"{name}_0_{index}.mp4", rate_hz, *size) if clips else None
            step()
        whole.write(frame.rgb)
        if part:
            part.write(frame.rgb)
        if frame.depth is not None:
            kept.append(frame)
    for writer in filter(None, (part, whole)):
        writer.close()
    return kept


def _gaze_rows(gaze: GazeTrack, name: str, start_ns: int) -> Iterable[tuple[object, ...]]:
    times_ns = start_ns + np.rint(gaze.times_s * SECOND_NS).astype(np.int64)
    for row, time_ns in enumerate(times_ns):
        x, y = gaze.px[row]
        fixation, blink = gaze.fixation_id[row] or "", gaze.blink_id[row] or ""
        yield name, name, int(time_ns), f"{x:.3f}", f"{y:.3f}", f"{gaze.worn[row]:.1f}", fixation, blink


def _write_rows(path: Path, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows(rows)
