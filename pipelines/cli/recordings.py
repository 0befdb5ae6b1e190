"""The verbs about one recording.

Each imports what it needs when it runs, so that no verb waits for the libraries of another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from encodings.errors import UserError
from pipelines.cli.gaze import open_with_gaze
from pipelines.cli.options import (
    VARIANT_KEYS,
    DeviceOptions,
    EncodingByGaze,
    Json,
    Labels,
    Mapping,
    RecordingOptions,
    ReleaseOptions,
    Tier,
    listed,
    output_file,
    variant_key,
)
from pipelines.cli.output import note, progress, write, write_whole

if TYPE_CHECKING:
    from encodings.names import Encoding

ALL = "all"


def _choices(text: str) -> str:
    """all, or choices of releases with commas between them.  Raises UnknownVariant."""
    for name in text.split(","):
        if name != ALL:
            variant_key(name.partition("@")[0])
    return text


@dataclass(frozen=True, kw_only=True)
class RecogniseOptions(DeviceOptions, ReleaseOptions, RecordingOptions):
    """The options of `recognise`."""

    encoding: EncodingByGaze = None
    thumbnails: Annotated[
        Path | None,
        typer.Option(
            parser=output_file,
            metavar="FILE",
            help="Also write a JSON list of each clip's picture, as the model sees it.",
            show_default="none",
        ),
    ] = None
    json: Json = None


@dataclass(frozen=True, kw_only=True)
class CompareOptions(DeviceOptions, RecordingOptions):
    """The options of `compare`."""

    variants: Annotated[
        str,
        typer.Option(
            parser=_choices,
            metavar="KEYS",
            help=f"The variants: all, or with commas between them {listed(VARIANT_KEYS)}; KEY@hub, "
            "KEY@ORG/NAME@REVISION and KEY@FOLDER name other releases than the tier’s.",
        ),
    ] = ALL
    labels: Labels = "lab-actions"
    encoding: EncodingByGaze = None
    tier: Tier = "embedded"
    truth: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="True labels: start_s,end_s,label or video,label, or an export of BORIS, ELAN, Label "
            "Studio, EPIC-KITCHENS or Pupil.",
            show_default="none",
        ),
    ] = None
    map: Mapping = None
    html: Annotated[
        Path | None,
        typer.Option(
            parser=output_file,
            metavar="FILE",
            help="Also write a report to read, one HTML file that opens offline.",
            show_default="none",
        ),
    ] = None
    json: Json = None


def recognise(options: RecogniseOptions) -> None:
    """Name the activity in every 4 s clip of a recording and compile the workflow."""
    from pipelines.cli.summary import summarise_recognition
    from pipelines.exports.json import as_json
    from pipelines.recognition.recognise import recognise
    from zoo.device import choose_device
    from zoo.model_store import ModelStore
    from zoo.releases import find_release

    choose_device(options.device)
    encoding, notes = choose_encoding(options, [options.variant], options.weights)
    release = find_release(options.variant, options.labels, encoding.name, options.tier, options.weights)
    recording = open_with_gaze(options)
    with progress(f"Encoding {encoding.name}", "clips") as count:
        for state in recognise(recording, release, encoding, ModelStore()):
            count(len(state.clips), state.total)
    if options.thumbnails:
        write([clip.thumbnail for clip in state.clips], options.thumbnails)
    write(as_json(state), options.json, summarise_recognition(state))
    for sentence in notes:
        note(sentence)


def compare(options: CompareOptions) -> None:
    """Let several variants name the clips of a recording, side by side."""
    from pipelines.cli.summary import summarise_comparison
    from pipelines.evaluation.comparison_report import make_report
    from pipelines.exports.html_report import comparison_as_html
    from pipelines.exports.json import comparison_as_json
    from pipelines.recognition.compare import compare, find_releases
    from pipelines.recordings.annotations.labelled_video import as_labelled
    from pipelines.recordings.annotations.labels_file import read_labels
    from pipelines.recordings.annotations.names import parse_mapping
    from pipelines.recordings.annotations.segment import NO_LABELS
    from zoo.device import choose_device
    from zoo.model_store import ModelStore

    choose_device(options.device)
    names = options.variants.split(",")
    keys = list(VARIANT_KEYS) if ALL in names else [name.partition("@")[0] for name in names]
    encoding, notes = choose_encoding(options, keys)
    releases = find_releases(names, options.labels, encoding, options.tier)
    recording = open_with_gaze(options)
    truth, mapping = NO_LABELS, parse_mapping(options.map or ())
    if mapping and not options.truth:
        raise UserError("--map names labels, and no file has any; give --truth too.")
    if options.truth:
        truth = read_labels(options.truth, as_labelled(recording), releases[0].labels, mapping)
    with progress(f"Encoding {encoding.name}", "clips") as count:
        for state in compare(recording, releases, encoding, ModelStore()):
            count(state.answers_done, state.answers_expected)
    failed = [run.failed for run in state.runs if run.failed]
    if not state.answered:
        raise UserError(" ".join(["No variant answered.", *failed]))
    report = make_report(state, truth)
    if options.html:
        write_whole(comparison_as_html(state, report), options.html)
    write(comparison_as_json(state, report), options.json, summarise_comparison(state, report))
    for sentence in (*failed, *notes, *truth.notes):
        note(sentence)


def choose_encoding(
    options: RecogniseOptions | CompareOptions, variants: Sequence[str], weights: str | None = None
) -> tuple["Encoding", list[str]]:
    """The encoding that is asked for; by default VG where there is gaze and a release for it.

    With it comes a sentence on the choice, where --gaze was given and the choice is not plain.
    """
    from encodings.names import encoding

    if options.gaze is None:
        return encoding(options.encoding or "V"), []
    if options.encoding is None and "VG" in _trained_encodings(options, variants, weights):
        return encoding("VG"), ["Encoding VG, because --gaze was given; choose with --encoding."]
    chosen = encoding(options.encoding or "V")
    if "G" in chosen.needs:
        return chosen, []
    because = "" if options.encoding else ", because no release shows gaze"
    return chosen, [f"Encoding {chosen.name}{because}: the model is not shown the gaze of --gaze."]


def _trained_encodings(
    options: RecogniseOptions | CompareOptions, variants: Sequence[str], weights: str | None
) -> set[str]:
    """The encodings that some variants' releases, or the weights that are named, were trained on."""
    from zoo.hub.download import read_config
    from zoo.releases import releases
    from zoo.weights import parse_weights

    if weights is not None:
        return set(read_config(parse_weights(weights)).encodings)
    return {
        name
        for release in releases(options.tier)
        if release.variant.key in variants and release.labels.key == options.labels
        for name in release.encodings
    }
