"""The files of one rendered recording: video, gaze as a tracker exports it, labels, clips, signals."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from pathlib import Path
from uuid import UUID

import numpy as np

from pipelines.datasets.rendered.drawing.hands import HAND_INDEX
from pipelines.datasets.rendered.frames.frames import Frame, frames_at
from pipelines.datasets.rendered.output import phone
from pipelines.datasets.rendered.output.gaze_export import EXPORTS, SECOND_NS, VideoTimes, write_rows
from pipelines.datasets.rendered.output.settings import Settings
from pipelines.datasets.rendered.output.video import VideoWriter
from pipelines.datasets.rendered.scenes.gaze import gaze_track
from pipelines.datasets.rendered.scenes.plan import CLIP_S
from pipelines.datasets.rendered.scenes.scene import Scene
from pipelines.datasets.true_masks import SIGNALS_NAME

FIRST_NS = 1_735_732_800_000_000_000  # recordings begin some day in 2025
RANGE_NS = 300 * 86_400 * SECOND_NS
Truth = tuple[np.ndarray, np.ndarray]  # of one frame: depth [H, W] float16, masks [H, W] uint8


def recording_id(scene: Scene) -> str:
    """The recording's uuid, the same whenever it is rendered."""
    return str(UUID(bytes=scene.rng(7007 + len(scene.labels)).bytes(16), version=4))


def write_recording(
    scene: Scene, folder: Path, settings: Settings, *, clips: Path | None, step: Callable[[], None]
) -> None:
    """Write one recording into a folder, and its 4 s files into the folder clips unless that is None.

    step is called as each clip begins.
    """
    start_ns = FIRST_NS + int(scene.rng(7008).integers(RANGE_NS))
    gaze = gaze_track(scene, *settings.size)
    name = recording_id(scene)
    times_s = np.arange(round(scene.duration_s * settings.rate_hz)) / settings.rate_hz
    if settings.camera == "phone":
        rng = scene.rng(7010)
        times_s = phone.frame_times(scene.duration_s, settings.rate_hz, rng)
        gaze = phone.with_gaps(gaze, rng)
    pictures = frames_at(scene, times_s, *settings.size, truth=settings.signals, gaze=gaze)
    truth, pts = _write_videos(pictures, folder, name, settings, clips, step)
    video = VideoTimes(times_s, pts, settings.size)
    EXPORTS[settings.gaze_format].write(folder, name, start_ns, gaze, video, scene.rng(7009))
    write_rows(
        folder / "labels.csv",
        ("start_s", "end_s", "label"),
        ((s.start_s, s.end_s, s.narration or s.label) for s in scene.segments),
    )
    info = {
        "recording_id": name,
        "start_time": start_ns,
        "duration": int(scene.duration_s * SECOND_NS),
        "wearer_name": wearer_name(scene),
        "scene_camera_resolution": list(settings.size),
        "gaze_frequency": 200,
        "rendered": True,
    }
    (folder / "info.json").write_text(json.dumps(info, indent=2) + "\n", encoding="utf-8")
    if settings.signals:
        _write_signals(folder, truth, object_names(scene), settings.rate_hz)


def _write_signals(folder: Path, truth: list[Truth], objects: list[str], rate_hz: float) -> None:
    np.savez_compressed(
        folder / SIGNALS_NAME,
        depth=np.stack([depth for depth, _ in truth]),
        masks=np.stack([masks for _, masks in truth]),
        objects=np.array(objects),
        rate_hz=rate_hz,
    )


def object_names(scene: Scene) -> list[str]:
    """Names of the numbers in a mask; several props may be of one kind."""
    kinds = {HAND_INDEX[side]: f"{side} hand" for side in HAND_INDEX}
    kinds |= {prop.index: prop.kind for prop in scene.props.values()}
    return ["background", *(kinds.get(number, "background") for number in range(1, max(kinds) + 1))]


def wearer_name(scene: Scene) -> str:
    """The name of the wearer: one for each seed and number."""
    return f"wearer-{scene.seed}-{scene.wearer.number}"


def label_at(scene: Scene, time_s: float) -> str:
    """The label, or the narration, of the segment at a time."""
    return next(
        segment.narration or segment.label
        for segment in scene.segments
        if segment.start_s <= time_s < segment.end_s
    )


def _write_videos(
    pictures: Iterable[Frame],
    folder: Path,
    name: str,
    settings: Settings,
    clips: Path | None,
    step: Callable[[], None],
) -> tuple[list[Truth], np.ndarray]:
    """Write the video and its clips; returns the truth of the frames, if any, and the video's pts [F]."""
    rate_hz, size = settings.rate_hz, settings.size
    variable_rate = settings.camera == "phone"
    options = {"tick": phone.TICK, "turn_deg": phone.TURN_DEG} if variable_rate else {}
    whole, part, index, truth = VideoWriter(folder / "scene.mp4", rate_hz, *size, **options), None, -1, []
    for frame in pictures:
        if int(frame.time_s // CLIP_S + 1e-9) != index:
            index = int(frame.time_s // CLIP_S + 1e-9)
            if part:
                part.close()
            part = VideoWriter(clips / f"{name}_0_{index}.mp4", rate_hz, *size) if clips else None
            step()
        whole.write(frame.rgb, frame.time_s if variable_rate else None)
        if part:
            part.write(frame.rgb)
        if frame.depth is not None:
            truth.append((frame.depth.astype(np.float16), frame.masks))  # a quarter of the memory
    for writer in filter(None, (part, whole)):
        writer.close()
    return truth, whole.pts
