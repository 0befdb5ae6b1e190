"""What each verb of the command line does with its options.

Each imports what it needs when it runs, so that no verb waits for the libraries of another.
"""

import argparse
import sys

from encodings.errors import UserError
from pipelines.cli.output import count, write, write_whole


def recognise(options: argparse.Namespace) -> None:
    """Name the clips of a recording and write the JSON contract."""
    from pipelines.exports.json import as_json
    from pipelines.recognition.recognise import recognise
    from pipelines.recordings.recording import open_recording
    from zoo.model_store import ModelStore

    release, painted = chosen(options)
    recording = open_recording(options.video, options.gaze, options.world_timestamps)
    for state in recognise(recording, release, painted, ModelStore()):
        count(len(state.clips), state.total)
    if options.thumbnails:
        write([clip.thumbnail for clip in state.clips], options.thumbnails)
    write(as_json(state), options.json)


def compare(options: argparse.Namespace) -> None:
    """Let several variants name the clips of a recording; writes JSON, and a report to read."""
    from encodings.names import encoding
    from pipelines.evaluation.comparison_report import make_report
    from pipelines.exports.html_report import comparison_as_html
    from pipelines.exports.json import comparison_as_json
    from pipelines.recognition.compare import compare, find_releases
    from pipelines.recordings.annotations.labels_file import read_labels
    from pipelines.recordings.recording import open_recording
    from zoo.model_store import ModelStore

    painted = encoding(options.encoding)
    releases = find_releases(options.variants.split(","), options.labels, painted, options.tier)
    recording = open_recording(options.video, options.gaze, options.world_timestamps)
    truth = read_labels(options.truth, recording.name, releases[0].labels) if options.truth else ()
    for state in compare(recording, releases, painted, ModelStore()):
        count(state.named, state.to_name)
    failed = [run for run in state.runs if run.failed]
    if not state.answered:
        raise UserError(" ".join(["No variant answered.", *(run.failed for run in failed)]))
    for run in failed:
        print(run.failed, file=sys.stderr)
    report = make_report(state, truth)
    if options.html:
        write_whole(comparison_as_html(state, report), options.html)
    write(comparison_as_json(state, report), options.json)


def score(options: argparse.Namespace) -> None:
    """Score a table of predictions."""
    from pipelines.evaluation.score import score
    from zoo.labels import label_set

    write(score(options.predictions, label_set(options.labels)), options.json)


def check_gaze(options: argparse.Namespace) -> None:
    """Say what a gaze file holds."""
    from pipelines.recordings.health import check_gaze

    write(check_gaze(options.gaze, options.video), options.json)


def evaluate(options: argparse.Namespace) -> None:
    """Score a release on a split."""
    from pipelines.evaluation.evaluate import evaluate

    release, painted = chosen(options)
    found = evaluate(
        options.manifest,
        options.split,
        release,
        painted,
        options.predictions_out,
        options.shuffle,
        options.seed,
    )
    write(found, options.json)


def guards(options: argparse.Namespace) -> None:
    """See how far readers get that see no motion."""
    from pipelines.evaluation.shortcut_probes import colour_f1, frame_f1

    result = {"colours_f1": colour_f1(options.manifest)}
    if options.dinov2:
        result["middle_frame_f1"] = frame_f1(options.manifest, options.dinov2)
    write(result, options.json)


def chosen(options: argparse.Namespace):
    """The release that answers, and the encoding its clips are painted in."""
    from encodings.names import encoding
    from zoo.releases import find_release

    painted = encoding(options.encoding)
    weights = options.weights
    return find_release(options.variant, options.labels, painted.name, options.tier, weights), painted
