"""The verbs of the command line about releases themselves: how fast they are, how they come and go.

Each imports what it needs when it runs, so that no verb waits for the libraries of another.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from pipelines.cli.output import write
from pipelines.cli.recordings import chosen


def add_release_verbs(
    group, verb: Callable, choose_release: Callable[[argparse.ArgumentParser], None]
) -> None:
    """Add them to the command line: verb makes one, choose_release has it name a release."""
    parser = verb(group, "benchmark", benchmark, "measure decoding, painting and answering, side by side")
    parser.add_argument("video", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    choose_release(parser)
    parser.add_argument("--json", type=Path)
    parser = verb(group, "benchmark-variants", benchmark_variants, "time every variant, alone and together")
    parser.add_argument("video", type=Path, help="its first clip is answered")
    parser.add_argument("--labels", default="lab-actions")
    parser.add_argument("--tier", default="embedded")
    parser.add_argument(
        "--paper-size", action="store_true", help="the paper's sizes with fresh weights instead"
    )
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path)
    parser = verb(group, "pull", pull, "bring a release from the Hub to this machine and check its hashes")
    choose_release(parser)
    parser.set_defaults(tier="hub")
    parser.add_argument("--json", type=Path)
    parser = verb(
        group, "push", push, "upload a release to the Hub, or write it as a repository for a mirror"
    )
    parser.add_argument("folder", type=Path, help="a finished release")
    parser.add_argument("--to", help="ORG/NAME; otherwise the folder's name in the namespace of hub.json")
    parser.add_argument("--into", type=Path, help="no upload: write a git repository ORG/NAME in this folder")
    for part in ("backbone", "sentences"):
        parser.add_argument(f"--{part}", help="where it was made with a folder: that, as ORG/NAME@REVISION")
    parser.add_argument("--pin", action="store_true", help="also write the commit into hub.json")
    parser.add_argument("--json", type=Path)


def benchmark(options: argparse.Namespace) -> None:
    """Measure stages side by side."""
    from pipelines.benchmarks.decoding import decode_speed
    from pipelines.benchmarks.recognition import stage_speed

    release, _ = chosen(options)
    decode = decode_speed(options.video, options.rounds)
    write({"decode": decode, "recognise": stage_speed(options.video, release, options.rounds)}, options.json)


def benchmark_variants(options: argparse.Namespace) -> None:
    """Measure the variants, alone and together."""
    from pipelines.benchmarks.variants import paper_size_speed, variants_speed
    from zoo.labels import label_set

    labels = label_set(options.labels)
    if options.paper_size:
        told = paper_size_speed(options.video, labels, options.rounds)
    else:
        told = variants_speed(options.video, labels, options.tier, options.rounds)
    write(told, options.json)


def pull(options: argparse.Namespace) -> None:
    """Bring everything that a release needs, and compare it with the hashes it was pushed under."""
    from zoo.hub.download import fetch
    from zoo.hub.verify import verify

    release, _ = chosen(options)
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
    write(told, options.json)


def push(options: argparse.Namespace) -> None:
    """Make a release a repository; prints the commit by which it can be pinned."""
    from zoo.hub.publish import push
    from zoo.weights import parse_weights

    parts = {
        part: parse_weights(told) for part in ("backbone", "sentences") if (told := getattr(options, part))
    }
    write(push(options.folder, options.to, options.into, options.pin, parts), options.json)
