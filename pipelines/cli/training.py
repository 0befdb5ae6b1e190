"""The verbs that train, and their options; nothing heavy is imported before one of them runs."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from encodings.errors import UserError
from pipelines.cli.options import (
    LABEL_KEYS,
    EncodingName,
    Labels,
    comma_separated,
    encoding_name,
    label_set_key,
    listed,
    one_of,
)
from pipelines.training.presets import VIDEOMAE_PRESETS, find_preset
from zoo.variants import variant

PRETRAINED = ("videomae", "x-clip", "video-llava")
FINETUNED = ("vi-cl", "vi-lm")


def _preset_name(name: str) -> str:
    find_preset(VIDEOMAE_PRESETS, name)
    return name


def _finetuned(name: str) -> str:
    recipe = variant(name)
    if name not in FINETUNED:
        raise UserError(
            f"{recipe.title} has no encoder of its own to train; expected {' or '.join(FINETUNED)}."
        )
    return name


@dataclass(frozen=True, kw_only=True)
class TrainingOptions:
    """What `pretrain` and `finetune` have in common."""

    manifest: Annotated[Path, typer.Option(metavar="FILE", help="The labelled recordings, a manifest.")]
    preset: Annotated[
        str,
        typer.Option(
            parser=_preset_name,
            metavar="NAME",
            help=f"The preset: {listed(tuple(VIDEOMAE_PRESETS))}.",
        ),
    ] = "embedded"
    epochs: Annotated[
        int | None, typer.Option(metavar="N", help="How many epochs.", show_default="the preset's")
    ] = None
    seed: Annotated[int, typer.Option(metavar="N", help="The seed of the run.")] = 0
    run: Annotated[
        Path, typer.Option(metavar="FOLDER", help="Checkpoints and log; the same command resumes there.")
    ]
    cache: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Encoded clips, which several runs may share.",
            show_default="the folder of --run",
        ),
    ] = None
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="The finished weights.")]


@dataclass(frozen=True, kw_only=True)
class PretrainOptions(TrainingOptions):
    """The options of `pretrain`."""

    what: Annotated[
        str,
        typer.Option(
            parser=one_of("encoder", PRETRAINED),
            metavar="ENCODER",
            help=f"What is trained: {listed(PRETRAINED)}.",
        ),
    ] = "videomae"
    vision: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="A pre-trained X-CLIP, from which Video-LLaVA's vision tower starts.",
            show_default="fresh weights",
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class FinetuneOptions(TrainingOptions):
    """The options of `finetune`."""

    variant: Annotated[
        str, typer.Option(parser=_finetuned, metavar="KEY", help=f"The variant: {listed(FINETUNED)}.")
    ] = "vi-cl"
    labels: Labels = "lab-actions"
    encodings: Annotated[
        str,
        typer.Option(
            parser=comma_separated(encoding_name),
            metavar="NAMES",
            help="The visual encodings that clips alternate between, with commas.",
        ),
    ] = "V,VG"
    init: Annotated[
        Path | None,
        typer.Option(
            metavar="FOLDER",
            help="Where the encoder starts: a folder that `pretrain` left, or a release of Vi-Cl.",
            show_default="fresh weights",
        ),
    ] = None


@dataclass(frozen=True, kw_only=True)
class FitHeadsOptions:
    """The options of `fit-heads`."""

    backbone: Annotated[Path, typer.Option(metavar="FOLDER", help="A folder that `pretrain` left.")]
    manifest: Annotated[list[Path], typer.Option(metavar="FILE", help="A manifest; give one a label set.")]
    labels: Annotated[
        list[str],
        typer.Option(
            parser=label_set_key,
            metavar="KEY",
            help=f"The label set of each manifest: {listed(LABEL_KEYS)}.",
        ),
    ]
    encoding: EncodingName = "V"
    seed: Annotated[int, typer.Option(metavar="N", help="The seed of the trees.")] = 0
    run: Annotated[Path, typer.Option(metavar="FOLDER", help="The embedded clips; they are used again.")]


def pretrain(options: PretrainOptions) -> None:
    """Pre-train an encoder on a manifest's pictures, or its narrations; run again to resume."""
    from pipelines.training import pretrain, pretrain_video_llava, pretrain_xclip
    from pipelines.training.config import PretrainingRun

    trainings = {
        "videomae": pretrain.pretrain,
        "x-clip": pretrain_xclip.pretrain,
        "video-llava": pretrain_video_llava.pretrain,
    }
    run = PretrainingRun(
        manifest=options.manifest,
        preset=options.preset,
        seed=options.seed,
        folder=options.run,
        out=options.out,
        cache=options.cache,
        epochs=options.epochs,
        vision=options.vision,
    )
    trainings[options.what](run)


def finetune(options: FinetuneOptions) -> None:
    """Train a release on a manifest; run again to resume."""
    from pipelines.training.config import FinetuningRun
    from pipelines.training.finetune import finetune
    from zoo.labels import label_set

    run = FinetuningRun(
        manifest=options.manifest,
        labels=label_set(options.labels),
        encodings=tuple(options.encodings.split(",")),
        preset=options.preset,
        seed=options.seed,
        folder=options.run,
        out=options.out,
        variant=options.variant,
        init=options.init,
        cache=options.cache,
        epochs=options.epochs,
    )
    finetune(run)


def fit_heads(options: FitHeadsOptions) -> None:
    """Fit the tree heads of a backbone, and measure them and its zero-shot answers."""
    from encodings.names import encoding
    from pipelines.training.config import HeadFittingRun
    from pipelines.training.fit_heads import fit_heads
    from zoo.labels import label_set

    if len(options.manifest) != len(options.labels):
        raise UserError(
            f"There are {len(options.manifest)} manifests and {len(options.labels)} label sets; "
            "name one --labels for each --manifest."
        )
    run = HeadFittingRun(
        manifests=tuple(zip(options.manifest, map(label_set, options.labels), strict=True)),
        backbone=options.backbone,
        encoding=encoding(options.encoding),
        folder=options.run,
        seed=options.seed,
    )
    fit_heads(run)
