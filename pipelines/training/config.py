"""What a training is asked to do: its files, the sizes of its model, its hyper-parameters."""

from dataclasses import dataclass
from pathlib import Path

from encodings.names import Encoding
from zoo.labels import LabelSet

# ImageNet's, which VideoMAE's own preprocessing uses.
IMAGE_MEAN, IMAGE_STD = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


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


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """Hyper-parameters of one training."""

    epochs: int
    batch: int  # clips of one optimizer step, over all processes
    learning_rate: float
    schedule: str  # a name of optim.SCHEDULES
    weight_decay: float = 0.01
    warmup: float = 0.0  # share of the steps
    mask_ratio: float = 0.0  # share of the patches that are hidden from the encoder
    label_smoothing: float = 0.0
    max_gradient_norm: float = float("inf")
    layer_decay: float = 1.0  # factor of the learning rate from each encoder layer to the one below
    auxiliary_weight: float = 0.0  # of the auxiliary losses; 0 leaves them out
    rotate_hues: bool = False  # augmentation: colours vary from laboratory to laboratory
    muon: bool = False  # Muon instead of AdamW for the matrices of repeated layers


@dataclass(frozen=True, kw_only=True)
class VideoMAESize:
    """A VideoMAE, the decoder of its pre-training, and the T5 decoder of Vi-LM."""

    image_side: int  # px of the square input
    patch: int  # px
    tubelet: int  # frames
    hidden: int
    layers: int
    heads: int
    decoder_hidden: int  # of the decoder that reconstructs masked pixels
    decoder_layers: int
    decoder_heads: int
    text_hidden: int  # of the T5 decoder
    text_layers: int
    text_heads: int
    vocabulary: int  # tokens at most


@dataclass(frozen=True, kw_only=True)
class XCLIPSize:
    """An X-CLIP."""

    image_side: int  # px of the square input
    patch: int  # px
    frames: int
    hidden: int
    layers: int
    text_hidden: int
    text_layers: int
    projection: int


@dataclass(frozen=True, kw_only=True)
class CaptionerSize:
    """A Video-LLaVA."""

    image_side: int  # px of the square input
    patch: int  # px
    frames: int
    hidden: int
    layers: int
    heads: int
    text_hidden: int
    text_layers: int
    text_heads: int

    @property
    def video_tokens(self) -> int:
        """Tokens of one clip: a class token and the patches of each frame."""
        return self.frames * ((self.image_side // self.patch) ** 2 + 1)


@dataclass(frozen=True)
class VideoMAEPreset:
    """A size, and how it is pre-trained and fine-tuned."""

    size: VideoMAESize
    pretraining: TrainingConfig
    finetuning: TrainingConfig


@dataclass(frozen=True, kw_only=True)
class XCLIPPreset:
    """A size, and how it is trained on narrations."""

    size: XCLIPSize
    training: TrainingConfig
    compared_texts: int  # narrations that each clip of a batch is compared with
    clips_seen: int  # over the whole training, repetitions counted: this sets the number of epochs


@dataclass(frozen=True, kw_only=True)
class CaptionerPreset:
    """A size, and how it is trained on narrations."""

    size: CaptionerSize
    training: TrainingConfig
    choice_questions: int  # times a clip is asked which of a list it shows, beside one open question
    clips_seen: int  # over the whole training, repetitions counted: this sets the number of epochs
