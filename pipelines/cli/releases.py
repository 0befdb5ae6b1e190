"""The verbs about releases: how good and how fast they are, and how they come and go.

Each imports what it needs when it runs, so that no verb waits for the libraries of another.
"""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipelines.cli.options import (
    DeviceOptions,
    Json,
    Labels,
    Mapping,
    ReleaseOptions,
    Tier,
    Video,
    one_of,
    output_file,
)
from pipelines.cli.output import note, progress, write

if TYPE_CHECKING:
    from zoo.releases import Release

SHUFFLED = ("gaze", "frames")
REFRESH_S = 0.5  # between two looks at a download
MB = 1_000_000

Rounds = Annotated[int, typer.Option(metavar="N", help="How often each is measured, in turns.")]


@dataclass(frozen=True, kw_only=True)
class ScoreOptions:
    """The options of `score`."""

    predictions: Annotated[
        Path,
        typer.Argument(
            metavar="PREDICTIONS",
            help="A CSV with the columns video,label,split,prediction, or one that the page wrote.",
        ),
    ]
    labels: Labels = "lab-actions"
    map: Mapping = None
    json: Json = None


@dataclass(frozen=True, kw_only=True)
class EvaluateOptions(DeviceOptions, ReleaseOptions):
    """The options of `evaluate`."""

    manifest: Annotated[Path, typer.Option(metavar="FILE", help="The labelled recordings, a manifest.")]
    split: Annotated[
        str, typer.Option(metavar="NAME", help="The split: training, validation or testing.")
    ] = "testing"
    predictions: Annotated[
        Path | None,
        typer.Option(
            parser=output_file,
            metavar="FILE",
            help="Also write the table that `score` reads.",
            show_default="none",
        ),
    ] = None
    shuffle: Annotated[
        str | None,
        typer.Option(
            parser=one_of("shuffle", SHUFFLED),
            metavar="SIGNAL",
            help="Take a signal away: gaze (that of other clips instead) or frames (out of order).",
            show_default="none",
        ),
    ] = None
    seed: Annotated[int, typer.Option(metavar="N", help="The seed of the shuffling.")] = 0
    json: Json = None


@dataclass(frozen=True, kw_only=True)
class BenchmarkOptions(DeviceOptions, ReleaseOptions):
    """The options of `benchmark`."""

    video: Video
    rounds: Rounds = 5
    json: Json = None


@dataclass(frozen=True, kw_only=True)
class BenchmarkVariantsOptions(DeviceOptions):
    """The options of `benchmark-variants`."""

    video: Annotated[Path, typer.Argument(metavar="VIDEO", help="The recording; its first clip is answered.")]
    labels: Labels = "lab-actions"
    tier: Tier = "embedded"
    paper_size: Annotated[
        bool,
        typer.Option("--paper-size", help="Measure the paper's sizes with fresh weights instead."),
    ] = False
    rounds: Rounds = 5
    json: Json = None


@dataclass(frozen=True, kw_only=True)
class PullOptions(ReleaseOptions):
    """The options of `pull`."""

    tier: Tier = "hub"
    json: Json = None


@dataclass(frozen=True, kw_only=True)
class PushOptions:
    """The options of `push`."""

    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="A finished release.")]
    to: Annotated[
        str | None,
        typer.Option(
            metavar="ORG/NAME",
            help="The repository.",
            show_default="the folder's name in the namespace of hub.json",
        ),
    ] = None
    into: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Upload nothing: write a git repository ORG/NAME in this folder, for a mirror.",
            show_default="upload",
        ),
    ] = None
    backbone: Annotated[
        str | None,
        typer.Option(
            metavar="ORG/NAME@REVISION",
            help="The backbone it was made with, where config.json names a folder.",
            show_default="as in config.json",
        ),
    ] = None
    sentences: Annotated[
        str | None,
        typer.Option(
            metavar="ORG/NAME@REVISION",
            help="The sentence model it was made with, where config.json names a folder.",
            show_default="as in config.json",
        ),
    ] = None
    pin: Annotated[bool, typer.Option("--pin", help="Also write the commit into hub.json.")] = False
    json: Json = None


