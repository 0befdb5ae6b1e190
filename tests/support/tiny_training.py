"""Trainings of a few seconds: presets “tiny”, and every training run on small rendered manifests."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.training import finetune as finetuning
from pipelines.training import pretrain, pretrain_video_llava, pretrain_xclip
from pipelines.training.config import FinetuningRun, PretrainingRun, VideoMAEPreset
from pipelines.training.presets import CAPTIONER_PRESETS, VIDEOMAE_PRESETS, XCLIP_PRESETS
from zoo.labels import LAB_ACTIONS

SIZE = replace(
    VIDEOMAE_PRESETS["embedded"].size,
    image_side=32,
    patch=8,
    hidden=16,
    layers=2,
    heads=1,
    decoder_hidden=12,
    decoder_layers=1,
    text_hidden=16,
    text_layers=1,
    text_heads=2,
    vocabulary=300,
)
XCLIP = replace(
    XCLIP_PRESETS["embedded"],
    size=replace(
        XCLIP_PRESETS["embedded"].size,
        image_side=32,
        patch=16,
        hidden=16,
        layers=1,
        text_hidden=16,
        text_layers=1,
        projection=16,
    ),
    training=replace(XCLIP_PRESETS["embedded"].training, batch=8),
    compared_texts=12,
    clips_seen=90,
)
CAPTIONER = replace(
    CAPTIONER_PRESETS["embedded"],
    size=replace(
        CAPTIONER_PRESETS["embedded"].size,
        image_side=32,
        patch=16,
        hidden=16,
        layers=1,
        heads=1,
        text_hidden=16,
        text_layers=1,
        text_heads=1,
    ),
    training=replace(CAPTIONER_PRESETS["embedded"].training, batch=8),
    clips_seen=60,
)


def tiny_videomae(**numbers: object) -> VideoMAEPreset:
    """The embedded preset with few weights and epochs, and other numbers of its trainings."""
    preset = VIDEOMAE_PRESETS["embedded"]
    pretraining = replace(preset.pretraining, **{"epochs": 2, "batch": 8} | numbers)
    return VideoMAEPreset(
        SIZE, pretraining, replace(preset.finetuning, **{"epochs": 3, "batch": 4} | numbers)
    )


@contextmanager
def tiny_presets() -> Iterator[pytest.MonkeyPatch]:
    """Add the preset “tiny” of each model."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(VIDEOMAE_PRESETS, "tiny", tiny_videomae())
        patch.setitem(XCLIP_PRESETS, "tiny", XCLIP)
        patch.setitem(CAPTIONER_PRESETS, "tiny", CAPTIONER)
        yield patch


def pretraining_run(manifest: Path, folder: Path, out: Path, **more: object) -> PretrainingRun:
    """A run of the preset “tiny”."""
    run = PretrainingRun(manifest=manifest, preset="tiny", seed=3, folder=folder, out=out)
    return replace(run, **more)


def finetuning_run(manifest: Path, folder: Path, out: Path, **more: object) -> FinetuningRun:
    """A run of the preset “tiny” on Lab Actions, in two encodings."""
    run = FinetuningRun(
        manifest=manifest,
        labels=LAB_ACTIONS,
        encodings=("V", "VG"),
        preset="tiny",
        seed=7,
        folder=folder,
        out=out,
    )
    return replace(run, **more)


def train_all(lab: Path, everyday: Path, folder: Path) -> None:
    """Every training whose layers have no dropout, without the reports of their releases."""
    with tiny_presets() as patch:
        patch.setattr(finetuning, "report", lambda *_: None)
        pretrain.pretrain(pretraining_run(lab, folder / "run-videomae", folder / "videomae"))
        finetuning.finetune(finetuning_run(lab, folder / "run-vi-cl", folder / "vi-cl"))
        pretrain_xclip.pretrain(pretraining_run(everyday, folder / "run-x-clip", folder / "x-clip"))
        run = pretraining_run(everyday, folder / "run-video-llava", folder / "video-llava")
        pretrain_video_llava.pretrain(run)


if __name__ == "__main__":
    train_all(*map(Path, sys.argv[1:]))
