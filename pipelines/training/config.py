"""How a release is trained: every number of a run in one row."""

from dataclasses import dataclass, replace
from pathlib import Path

from encodings.errors import UserError
from encodings.names import Encoding
from zoo.labels import LabelSet


class UnknownPreset(UserError):
    """A preset that does not exist."""


@dataclass(frozen=True, kw_only=True)
class PretrainingRun:
    """Pre-train VideoMAE, X-CLIP or Video-LLaVA.

    folder keeps checkpoints and the log: the same run resumes there.  cache keeps encoded clips, and may be
    shared by runs; without it they stay in `folder`.  out gets the finished weights.  epochs replaces the
    preset's.  vision is the folder of an X-CLIP from which Video-LLaVA's video tower is initialised.
    """

    manifest: Path
    preset: str
    seed: int
    folder: Path
    out: Path
    cache: Path | None = None
    epochs: int | None = None
    vision: Path | None = None


@dataclass(frozen=True, kw_only=True)
class FinetuningRun:
    """Fine-tune Vi-Cl or Vi-LM on a manifest whose labels belong to a label set.

    init is a folder that pre-training wrote, or a release of Vi-Cl; the other fields are those of
    PretrainingRun.
    """

    manifest: Path
    labels: LabelSet
    encodings: tuple[str, ...]
    preset: str
    seed: int
    folder: Path
    out: Path
    variant: str = "vi-cl"
    init: Path | None = None
    cache: Path | None = None
    epochs: int | None = None


@dataclass(frozen=True, kw_only=True)
class HeadFittingRun:
    """Fit the tree heads of a backbone, for each manifest and the label set of its labels.

    folder keeps the embedded clips.
    """

    manifests: tuple[tuple[Path, LabelSet], ...]
    backbone: Path
    encoding: Encoding
    folder: Path
    seed: int


@dataclass(frozen=True)
class Size:
    """A VideoMAE, the decoder of its pre-training, and the T5 decoder of Vi-LM."""

    side: int  # px of the square input
    patch: int  # px
    tubelet: int  # frames
    hidden: int
    layers: int
    heads: int
    pixel_hidden: int  # of the decoder that fills in hidden pixels
    pixel_layers: int
    pixel_heads: int
    text_hidden: int  # of the decoder that writes
    text_layers: int
    text_heads: int
    text_tokens: int  # most in its tokenizer


@dataclass(frozen=True)
class Training:
    """The numbers of a training."""

    epochs: int
    batch: int
    learning_rate: float
    schedule: str  # a name of schedule.SCHEDULES
    weight_decay: float = 0.01
    warmup: float = 0.0  # share of the steps
    hidden: float = 0.0  # share of the patches that the encoder is not shown
    label_smoothing: float = 0.0
    gradient_norm: float = float("inf")  # at most
    layer_decay: float = 1.0  # of the learning rate, from each layer to the one before
    auxiliary: float = 0.0  # weight of what is learnt on the side from rendered truth, beside the task itself
    recolour: bool = False  # rotate hues, which vary from lab to lab
    muon: bool = False  # instead of AdamW for the matrices of repeated layers


@dataclass(frozen=True)
class Preset:
    """A size, and how it is pre-trained and fine-tuned."""

    size: Size
    pretraining: Training
    finetuning: Training


# VideoMAE-base with its pre-training decoder, and T5-small's decoder.
BASE = Size(224, 16, 2, 768, 12, 12, 384, 4, 6, 512, 6, 8, 2048)
# Chosen for two CPU cores: 3 M parameters.
SMALL = Size(96, 16, 4, 192, 6, 3, 96, 2, 3, 128, 2, 4, 512)

PAPER = Preset(
    BASE,
    Training(10, 32, 1e-3, "paper-pretraining", hidden=0.9),
    Training(60, 64, 3e-4, "paper-finetuning"),
)
EMBEDDED = Preset(
    SMALL,
    Training(30, 32, 1e-3, "cosine", 0.05, 0.05, hidden=0.9, gradient_norm=1.0, auxiliary=1.0),
    Training(16, 16, 1e-3, "cosine", 0.05, 0.1, 0.3, 0.1, 1.0, 0.9, 1.0, True, True),
)
PRESETS = {
    "embedded": EMBEDDED,
    # What README compares it with: a smaller picture, and nothing learnt on the side.
    "embedded-64px": replace(EMBEDDED, size=replace(SMALL, side=64)),
    "embedded-alone": replace(
        EMBEDDED,
        pretraining=replace(EMBEDDED.pretraining, auxiliary=0.0),
        finetuning=replace(EMBEDDED.finetuning, auxiliary=0.0),
    ),
    "paper": PAPER,
    # The paper's printed schedule stops learning after a few epochs; this one goes on.
    "paper-cosine": Preset(
        BASE,
        replace(PAPER.pretraining, schedule="cosine", warmup=0.05),
        replace(PAPER.finetuning, schedule="cosine", warmup=0.05),
    ),
}


def preset(name: str) -> Preset:
    """Look up a preset.  Raises UnknownPreset, which lists them."""
    if name not in PRESETS:
        raise UnknownPreset(f"There is no preset “{name}”; expected one of {', '.join(PRESETS)}.")
    return PRESETS[name]
