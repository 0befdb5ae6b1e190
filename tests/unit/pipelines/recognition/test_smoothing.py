"""Forward-backward smoothing, against the sum over every sequence of labels."""

import itertools
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from pipelines.recognition.smoothing import (
    MIN_POSTERIOR,
    clip_steps,
    forward_backward,
    smooth,
    transition_counts_of,
)
from zoo.labels import LAB_ACTIONS
from zoo.predictions import ClipPrediction
from zoo.releases import Release
from zoo.variants import variant
from zoo.weights import Weights, WeightsMissing

NAMES = LAB_ACTIONS.labels
SCORES = arrays(float, st.tuples(st.integers(1, 5), st.just(3)), elements=st.floats(0, 1))
COUNTS = arrays(int, (3, 3), elements=st.integers(0, 50))


def enumerate_sequences(scores: np.ndarray, transition_counts: np.ndarray, seen: list[int]) -> np.ndarray:
    """The posterior of each label at each place of a chain, [N, K], by summing over all sequences.

    scores [M, K] are of the places `seen` alone; of the others nothing is known.
    """
    length, labels = seen[-1] + 1, scores.shape[1]
    counts = transition_counts + 1
    transitions, prior = counts / counts.sum(1, keepdims=True), counts.sum(1) / counts.sum()
    posteriors = np.zeros((length, labels))
    for sequence in itertools.product(range(labels), repeat=length):
        weight = prior[sequence[0]]
        for one, two in itertools.pairwise(sequence):
            weight *= transitions[one, two]
        for place, row in zip(seen, scores, strict=True):
            weight *= max(row[sequence[place]], MIN_POSTERIOR) / prior[sequence[place]]
        for place, label in enumerate(sequence):
            posteriors[place, label] += weight
    return posteriors / posteriors.sum(1, keepdims=True)


@given(SCORES, COUNTS)
def test_each_label_is_the_most_probable_over_all_sequences(scores, transition_counts):
    places = list(range(len(scores)))
    posteriors = enumerate_sequences(scores, transition_counts, places)
    best = posteriors[places, forward_backward(scores, transition_counts)]
    assert np.all(best >= posteriors.max(1) * (1 - 1e-9))


@given(arrays(float, (3, 3), elements=st.floats(0, 1)), COUNTS, st.tuples(*[st.integers(1, 3)] * 2))
def test_clips_missing_in_a_gap_are_summed_out(scores, transition_counts, steps):
    seen = [0, steps[0], sum(steps)]
    posteriors = enumerate_sequences(scores, transition_counts, seen)[seen]
    best = posteriors[range(3), forward_backward(scores, transition_counts, steps)]
    assert np.all(best >= posteriors.max(1) * (1 - 1e-9))


@given(SCORES)
def test_transitions_at_random_change_nothing(scores):
    smoothed = forward_backward(scores, np.zeros((3, 3), int))
    best = np.maximum(scores, MIN_POSTERIOR)
    assert np.all(best[range(len(smoothed)), smoothed] >= best.max(1) * (1 - 1e-9))


def clip(number: int, label: str, score: float | None) -> ClipPrediction:
    rest = {name: (1 - (score or 0)) / (len(NAMES) - 1) for name in NAMES}
    return ClipPrediction(
        start_s=4.0 * number,
        end_s=4.0 * number + 4,
        label=label,
        scores=score and rest | {label: score},
    )


STICKY = tuple(tuple(40 if row == column else 2 for column in NAMES) for row in NAMES)


def test_one_odd_clip_within_a_step_is_relabelled_and_a_certain_one_is_not():
    clips = [clip(n, "Stir", 0.8) for n in range(5)]
    doubtful = [*clips[:2], clip(2, "Add", 0.4), *clips[3:]]
    assert smooth(doubtful, LAB_ACTIONS, STICKY) == ("Stir",) * 5
    certain = [*clips[:2], clip(2, "Add", 0.999), *clips[3:]]
    assert smooth(certain, LAB_ACTIONS, STICKY) == ("Stir", "Stir", "Add", "Stir", "Stir")


def test_clips_across_a_long_gap_are_not_neighbours():
    clips = [clip(0, "Stir", 0.8), clip(1, "Stir", 0.8), clip(2, "Add", 0.4)]
    assert smooth(clips, LAB_ACTIONS, STICKY) == ("Stir",) * 3
    later = replace(clips[2], start_s=608.0, end_s=612.0)  # ten minutes without a clip
    assert smooth([*clips[:2], later], LAB_ACTIONS, STICKY) == ("Stir", "Stir", "Add")


@pytest.mark.parametrize(
    ("gap_s", "steps"),
    [(-3.0, 1), (0.0, 1), (1e-9, 1), (0.5, 1), (0.6, 2), (4.0, 2), (4.0 + 1e-9, 2), (8.0, 3), (600.0, 151)],
)
def test_a_gap_is_counted_in_clips(gap_s, steps):
    assert clip_steps(4.0, 4.0 + gap_s) == steps


def test_without_counts_or_scores_labels_stay_the_models_own():
    clips = [clip(0, "Stir", 0.8), clip(1, "Add", 0.3), clip(2, "Stir", 0.8)]
    assert smooth(clips, LAB_ACTIONS, ()) == ("Stir", "Add", "Stir")
    assert smooth([*clips[:2], clip(2, "Stir", None)], LAB_ACTIONS, STICKY) == ("Stir", "Add", "Stir")
    assert smooth([], LAB_ACTIONS, STICKY) == ()


def test_ten_hours_of_scores_neither_overflow_nor_vanish():
    rng = np.random.default_rng(0)
    scores = rng.dirichlet(np.full(len(NAMES), 0.1), 9000)
    assert len(forward_backward(scores, np.array(STICKY))) == 9000


def release(folder, section: dict) -> Release:
    (folder / "config.json").write_text(json.dumps({"benchscribe": section}))
    return Release(
        variant=variant("vi-cl"),
        labels=LAB_ACTIONS,
        encodings=("V",),
        tier="embedded",
        weights=Weights(str(folder)),
    )


def test_a_release_has_transition_counts_or_none(tmp_path):
    assert transition_counts_of(release(tmp_path, {})) == ()
    assert transition_counts_of(release(tmp_path, {"follows": [list(row) for row in STICKY]})) == STICKY


@pytest.mark.parametrize(
    "counts",
    [[[1, 2], [3, 4]], [[-1] * 8] * 8, [["a"] * 8] * 8, {"a": 1}, 7, None, [[1e400] * 8] * 8, [[1]] * 8],
)
def test_counts_that_do_not_fit_are_refused_in_one_sentence(tmp_path, counts):
    with pytest.raises(WeightsMissing, match="follows"):
        transition_counts_of(release(tmp_path, {"follows": counts}))
