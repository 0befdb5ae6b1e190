"""The verbs that train, and their options; nothing heavy is imported before one of them runs."""

import argparse
from pathlib import Path


def add_pretrain(group) -> None:
    """Add the verb `pretrain` to the command line."""
    what = "pre-train VideoMAE on a manifest's pictures; run again to resume"
    _train(group.add_parser("pretrain", help=what, description=what), pretrain)


def add_finetune(group) -> None:
    """Add the verb `finetune` to the command line."""
    what = "train a release on a manifest; run again to resume"
    parser = group.add_parser("finetune", help=what, description=what)
    parser.add_argument("--variant", default="vi-cl", help="vi-cl or vi-lm")
    parser.add_argument("--labels", default="lab-actions")
    parser.add_argument("--encodings", default="V,VG", help="clips are painted in each of these, in turn")
    parser.add_argument("--init", type=Path, help="folder that `pretrain` left")
    _train(parser, finetune)


def _train(parser: argparse.ArgumentParser, run) -> None:
    parser.set_defaults(run=run)
    parser.add_argument("--manifest", type=Path, required=True)
    parser.add_argument("--preset", default="embedded")
    parser.add_argument("--epochs", type=int, help="instead of the preset's")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--run", type=Path, required=True, help="its checkpoints and log", dest="run_folder")
    parser.add_argument("--cache", type=Path, help="folder of painted clips that runs may share")
    parser.add_argument("--out", type=Path, required=True, help="folder of the finished weights")


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
