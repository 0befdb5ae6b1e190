"""The command line: verbs only.  Exit 0 done, 2 with one line on stderr for what the user can mend."""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from encodings.errors import UserError
from pipelines.cli import recordings as verbs
from pipelines.cli.datasets import add_dataset_verbs
from pipelines.cli.releases import add_release_verbs
from pipelines.cli.training import add_finetune, add_fit_heads, add_pretrain
from pipelines.evaluation.perturbations import SHUFFLES


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb.  Returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        _refuse_lost_output(options)
        options.run(options)
    except UserError as error:
        over_progress = "\r\033[K" if sys.stderr.isatty() else ""
        print(f"{over_progress}{error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("Stopped; what was not finished was not written.", file=sys.stderr)
        return 130
    return 0


def _refuse_lost_output(options: argparse.Namespace) -> None:
    """Find out before the work, not after it, that its result has no place to go."""
    for name in ("json", "html", "thumbnails", "predictions_out", "out_file"):
        out = getattr(options, name, None)
        if out is not None and (out.is_dir() or not out.parent.is_dir()):
            raise UserError(f"{out} is no file that can be written; name a file in a folder that exists.")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m pipelines", description=__doc__)
    group = parser.add_subparsers(required=True, metavar="VERB")
    for add in (
        _add_recognise,
        _add_compare,
        _add_score,
        _add_check_gaze,
        add_pretrain,
        add_finetune,
        add_fit_heads,
        _add_evaluate,
        _add_guards,
    ):
        add(group)
    add_dataset_verbs(group, _verb)
    add_release_verbs(group, _verb, _choose_release)
    return parser


def _verb(group, name: str, run, what: str) -> argparse.ArgumentParser:
    parser = group.add_parser(name, help=what, description=what)
    parser.set_defaults(run=run)
    return parser


def _choose_release(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--variant", default="vi-cl")
    parser.add_argument("--labels", default="lab-actions")
    parser.add_argument("--encoding", default="V")
    parser.add_argument("--tier", default="embedded")
    parser.add_argument("--weights", help="other weights: a folder, or ORG/NAME@REVISION on the Hub")


def _choose_recording(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("video", type=Path)
    parser.add_argument(
        "--gaze", type=Path, help="CSV, folder or zip as the eye tracker's software exports it"
    )
    parser.add_argument("--world-timestamps", type=Path, help="the frame times that belong to the gaze")


def _add_recognise(group) -> None:
    parser = _verb(
        group, "recognise", verbs.recognise, "name the activity in every 4 s clip and compile the workflow"
    )
    _choose_recording(parser)
    _choose_release(parser)
    parser.add_argument("--thumbnails", type=Path, help="also a list of each clip's picture, as painted")
    parser.add_argument("--json", type=Path)


def _add_compare(group) -> None:
    parser = _verb(group, "compare", verbs.compare, "let several variants name the clips, side by side")
    _choose_recording(parser)
    parser.add_argument("--variants", default="all", help="all, or keys with commas between them")
    parser.add_argument("--labels", default="lab-actions")
    parser.add_argument("--encoding", default="V", help="a variant not trained on it is shown V, and says so")
    parser.add_argument("--tier", default="embedded")
    parser.add_argument("--truth", type=Path, help="true labels: start_s,end_s,label, or video,label")
    parser.add_argument("--html", type=Path, help="also a report to read, one file that opens offline")
    parser.add_argument("--json", type=Path)


def _add_score(group) -> None:
    parser = _verb(
        group, "score", verbs.score, "score a table of predictions: F1, and three ratios of workflows"
    )
    parser.add_argument("predictions", type=Path, help="CSV with the columns video,label,split,prediction")
    parser.add_argument("--labels", default="lab-actions")
    parser.add_argument("--json", type=Path)


def _add_check_gaze(group) -> None:
    parser = _verb(
        group, "check-gaze", verbs.check_gaze, "say what a gaze file holds and how it fits a video"
    )
    parser.add_argument("gaze", type=Path)
    parser.add_argument("--video", type=Path)
    parser.add_argument("--json", type=Path)


def _add_evaluate(group) -> None:
    parser = _verb(group, "evaluate", verbs.evaluate, "score a release on a split of a manifest")
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--split", default="testing")
    _choose_release(parser)
    parser.add_argument(
        "--predictions", type=Path, dest="predictions_out", help="also write the table that `score` reads"
    )
    parser.add_argument(
        "--shuffle",
        choices=SHUFFLES,
        help="take a signal away: gaze from other clips, or frames out of order",
    )
    parser.add_argument("--seed", type=int, default=0, help="of the shuffling")
    parser.add_argument("--json", type=Path)


def _add_guards(group) -> None:
    parser = _verb(group, "guards", verbs.guards, "see how far readers get that see colours, or one frame")
    parser.add_argument("manifest", type=Path)
    parser.add_argument("--dinov2", type=Path, help="a folder of DINOv2's weights, for the single frame")
    parser.add_argument("--json", type=Path)


if __name__ == "__main__":
    sys.exit(main())
