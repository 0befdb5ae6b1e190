"""The verbs of the command line that make, gather and describe labelled video.

Each imports what it needs when it runs, so that no verb waits for the libraries of another.
"""

import argparse
import os
from collections.abc import Callable
from pathlib import Path

from pipelines.cli.output import count, write, write_whole

Verb = Callable[..., argparse.ArgumentParser]  # registers a verb: (group, name, run, what it does)


def add_dataset_verbs(group, verb: Verb) -> None:
    """Register these verbs with the command line."""
    for add in (_add_render, _add_gather, _add_dataset_card, _add_contact_sheet):
        add(group, verb)


def render(options: argparse.Namespace) -> None:
    """Render experiments; prints the manifest's path."""
    from pipelines.datasets.rendered.output.render import render

    manifest = render(
        options.labels,
        options.workflows,
        options.seed,
        options.out,
        rate_hz=options.rate_hz,
        signals=options.signals,
        clips=not options.no_clips,
        progress=count,
        workflow_s=options.workflow_s,
        gaze_format=options.gaze_format,
        camera=options.camera,
        jobs=options.jobs,
    )
    print(manifest)


def gather(options: argparse.Namespace) -> None:
    """Make a manifest of labelled video, and report what was skipped."""
    from pipelines.datasets.gather import gather
    from zoo.labels import label_set

    labels = label_set(options.labels) if options.labels else None
    report = gather(options.source, options.kind, options.out_file, videos=options.videos, labels=labels)
    write(report, options.json)


def dataset_card(options: argparse.Namespace) -> None:
    """Write the card of rendered sets."""
    from pipelines.datasets.card import card

    said = [*(f"{path.parent.name}/{path.name}" for path in options.manifests)]
    said += ["--real", options.real.name] if options.real else []
    out = options.out_file.name if options.out_file.is_absolute() else options.out_file
    command = f"python -m pipelines dataset-card {' '.join(said)} --out {out}"
    write_whole(card(options.manifests, options.real, command), options.out_file)


def contact_sheet(options: argparse.Namespace) -> None:
    """Draw a picture of every activity of a bench."""
    from pipelines.datasets.rendered.output.sheet import contact_sheet

    contact_sheet(options.labels, options.seed, options.out, not options.no_captions)


def _add_render(group, verb: Verb) -> None:
    what = "render experiments, with true gaze and labels; run again to resume"
    parser = verb(group, "render", render, what)
    parser.add_argument("--labels", default="lab-actions", help="or lab-motion, or everyday (narrations)")
    parser.add_argument("--workflows", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rate-hz", type=float, default=12.0, help="12 to watch, 4 to train")
    parser.add_argument("--workflow-s", type=float, help="shorten every workflow to so many seconds")
    parser.add_argument("--no-clips", action="store_true", help="whole recordings only")
    parser.add_argument("--signals", action="store_true", help="also the true depth and masks of each frame")
    parser.add_argument("--gaze-format", default="cloud", help="cloud, core, or table of t,x,y")
    parser.add_argument(
        "--camera", default="glasses", help="glasses, or phone: unsteady, turned, gaps in gaze"
    )
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes draw")


def _add_gather(group, verb: Verb) -> None:
    parser = verb(group, "gather", gather, "make a manifest of labelled video from elsewhere")
    parser.add_argument("source", type=Path, help="a table of labels, its folder, or Ego4D's narration.json")
    parser.add_argument("--kind", required=True, help="published, ego4d or folder")
    parser.add_argument("--videos", type=Path, help="the folder of the videos, if not the source's")
    parser.add_argument("--labels", help="the label set whose labels these are; left out: any text")
    parser.add_argument("--out", type=Path, required=True, dest="out_file", help="the manifest")
    parser.add_argument("--json", type=Path)


def _add_dataset_card(group, verb: Verb) -> None:
    parser = verb(group, "dataset-card", dataset_card, "say what rendered sets hold, beside real work")
    parser.add_argument("manifests", type=Path, nargs="+", help="manifests; a set is called by its folder")
    parser.add_argument("--real", type=Path, help="folder of EgoExoLearn's annotations, to compare with")
    parser.add_argument("--out", type=Path, required=True, dest="out_file", help="the card, in Markdown")


def _add_contact_sheet(group, verb: Verb) -> None:
    parser = verb(group, "contact-sheet", contact_sheet, "draw a picture of every activity of a bench")
    parser.add_argument("--labels", default="lab-actions")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-captions", action="store_true")
    parser.add_argument("--out", type=Path, required=True, help="a JPEG file")
