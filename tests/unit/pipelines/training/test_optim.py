"""Learning rates against numbers computed by hand."""

import pytest

from pipelines.training.optim import SCHEDULES, cosine, paper_finetuning, paper_pretraining


def test_cosine():
    """100 steps, 10 of them to warm up: half way up after 5, at the top after 10, half way down after 55."""
    found = [cosine(step, 100, 10, 0.1) for step in (0, 5, 10, 55, 100)]
    assert found == pytest.approx([0, 0.5, 1, 0.5, 0])
    assert cosine(32.5, 100, 10, 0.1) == pytest.approx(0.8535534)  # (1 + cos(pi / 4)) / 2


def test_the_papers_pretraining():
    """10 epochs of 100 steps: 1, 1/2, 1/4, 1/8, then a hundredth each."""
    found = [paper_pretraining(100 * epoch + 50, 1000, 10, 0) for epoch in range(6)]
    assert found == pytest.approx([1, 0.5, 0.25, 0.125, 0.00125, 0.0000125])
    assert paper_pretraining(99, 1000, 10, 0) == 1
    assert paper_pretraining(100, 1000, 10, 0) == 0.5


def test_the_papers_finetuning():
    """60 epochs: 0.96 after the first, 0.96 ** 59 = 0.08995 in the last."""
    assert paper_finetuning(0, 6000, 60, 0) == 1
    assert paper_finetuning(100, 6000, 60, 0) == 0.96
    assert paper_finetuning(5999, 6000, 60, 0) == pytest.approx(0.08995, abs=1e-5)


def test_every_preset_has_its_schedule():
    from pipelines.training.config import PRESETS

    for each in PRESETS.values():
        assert {each.pretraining.schedule, each.finetuning.schedule} <= set(SCHEDULES)
