"""Presets have the published numbers, and a name that does not exist is refused."""

import pytest

from pipelines.training.optim import SCHEDULES
from pipelines.training.presets import (
    CAPTIONER_PRESETS,
    VIDEOMAE_PRESETS,
    XCLIP_PRESETS,
    UnknownPreset,
    find_preset,
    with_epochs,
)


def test_the_paper_presets_are_the_papers():
    paper, other = VIDEOMAE_PRESETS["paper"], VIDEOMAE_PRESETS["paper-cosine"]
    pretraining, finetuning = paper.pretraining, paper.finetuning
    assert (pretraining.epochs, pretraining.batch, pretraining.learning_rate) == (10, 32, 1e-3)
    assert (finetuning.epochs, finetuning.batch, finetuning.learning_rate) == (60, 64, 3e-4)
    assert {pretraining.weight_decay, finetuning.weight_decay} == {0.01}
    assert pretraining.mask_ratio == 0.9
    assert not pretraining.auxiliary_weight
    assert not finetuning.auxiliary_weight
    assert (other.pretraining.schedule, other.size) == ("cosine", paper.size)


def test_every_preset_has_its_schedule():
    for each in VIDEOMAE_PRESETS.values():
        assert {each.pretraining.schedule, each.finetuning.schedule} <= set(SCHEDULES)


@pytest.mark.parametrize("presets", [VIDEOMAE_PRESETS, XCLIP_PRESETS, CAPTIONER_PRESETS])
def test_an_unknown_preset_is_refused(presets):
    with pytest.raises(UnknownPreset, match=r"“huge”.*embedded"):
        find_preset(presets, "huge")


def test_epochs_follow_from_the_clips_seen():
    preset = XCLIP_PRESETS["embedded"]
    assert with_epochs(preset, 10_000, None).training.epochs == 8
    assert with_epochs(preset, 1_000_000, None).training.epochs == 1
    assert with_epochs(preset, 10_000, 2).training.epochs == 2
