"""The command line: verbs only.  Exit 0 done, 2 with one line on stderr for what the user can mend."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from encodings.errors import UserError
from pipelines import verbs
from pipelines.ablation import SHUFFLES


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
        print("Stopped; nothing was written.", file=sys.stderr)
        return 130
    return 0


def _refuse_lost_output(options: argparse.Namespace) -> None:
    """Find out before the work, not after it, that its result has no place to go."""
    for name in ("json", "html", "thumbnails", "predictions_out"):
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
        _add_render,
        _add_contact_sheet,
        _add_pretrain,
        _add_finetune,
        _add_evaluate,
        _add_guards,
        _add_benchmark,
        _add_pull,
    ):
        add(group)
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


def _add_render(group) -> None:
    parser = _verb(
        group,
        "render",
        verbs.render,
        "render experiments, with true gaze and labels; run again to resume",
    )
    parser.add_argument("--labels", default="lab-actions", help="or lab-motion, or everyday (narrations)")
    parser.add_argument("--workflows", type=int, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--rate-hz", type=float, default=12.0, help="12 to watch, 4 to train")
    parser.add_argument("--workflow-s", type=float, help="shorten every workflow to so many seconds")
    parser.add_argument("--no-clips", action="store_true", help="whole recordings only")
    parser.add_argument("--signals", action="store_true", help="also the true depth and masks of each frame")
    parser.add_argument("--gaze-format", default="cloud", help="cloud or core: whose export of gaze")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="how many processes draw")


def _add_contact_sheet(group) -> None:
    parser = _verb(group, "contact-sheet", verbs.contact_sheet, "draw a picture of every activity of a bench")
    parser.add_argument("--labels", default="lab-actions")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--no-captions", action="store_true")
    parser.add_argument("--out", type=Path, required=True, help="a JPEG file")


def _train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--preset", default="embedded")
    parser.add_argument("--epochs", type=int, help="instead of the preset's")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--run", type=Path, required=True, help="its checkpoints and log", dest="run_folder")
    parser.add_argument("--cache", type=Path, help="folder of painted clips that runs may share")
    parser.add_argument("--out", type=Path, required=True, help="folder of the finished weights")


def _add_pretrain(group) -> None:
    _train(_verb(group, "pretrain", verbs.pretrain, "pre-train VideoMAE; run again to resume"))


def _add_finetune(group) -> None:
    parser = _verb(group, "finetune", verbs.finetune, "train a release on a manifest; run again to resume")
    parser.add_argument("--variant", default="vi-cl", help="vi-cl or vi-lm")
    parser.add_argument("--labels", default="lab-actions")
    parser.add_argument("--encodings", default="V,VG", help="clips are painted in each of these, in turn")
    parser.add_argument("--init", type=Path, help="folder that `pretrain` left")
    _train(parser)


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


def _add_benchmark(group) -> None:
    parser = _verb(
        group, "benchmark", verbs.benchmark, "measure decoding, painting and answering, side by side"
    )
    parser.add_argument("video", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    _choose_release(parser)
    parser.add_argument("--json", type=Path)


def _add_pull(group) -> None:
    parser = _verb(
        group, "pull", verbs.pull, "bring a release from the Hub to this machine and check its hashes"
    )
    _choose_release(parser)
    parser.set_defaults(tier="hub")
    parser.add_argument("--json", type=Path)


if __name__ == "__main__":
    sys.exit(main())
