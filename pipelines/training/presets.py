"""Presets: every number of a training under a name, for each of the three models that are trained."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from encodings.errors import UserError
from pipelines.training.config import (
    CaptionerPreset,
    CaptionerSize,
    TrainingConfig,
    VideoMAEPreset,
    VideoMAESize,
    XCLIPPreset,
    XCLIPSize,
)


class UnknownPreset(UserError):
    """A preset that does not exist."""


# VideoMAE-base with its pre-training decoder, and T5-small's decoder.
PAPER = VideoMAEPreset(
    VideoMAESize(
        image_side=224,
        patch=16,
        tubelet=2,
        hidden=768,
        layers=12,
        heads=12,
        decoder_hidden=384,
        decoder_layers=4,
        decoder_heads=6,
        text_hidden=512,
        text_layers=6,
        text_heads=8,
        vocabulary=2048,
    ),
    TrainingConfig(epochs=10, batch=32, learning_rate=1e-3, schedule="paper-pretraining", mask_ratio=0.9),
    TrainingConfig(epochs=60, batch=64, learning_rate=3e-4, schedule="paper-finetuning"),
)
# Chosen for two CPU cores: 3 M parameters.
EMBEDDED = VideoMAEPreset(
    VideoMAESize(
        image_side=96,
        patch=16,
        tubelet=4,
        hidden=192,
        layers=6,
        heads=3,
        decoder_hidden=96,
        decoder_layers=2,
        decoder_heads=3,
        text_hidden=128,
        text_layers=2,
        text_heads=4,
        vocabulary=512,
    ),
    TrainingConfig(
        epochs=30,
        batch=32,
        learning_rate=1e-3,
        schedule="cosine",
        weight_decay=0.05,
        warmup=0.05,
        mask_ratio=0.9,
        max_gradient_norm=1.0,
        auxiliary_weight=1.0,
    ),
    TrainingConfig(
        epochs=16,
        batch=16,
        learning_rate=1e-3,
        schedule="cosine",
        weight_decay=0.05,
        warmup=0.1,
        mask_ratio=0.3,
        label_smoothing=0.1,
        max_gradient_norm=1.0,
        layer_decay=0.9,
        auxiliary_weight=1.0,
        rotate_hues=True,
        muon=True,
    ),
)
VIDEOMAE_PRESETS = {
    "embedded": EMBEDDED,
    # For comparison with "embedded": a smaller picture, and no auxiliary losses.
    "embedded-64px": replace(EMBEDDED, size=replace(EMBEDDED.size, image_side=64)),
    "embedded-alone": replace(
        EMBEDDED,
        pretraining=replace(EMBEDDED.pretraining, auxiliary_weight=0.0),
        finetuning=replace(EMBEDDED.finetuning, auxiliary_weight=0.0),
    ),
    "paper": PAPER,
    # The paper's printed schedule stops learning after a few epochs; this one goes on.
    "paper-cosine": replace(
        PAPER,
        pretraining=replace(PAPER.pretraining, schedule="cosine", warmup=0.05),
        finetuning=replace(PAPER.finetuning, schedule="cosine", warmup=0.05),
    ),
}
XCLIP_PRESETS = {
    # Chosen for two CPU cores: 4.6 M parameters.
    "embedded": XCLIPPreset(
        size=XCLIPSize(
            image_side=96,
            patch=24,
            frames=8,
            hidden=192,
            layers=5,
            text_hidden=128,
            text_layers=3,
            projection=128,
        ),
        training=TrainingConfig(
            epochs=0,  # clips_seen sets them
            batch=16,
            learning_rate=1e-3,
            schedule="cosine",
            weight_decay=0.05,
            warmup=0.1,
            label_smoothing=0.05,
            max_gradient_norm=1.0,
            auxiliary_weight=1.0,
            muon=True,
        ),
        compared_texts=96,
        clips_seen=80_000,
    ),
}
CAPTIONER_PRESETS = {
    # Chosen for two CPU cores: 4.5 M parameters.
    "embedded": CaptionerPreset(
        size=CaptionerSize(
            image_side=96,
            patch=24,
            frames=8,
            hidden=192,
            layers=5,
            heads=3,
            text_hidden=192,
            text_layers=4,
            text_heads=3,
        ),
        training=TrainingConfig(
            epochs=0,  # clips_seen sets them
            batch=16,
            learning_rate=1e-3,
            schedule="cosine",
            weight_decay=0.05,
            warmup=0.1,
            max_gradient_norm=1.0,
            auxiliary_weight=0.4,
            muon=True,
        ),
        choice_questions=1,
        clips_seen=20_000,
    ),
}

AnyPreset = TypeVar("AnyPreset")


def find_preset(presets: Mapping[str, AnyPreset], name: str) -> AnyPreset:
    """Look up a preset by name.  Raises UnknownPreset, which lists the names."""
    if name not in presets:
        raise UnknownPreset(f"There is no preset “{name}”; expected one of {', '.join(presets)}.")
    return presets[name]


NarratedPreset = TypeVar("NarratedPreset", XCLIPPreset, CaptionerPreset)


def with_epochs(preset: NarratedPreset, clips: int, epochs: int | None) -> NarratedPreset:
    """A preset with as many epochs as `clips_seen` makes of its training clips, or as are asked for."""
    epochs = epochs or max(1, round(preset.clips_seen / clips))
    return replace(preset, training=replace(preset.training, epochs=epochs))
