"""Confidence intervals: wearers are resampled, and few perfect ones leave room for doubt."""

import numpy as np
import pytest
from scipy.stats import binomtest, bootstrap

from pipelines.evaluation.intervals import f1_interval, mean_interval
from pipelines.evaluation.metrics import weighted_f1
from pipelines.evaluation.score import ScoredClip, score_clips
from zoo.evaluation import exact_interval
from zoo.labels import LAB_ACTIONS


def test_the_interval_of_f1_is_that_of_a_plain_bootstrap():
    """Nine units resampled by hand, with scikit-learn's F1 as the reference."""
    rng = np.random.default_rng(3)
    units = [
        (rng.integers(0, 3, 12), np.where(rng.random(12) < 0.6, 0, rng.integers(0, 3, 12))) for _ in range(9)
    ]
    counts = np.zeros((9, 3, 3), int)
    for table, (truth, predicted) in zip(counts, units, strict=True):
        np.add.at(table, (truth, predicted), 1)
    resampled = []
    for _ in range(600):
        drawn = [units[place] for place in rng.integers(0, 9, 9)]
        resampled.append(weighted_f1(*(np.concatenate(each) for each in zip(*drawn, strict=True))))
    assert f1_interval(counts) == pytest.approx(np.percentile(resampled, (2.5, 97.5)), abs=0.03)
    assert f1_interval(counts) == f1_interval(counts)


def test_the_interval_of_a_mean_is_scipys_cluster_bootstrap():
    rng = np.random.default_rng(0)
    wearers = [np.clip(rng.normal(rng.uniform(0.3, 0.9), 0.1, size), 0, 1) for size in (1, 4, 2, 5, 3, 2)]
    sums, counts = np.array([w.sum() for w in wearers]), np.array([len(w) for w in wearers])
    reference = bootstrap(
        (sums, counts),
        lambda sums, counts, axis: sums.sum(axis) / counts.sum(axis),
        paired=True,
        vectorized=True,
        n_resamples=20_000,
        method="percentile",
        rng=1,
    ).confidence_interval
    assert mean_interval(wearers) == pytest.approx((reference.low, reference.high), abs=0.015)


@pytest.mark.parametrize("units", [2, 4, 14])
def test_units_that_are_all_alike_have_the_exact_binomial_interval(units):
    for value, successes in ((1.0, units), (0.0, 0)):
        reference = binomtest(successes, units).proportion_ci(0.95, "exact")
        expected = pytest.approx((reference.low, reference.high))
        assert exact_interval(value, units) == expected
        assert mean_interval([[value]] * units) == expected
    assert f1_interval([[[3, 0], [0, 4]]] * units) == pytest.approx(exact_interval(1.0, units))
    assert f1_interval([[[0, 3], [4, 0]]] * units) == pytest.approx(exact_interval(0.0, units))


def test_a_single_unit_has_no_interval():
    assert f1_interval([[[3, 1], [0, 4]]]) is None
    assert mean_interval([[0.5, 1.0]]) is None
    assert mean_interval([[1.0]]) is None


def clips_of(wearers: dict[str, tuple[str, ...]], wrong: str = "") -> list[ScoredClip]:
    """A clip of Add for each workflow of each wearer; those of one wearer may all be answered wrongly."""
    return [
        ScoredClip(
            workflow=workflow,
            start_s=0.0,
            end_s=4.0,
            truth="Add",
            predicted="Stir" if wearer == wrong else "Add",
            wearer=wearer,
        )
        for wearer, workflows in wearers.items()
        for workflow in workflows
    ]


def test_four_perfect_wearers_are_not_certain():
    scores = score_clips(clips_of({each: (each + "1", each + "2") for each in "abcd"}), LAB_ACTIONS)
    assert (scores.interval_unit, scores.interval_units, scores.workflows) == ("wearer", 4, 8)
    low, high = scores.ratio_interval["names"]
    assert f"{scores.ratio['names']:.2f} ({low:.2f} to {high:.2f})" == "1.00 (0.40 to 1.00)"
    assert scores.f1_interval == pytest.approx((0.025**0.25, 1))
    assert scores.ratio_ci["names"] == pytest.approx((1 - 0.025**0.25) / 2)


def test_wearers_are_resampled_not_their_workflows():
    """Two wearers of ten workflows each: as workflows they would seem to be twenty independent ones."""
    wearers = {each: tuple(f"{each}{n}" for n in range(10)) for each in "ab"}
    clustered = score_clips(clips_of(wearers, wrong="b"), LAB_ACTIONS)
    assert clustered.ratio["strict"] == 0.5
    assert clustered.ratio_interval["strict"] == (0, 1)
    unknown = score_clips(
        [
            ScoredClip(workflow=c.workflow, start_s=0, end_s=4, truth=c.truth, predicted=c.predicted)
            for c in clips_of(wearers, wrong="b")
        ],
        LAB_ACTIONS,
    )
    assert (unknown.interval_unit, unknown.interval_units) == ("workflow", 20)
    assert unknown.ratio_interval["strict"][0] > 0.2


def test_of_a_single_wearer_the_interval_is_unknown():
    data = score_clips(clips_of({"ann": ("one", "two")}), LAB_ACTIONS).to_json()
    assert (data["f1_interval"], data["ratio_interval"]) == (None, None)
    assert (data["interval_unit"], data["interval_units"]) == ("wearer", 1)
    assert data["ratio_ci"] == {"names": 0, "symbols": 0, "strict": 0}
