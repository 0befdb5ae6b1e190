"""Gaze on the command line: the verb check-gaze, and the recording that other verbs open with its gaze."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from encodings.errors import UserError
from pipelines.cli.options import Force, GazeShift, Json, RecordingOptions, output_file
from pipelines.cli.output import note, write, write_whole

if TYPE_CHECKING:
    from pipelines.recordings.health import GazeHealth
    from pipelines.recordings.recording import Recording


@dataclass(frozen=True, kw_only=True)
class CheckGazeOptions(GazeShift):
    """The options of `check-gaze`."""

    gaze: Annotated[
        Path, typer.Argument(metavar="GAZE", help="The gaze: a table, folder or zip of an eye tracker.")
    ]
    video: Annotated[
        Path | None,
        typer.Option(
            metavar="VIDEO",
            help="The video it belongs to: adds how much of it the gaze covers.",
            show_default="none",
        ),
    ] = None
    world_timestamps: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="The frame times that belong to the gaze.",
            show_default="world_timestamps.csv beside the gaze, otherwise the video's own times",
        ),
    ] = None
    frames: Annotated[
        Path | None,
        typer.Option(
            parser=output_file,
            metavar="FILE",
            help="Also write a CSV with what was understood, a row a video frame: frame, time_s, x_px, "
            "y_px, seen.",
            show_default="none",
        ),
    ] = None
    estimate_offset: Annotated[
        bool,
        typer.Option(
            "--estimate-offset",
            help="Also estimate the offset between gaze and video from how gaze follows the picture.",
        ),
    ] = False
    force: Force = False
    json: Json = None


def check_gaze(options: CheckGazeOptions) -> None:
    """Describe a gaze file, and how it fits a video: the verdict first."""
    from pipelines.cli.summary import summarise_gaze
    from pipelines.recordings.gaze.gaze import read_gaze_alone
    from pipelines.recordings.health import gaze_by_frame, health_of, health_of_gaze
    from pipelines.recordings.offset import estimate_offset
    from pipelines.recordings.recording import open_recording

    offset = None
    if options.video is None:
        _need_video(options)
        health = health_of_gaze(read_gaze_alone(options.gaze, options.world_timestamps))
    else:
        recording = shifted(open_recording(options.video, options.gaze, options.world_timestamps), options)
        health = health_of(recording)
        if options.frames:
            write_whole(gaze_by_frame(recording), options.frames)
        if options.estimate_offset:
            offset = estimate_offset(recording)
    found = {"offset_estimate": offset.as_json()} if offset else {}
    write(health.as_json() | found, options.json, summarise_gaze(health, offset))
    if not options.force:
        _need_coverage(health)


def open_with_gaze(options: RecordingOptions) -> "Recording":
    """Open a recording, with its gaze shifted as the options say.

    Raises UnreadableRecording, UnreadableGaze, and UserError if hardly any frame has gaze, without --force.
    """
    from pipelines.recordings.health import health_of
    from pipelines.recordings.recording import open_recording

    recording = shifted(open_recording(options.video, options.gaze, options.world_timestamps), options)
    if recording.gaze is not None:
        health = health_of(recording)
        if not options.force:
            _need_coverage(health)
        elif health.is_too_little:
            note(health.verdict)
    return recording


def shifted(recording: "Recording", options: GazeShift) -> "Recording":
    """A recording with its gaze shifted as the options say.  Raises UserError without gaze."""
    from pipelines.recordings.gaze.nudge import nudge

    if not options.is_shifted:
        return recording
    if recording.gaze is None:
        raise UserError("A shift of gaze is given, and there is no gaze; give --gaze too.")
    size = recording.width, recording.height
    offset_px = options.gaze_offset_px or (0, 0)
    gaze = nudge(recording.gaze, options.gaze_offset_ms / 1000, offset_px, size)
    return replace(recording, gaze=gaze)


def _need_coverage(health: "GazeHealth") -> None:
    """Refuse gaze that hardly any frame has.  Raises UserError."""
    from pipelines.recordings.gaze.gaze import MIN_COVERAGE

    if health.is_too_little:
        raise UserError(
            f"Gaze covers {health.coverage:.1%} of the video's frames, and at least {MIN_COVERAGE:.0%} is "
            "expected: choose the gaze of this video, or give --force if it is."
        )


def _need_video(options: CheckGazeOptions) -> None:
    """Refuse what needs a video.  Raises UserError."""
    needing = {
        "--frames writes a row a frame": options.frames,
        "--estimate-offset compares gaze with a video": options.estimate_offset,
        "--gaze-offset-ms and --gaze-offset-px shift gaze on a video": options.is_shifted,
    }
    for what, is_given in needing.items():
        if is_given:
            raise UserError(f"{what}, and none is given; add --video VIDEO.")