def score(options: ScoreOptions) -> None:
    """Score a table of predictions: F1 of the clips, and three Levenshtein ratios of the workflows."""
    from pipelines.evaluation.prediction_table import score
    from pipelines.recordings.annotations.names import parse_mapping
    from zoo.labels import label_set

    mapping = parse_mapping(options.map or ())
    scored = score(options.predictions, label_set(options.labels), mapping=mapping)
    write(scored.to_json(), options.json)


def evaluate(options: EvaluateOptions) -> None:
    """Score a release on a split of a manifest."""
    from encodings.names import encoding
    from pipelines.evaluation.evaluate import evaluate
    from pipelines.evaluation.perturbations import Perturbation
    from zoo.device import choose_device

    choose_device(options.device)
    evaluation = evaluate(
        options.manifest,
        options.split,
        _release_of(options),
        encoding(options.encoding),
        Perturbation(options.shuffle, options.seed) if options.shuffle else None,
        options.predictions,
    )
    write(evaluation.to_json(), options.json)


def benchmark(options: BenchmarkOptions) -> None:
    """Measure decoding, encoding and answering, side by side."""
    from pipelines.benchmarks.decoding import decode_speed
    from pipelines.benchmarks.recognition import stage_speed
    from zoo.device import choose_device

    choose_device(options.device)
    release = _release_of(options)
    decoding = decode_speed(options.video, options.rounds)
    recognition = stage_speed(options.video, release, options.rounds)
    write({"decode": asdict(decoding), "recognise": asdict(recognition)}, options.json)


def benchmark_variants(options: BenchmarkVariantsOptions) -> None:
    """Time every variant, alone and together."""
    from pipelines.benchmarks.variants import paper_size_speed, variants_speed
    from zoo.device import choose_device
    from zoo.labels import label_set

    choose_device(options.device)
    labels = label_set(options.labels)
    if options.paper_size:
        speeds = paper_size_speed(options.video, labels, options.rounds)
    else:
        speeds = variants_speed(options.video, labels, options.tier, options.rounds)
    write(asdict(speeds), options.json)


def pull(options: PullOptions) -> None:
    """Download a release from the Hub to this machine and check its hashes."""
    from zoo.hub.download import fetch
    from zoo.hub.verify import verify

    release = _release_of(options)
    _download(release)
    pulled = []
    for weights in release.parts:
        folder = fetch(weights)
        compared = verify(folder)
        pulled.append(
            {
                "source": weights.source,
                "revision": weights.revision,
                "folder": str(folder),
                "compared_files": compared,
                "verified": compared > 0,
            }
        )
    write(pulled, options.json)


def _download(release: "Release") -> None:
    """Bring what a release needs; who interrupts it keeps what has arrived.  Raises WeightsMissing."""
    from zoo.hub.fetches import Fetches
    from zoo.weights import WeightsMissing

    fetch = Fetches().start(release)
    with progress("Downloading", "MB") as count:
        try:
            while not (now := fetch.wait(REFRESH_S)).over:
                count(now.done_bytes // MB, (now.total_bytes or 0) // MB)
        finally:
            fetch.leave()
    for revision in now.evicted:
        note(f"To make room, {revision} was deleted from this machine.")
    if now.error:
        raise WeightsMissing(now.error)


def push(options: PushOptions) -> None:
    """Upload a release to the Hub, or write it as a repository for a mirror."""
    from zoo.hub.push import push_release
    from zoo.weights import parse_weights

    backbone, sentences = (
        parse_weights(text) if text else None for text in (options.backbone, options.sentences)
    )
    pushed = push_release(options.folder, options.to, options.into, backbone, sentences, options.pin)
    write(pushed.to_json(), options.json)


def _release_of(options: ReleaseOptions) -> "Release":
    from zoo.releases import find_release

    return find_release(options.variant, options.labels, options.encoding, options.tier, options.weights)
