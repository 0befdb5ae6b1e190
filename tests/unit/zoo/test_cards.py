"""Model cards, whole: one of a tiny release word for word, and those that are shipped."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.support.tiny_evaluations import SCORES, tiny_evaluation
from zoo.cards import make_card
from zoo.evaluation import RATIOS, read_evaluations, write_evaluations
from zoo.release_config import ReleaseConfig
from zoo.releases import EMBEDDED, Release, embedded_releases, find_release

FOLDERS = sorted(path.parent for path in EMBEDDED.glob("*/README.md"))
EXPECTED = Path(__file__).with_name("expected_card.md")
FIGURES = ("confusion-x-clip-rf-lab-actions-V.png", "learning-curve.png", "thumbs.db")


@pytest.fixture
def folder(tmp_path) -> Path:
    """A release of X-CLIP + RF that fills every part of a card."""
    folder = tmp_path / "x-clip-rf-lab-actions"
    folder.mkdir()
    ReleaseConfig(
        variant="x-clip-rf",
        labels="lab-actions",
        encodings=("V", "VG"),
        trained_on="rendered scenes",
        preset="embedded",
        seed=0,
        training_clips=1234,
        epochs=2,
        hours=0.125,
        started_from="elsewhere",
        hyper_parameters={"trees": 40, "depth": 6},
        object_masks=True,
        notes=" A note.",
        command="python -m pipelines fit-heads",
    ).write(folder)
    smoothed = replace(
        SCORES,
        f1_smoothed=0.625,
        ratio_as_named=dict.fromkeys(RATIOS, 0.125),
        f1_interval=(0.25, 0.75),
        ratio=dict.fromkeys(RATIOS, 1.0),
        ratio_interval=dict.fromkeys(RATIOS, (0.3976, 1.0)),
        interval_unit="wearer",
        interval_units=4,
    )
    evaluations = [tiny_evaluation(encoding=each, scores=smoothed, chance=0.125) for each in ("V", "VG")]
    write_evaluations(folder, evaluations)
    return folder


def release_of(folder: Path) -> Release:
    release = find_release("x-clip-rf", "lab-actions", "V")
    return replace(release, weights=replace(release.weights, source=str(folder)))


def test_the_whole_card(folder):
    card = make_card(folder, [release_of(folder)], read_evaluations(folder), FIGURES)
    assert str(card) == EXPECTED.read_text(encoding="utf-8")
    assert [each.metric_value for each in card.data.eval_results] == [0.5, 0.5]


def test_a_single_wearer_s_scores_have_no_interval(folder):
    alone = replace(SCORES, ratio_ci=dict.fromkeys(RATIOS, 0.0), interval_unit="wearer", interval_units=1)
    text = str(make_card(folder, [release_of(folder)], [tiny_evaluation(scores=alone)]))
    assert "| V | as named | 8 | 0.50 | 4 | 0.75 | 0.50 | 0.25 |" in text
    assert "There is no 95 % interval" in text
    assert "Smoothed" not in text
    assert "Pictures" not in text
    assert "reach an F1 of –" in text


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_a_shipped_card_is_what_its_files_give(folder):
    evaluations = read_evaluations(folder)
    measured = {(each.variant, each.labels) for each in evaluations}
    own = [each for each in embedded_releases() if each.weights.source == str(folder)]
    used = [each for each in own if (each.variant.key, each.labels.key) in measured]
    card = make_card(folder, used, evaluations, sorted(path.name for path in (folder / "figures").iterdir()))
    text = (folder / "README.md").read_text(encoding="utf-8")
    assert str(card) == text
    assert "±" not in text
