"""The verbs that render, gather, describe and probe labelled video.

Each imports what it needs when it runs, so that no verb waits for the libraries of another.
"""

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from pipelines.cli.options import LABEL_KEYS, Json, Mapping, label_set_key, listed, one_of, output_file
from pipelines.cli.output import progress, write, write_whole

RENDERED = (*LABEL_KEYS, "everyday")
GAZE_FORMATS = ("cloud", "core", "table")
CAMERAS = ("glasses", "phone")
KINDS = ("published", "ego4d", "folder")

RenderedLabels = Annotated[
    str,
    typer.Option(
        parser=one_of("bench for the labels", RENDERED),
        metavar="KEY",
        help=f"What is drawn: {listed(RENDERED)}; the labels of everyday are narrations.",
    ),
]


@dataclass(frozen=True, kw_only=True)
class RenderOptions:
    """The options of `render`."""

    labels: RenderedLabels = "lab-actions"
    workflows: Annotated[int, typer.Option(metavar="N", help="How many recordings.")]
    seed: Annotated[int, typer.Option(metavar="N", help="The same seed draws the same bytes.")]
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="A new folder, or one to be finished.")]
    rate_hz: Annotated[
        float, typer.Option(metavar="HZ", help="Frames a second: 12 to watch, 4 to train.")
    ] = 12.0
    workflow_s: Annotated[
        float | None,
        typer.Option(
            metavar="S",
            help="Shorten every workflow to so many seconds, a multiple of 4.",
            show_default="the bench's own length",
        ),
    ] = None
    no_clips: Annotated[bool, typer.Option("--no-clips", help="Write whole recordings only.")] = False
    signals: Annotated[
        bool, typer.Option("--signals", help="Also write the true depth and masks of each frame.")
    ] = False
    gaze_format: Annotated[
        str,
        typer.Option(
            parser=one_of("gaze format", GAZE_FORMATS),
            metavar="FORMAT",
            help="The gaze files: cloud (Pupil Cloud), core (Pupil Player) or table (t,x,y).",
        ),
    ] = "cloud"
    camera: Annotated[
        str,
        typer.Option(
            parser=one_of("camera", CAMERAS),
            metavar="CAMERA",
            help="glasses, or phone: no steady rate, turned, gaps in the gaze.",
        ),
    ] = "glasses"
    jobs: Annotated[
        int,
        typer.Option(metavar="N", help="How many processes draw.", show_default="one a processor"),
    ] = os.cpu_count() or 1


@dataclass(frozen=True, kw_only=True)
class GatherOptions:
    """The options of `gather`."""

    source: Annotated[
        Path,
        typer.Argument(metavar="SOURCE", help="A file of labels, its folder, or Ego4D's narration.json."),
    ]
    kind: Annotated[
        str,
        typer.Option(
            parser=one_of("kind of source", KINDS),
            metavar="KIND",
            help=f"The layout of the source: {listed(KINDS)}.",
        ),
    ]
    videos: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="The folder of the videos.", show_default="the source's"),
    ] = None
    labels: Annotated[
        str | None,
        typer.Option(
            parser=label_set_key,
            metavar="KEY",
            help=f"The label set of the labels: {listed(LABEL_KEYS)}.",
            show_default="any text is a label",
        ),
    ] = None
    map: Mapping = None
    out: Annotated[
        Path, typer.Option(parser=output_file, metavar="FILE", help="The manifest that is written.")
    ]
    json: Json = None


@dataclass(frozen=True, kw_only=True)
class DatasetCardOptions:
    """The options of `dataset-card`."""

    manifests: Annotated[
        list[Path],
        typer.Argument(metavar="MANIFEST", help="Manifests; a set is called by its folder's name."),
    ]
    real: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="EgoExoLearn's annotations, to compare with.",
            show_default="none",
        ),
    ] = None
    out: Annotated[Path, typer.Option(parser=output_file, metavar="FILE", help="The card, in Markdown.")]


@dataclass(frozen=True, kw_only=True)
class ContactSheetOptions:
    """The options of `contact-sheet`."""

    labels: RenderedLabels = "lab-actions"
    seed: Annotated[int, typer.Option(metavar="N", help="The seed of the scenes.")] = 0
    no_captions: Annotated[
        bool, typer.Option("--no-captions", help="Leave out the names of the activities.")
    ] = False
    out: Annotated[Path, typer.Option(parser=output_file, metavar="FILE", help="The picture, a JPEG file.")]


@dataclass(frozen=True, kw_only=True)
class GuardsOptions:
    """The options of `guards`."""

    manifest: Annotated[Path, typer.Argument(metavar="MANIFEST", help="The labelled recordings.")]
    dinov2: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Weights of DINOv2: adds a probe of the middle frame.",
            show_default="none",
        ),
    ] = None
    json: Json = None


def render(options: RenderOptions) -> None:
    """Render experiments with true gaze and labels, and print the manifest's path; run again to resume."""
    from pipelines.datasets.rendered.output.render import render
    from pipelines.datasets.rendered.output.settings import Settings

    settings = Settings(
        labels=options.labels,
        workflows=options.workflows,
        seed=options.seed,
        rate_hz=options.rate_hz,
        signals=options.signals,
        clips=not options.no_clips,
        workflow_s=options.workflow_s,
        gaze_format=options.gaze_format,
        camera=options.camera,
    )
    with progress("Rendering", "clips") as count:
        manifest = render(settings, options.out, jobs=options.jobs, progress=count)
    print(manifest)


def gather(options: GatherOptions) -> None:
    """Make a manifest of labelled video from elsewhere, and report what is skipped."""
    from pipelines.datasets.gather import gather
    from pipelines.recordings.annotations.names import parse_mapping
    from zoo.labels import label_set

    labels = label_set(options.labels) if options.labels else None
    report = gather(
        options.source,
        options.kind,
        options.out,
        videos=options.videos,
        labels=labels,
        mapping=parse_mapping(options.map or ()),
    )
    write(report, options.json)


def dataset_card(options: DatasetCardOptions) -> None:
    """Write a card of what rendered sets hold, compared with real work."""
    from pipelines.datasets.card import card

    arguments = [f"{path.parent.name}/{path.name}" for path in options.manifests]
    arguments += ["--real", options.real.name] if options.real else []
    out = options.out.name if options.out.is_absolute() else options.out
    command = f"python -m pipelines dataset-card {' '.join(arguments)} --out {out}"
    write_whole(card(options.manifests, options.real, command), options.out)


def contact_sheet(options: ContactSheetOptions) -> None:
    """Draw a picture of every activity of a bench."""
    from pipelines.datasets.rendered.output.sheet import contact_sheet

    contact_sheet(options.labels, options.seed, options.out, not options.no_captions)


def guards(options: GuardsOptions) -> None:
    """Probe a manifest for shortcuts: how far colours alone, or one frame, get."""
    from pipelines.evaluation.shortcut_probes import colour_f1, frame_f1

    result = {"colours_f1": colour_f1(options.manifest)}
    if options.dinov2:
        result["middle_frame_f1"] = frame_f1(options.manifest, options.dinov2)
    write(result, options.json)
