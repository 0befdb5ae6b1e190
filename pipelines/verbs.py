"""What each verb of the command line does with its options.

Each imports what it needs when it runs, so that no verb waits for the libraries of another.
"""

import argparse
import json
import sys
from pathlib import Path

from encodings.errors import UserError


def recognise(options: argparse.Namespace) -> None:
    """Name the clips of a recording and write the JSON contract."""
    from pipelines.export.to_json import as_json
    from pipelines.recognise import recognise
    from pipelines.recording import open_recording
    from zoo.shelf import Shelf

    release, painted = _chosen(options)
    recording = open_recording(options.video, options.gaze, options.world_timestamps)
    for state in recognise(recording, release, painted, Shelf()):
        _count(len(state.clips), state.total)
    if options.thumbnails:
        _write([clip.thumbnail for clip in state.clips], options.thumbnails)
    _write(as_json(state), options.json)


def compare(options: argparse.Namespace) -> None:
    """Let several variants name the clips of a recording; writes JSON, and a report to read."""
    from encodings.names import encoding
    from pipelines.compare import compare, find_releases
    from pipelines.export.to_html import comparison_as_html
    from pipelines.export.to_json import comparison_as_json
    from pipelines.findings import find
    from pipelines.labels_file import read_labels
    from pipelines.recording import open_recording
    from zoo.shelf import Shelf

    painted = encoding(options.encoding)
    releases = find_releases(options.variants.split(","), options.labels, painted, options.tier)
    recording = open_recording(options.video, options.gaze, options.world_timestamps)
    truth = read_labels(options.truth, recording.name, releases[0].labels) if options.truth else ()
    for state in compare(recording, releases, painted, Shelf()):
        _count(state.named, state.to_name)
    failed = [run for run in state.runs if run.failed]
    if not state.answered:
        raise UserError(" ".join(["No variant answered.", *(run.failed for run in failed)]))
    for run in failed:
        print(run.failed, file=sys.stderr)
    findings = find(state, truth)
    if options.html:
        _write_text(comparison_as_html(state, findings), options.html)
    _write(comparison_as_json(state, findings), options.json)


def score(options: argparse.Namespace) -> None:
    """Score a table of predictions."""
    from pipelines.score import score
    from zoo.labels import label_set

    _write(score(options.predictions, label_set(options.labels)), options.json)


def check_gaze(options: argparse.Namespace) -> None:
    """Say what a gaze file holds."""
    from pipelines.check_gaze import check_gaze

    _write(check_gaze(options.gaze, options.video), options.json)


def render(options: argparse.Namespace) -> None:
    """Render experiments; prints the manifest's path."""
    from pipelines.datasets.bench.render import render

    manifest = render(
        options.labels,
        options.workflows,
        options.seed,
        options.out,
        rate_hz=options.rate_hz,
        signals=options.signals,
        clips=not options.no_clips,
        progress=_count,
        workflow_s=options.workflow_s,
        gaze_format=options.gaze_format,
        jobs=options.jobs,
    )
    print(manifest)


def contact_sheet(options: argparse.Namespace) -> None:
    """Draw a picture of every activity of a bench."""
    from pipelines.datasets.bench.sheet import contact_sheet

    contact_sheet(options.labels, options.seed, options.out, not options.no_captions)


def pretrain(options: argparse.Namespace) -> None:
    """Pre-train an encoder, or go on where it stopped."""
    from pipelines.training.pretrain import pretrain

    pretrain(
        options.manifest,
        options.preset,
        options.seed,
        options.run_folder,
        options.out,
        options.cache,
        options.epochs,
    )


def finetune(options: argparse.Namespace) -> None:
    """Train a release, or go on where it stopped."""
    from pipelines.training.finetune import finetune
    from zoo.labels import label_set

    finetune(
        options.manifest,
        label_set(options.labels),
        tuple(options.encodings.split(",")),
        options.preset,
        options.seed,
        options.run_folder,
        options.out,
        options.variant,
        options.init,
        options.cache,
        options.epochs,
    )


def evaluate(options: argparse.Namespace) -> None:
    """Score a release on a split."""
    from pipelines.evaluate import evaluate

    release, painted = _chosen(options)
    found = evaluate(
        options.manifest,
        options.split,
        release,
        painted,
        options.predictions_out,
        options.shuffle,
        options.seed,
    )
    _write(found, options.json)


def guards(options: argparse.Namespace) -> None:
    """See how far readers get that see no motion."""
    from pipelines.guards import colour_f1, frame_f1

    result = {"colours_f1": colour_f1(options.manifest)}
    if options.dinov2:
        result["middle_frame_f1"] = frame_f1(options.manifest, options.dinov2)
    _write(result, options.json)


def benchmark(options: argparse.Namespace) -> None:
    """Measure stages side by side."""
    from pipelines.benchmark import decode_speed
    from pipelines.stages import stage_speed

    release, _ = _chosen(options)
    decode = decode_speed(options.video, options.rounds)
    _write({"decode": decode, "recognise": stage_speed(options.video, release, options.rounds)}, options.json)


def pull(options: argparse.Namespace) -> None:
    """Bring everything that a release needs, and compare it with the hashes it was pushed under."""
    from zoo.hashes import verify
    from zoo.hub import fetch

    release, _ = _chosen(options)
    parts = [each for each in (release.weights, release.backbone, release.sentences) if each is not None]
    told = []
    for weights in parts:
        folder = fetch(weights)
        told.append(
            {
                "source": weights.source,
                "revision": weights.revision,
                "folder": str(folder),
                "compared_files": verify(folder),
            }
        )
    _write(told, options.json)


def _write(result: dict | list, out: Path | None) -> None:
    """Results go to stdout, or whole to a file; a failure leaves no half of one."""
    text = json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False)
    if out is None:
        print(text)
        return
    _write_text(text + "\n", out)


def _write_text(text: str, out: Path) -> None:
    try:
        part = out.with_name(out.name + ".part")
        part.write_text(text, encoding="utf-8")
        part.replace(out)
    except OSError as error:
        raise UserError(f"{out.name} cannot be written ({error.strerror}); choose another place.") from error


def _chosen(options: argparse.Namespace):
    """The release that answers, and the encoding its clips are painted in."""
    from encodings.names import encoding
    from zoo.releases import find_release

    painted = encoding(options.encoding)
    weights = options.weights
    return find_release(options.variant, options.labels, painted.name, options.tier, weights), painted


def _count(done: int, total: int) -> None:
    """Progress goes to a terminal, on one line; other programs get no more than the result."""
    if sys.stderr.isatty():
        print(f"\r{done} of {total}", end="\n" if done == total else "", file=sys.stderr, flush=True)
