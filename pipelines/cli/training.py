"""The verbs that train, and their options; nothing heavy is imported before one of them runs."""

import argparse
from pathlib import Path

from encodings.errors import UserError


def add_pretrain(group) -> None:
    """Add the verb `pretrain` to the command line."""
    what = "pre-train an encoder on a manifest's pictures, or its narrations; run again to resume"
    parser = group.add_parser("pretrain", help=what, description=what)
    parser.add_argument("--what", choices=("videomae", "x-clip", "video-llava"), default="videomae")
    parser.add_argument("--vision", type=Path, help="X-CLIP's folder, which Video-LLaVA's eyes begin as")
    _train(parser, pretrain)


def add_finetune(group) -> None:
    """Add the verb `finetune` to the command line."""
    what = "train a release on a manifest; run again to resume"
    parser = group.add_parser("finetune", help=what, description=what)
    parser.add_argument("--variant", default="vi-cl", help="vi-cl or vi-lm")
    parser.add_argument("--labels", default="lab-actions")
    parser.add_argument("--encodings", default="V,VG", help="clips are painted in each of these, in turn")
    parser.add_argument("--init", type=Path, help="folder that `pretrain` left, or a release of Vi-Cl")
    _train(parser, finetune)


def add_fit_heads(group) -> None:
    """Add the verb `fit-heads` to the command line."""
    what = "fit the tree heads of a backbone, beside it, and measure them and its zero-shot answers"
    parser = group.add_parser("fit-heads", help=what, description=what)
    parser.set_defaults(run=fit_heads)
    parser.add_argument("--backbone", type=Path, required=True, help="folder that `pretrain` left")
    parser.add_argument("--manifest", type=Path, action="append", required=True, help="one a label set")
    parser.add_argument("--labels", action="append", required=True, help="the label set of each manifest")
    parser.add_argument("--encoding", default="V")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--run", type=Path, required=True, help="embedded clips", dest="run_folder")


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
    from pipelines.training import pretrain
    from pipelines.training.objectives import captioning as caption
    from pipelines.training.objectives import contrastive as contrast

    told = (options.manifest, options.preset, options.seed, options.run_folder, options.out)
    told += (options.cache, options.epochs)
    if options.what == caption.BACKBONE:
        caption.pretrain(*told, options.vision)
    else:
        (contrast if options.what == contrast.BACKBONE else pretrain).pretrain(*told)


def fit_heads(options: argparse.Namespace) -> None:
    """Fit the tree heads of a backbone and measure them."""
    from encodings.names import encoding
    from pipelines.training.fit_heads import fit_heads
    from zoo.labels import label_set

    if len(options.manifest) != len(options.labels):
        raise UserError(
            f"There are {len(options.manifest)} manifests and {len(options.labels)} label sets; "
            "name one --labels for each --manifest."
        )
    benches = [*zip(options.manifest, map(label_set, options.labels), strict=True)]
    fit_heads(benches, options.backbone, encoding(options.encoding), options.run_folder, options.seed)


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
