"""Smooth per-clip labels with a hidden Markov model.

The hidden states are the true labels of the clips; the observations are the model's scores.  A clip is 4 s
of an activity that lasts several times as long, and procedures have an order: adding comes after weighing.
Transition probabilities come from the training split of a release.  The smoothed label of a clip is the most
probable one given all clips (forward-backward algorithm; Rabiner, “A tutorial on hidden Markov models and
selected applications in speech recognition”, 1989).
"""

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from encodings.clip import CLIP_S
from pipelines.recognition.workflow import ADJACENT_S
from zoo.hub.download import fetch
from zoo.labels import LabelSet
from zoo.predictions import ClipPrediction
from zoo.release_config import ReleaseConfig
from zoo.releases import Release
from zoo.weights import WeightsMissing

SMOOTHED = "settled"  # the key of a smoothed label in JSON and CSV, which other programs read: it stays
MIN_POSTERIOR = 1e-4  # a score of 0 would rule a label out, whatever its neighbours are

TransitionCounts = tuple[tuple[int, ...], ...]


def transition_counts_of(release: Release) -> TransitionCounts:
    """Read how often each label (row) was followed by each (column) in the training split, [K, K].

    Labels are in their set's order.  () if the release has no counts, as the zero-shot ones, which had no
    labels in training.  Raises WeightsMissing if the counts do not fit the labels.
    """
    counts = ReleaseConfig.read(fetch(release.weights)).transition_counts
    size = len(release.labels.labels)
    if counts and (len(counts) != size or any(len(row) != size for row in counts)):
        raise WeightsMissing(
            f"The config.json of {release.weights.name} has {len(counts)} rows of transition counts "
            f"(“follows”); expected {size} rows of {size} whole numbers from 0 up. Push the release again."
        )
    return counts


def smooth(
    clips: Sequence[ClipPrediction], labels: LabelSet, transition_counts: TransitionCounts
) -> tuple[str, ...]:
    """The smoothed label of each clip of a recording, in order of time.

    Without transition counts, or where a clip has no scores, the model's own labels.
    """
    if not transition_counts or any(clip.scores is None for clip in clips):
        return tuple(clip.label for clip in clips)
    posteriors = np.array([[clip.scores[label] for label in labels.labels] for clip in clips])
    steps = [clip_steps(one.end_s, two.start_s) for one, two in pairwise(clips)]
    smoothed = forward_backward(posteriors, np.array(transition_counts), steps)
    return tuple(labels.labels[label] for label in smoothed)


def clip_steps(end_s: float, start_s: float) -> int:
    """How many clips further a clip lies than the one before it, from its start and the other's end.

    1 for neighbours in time, overlapping ones too; one more for each clip length begun of a longer gap.
    """
    return 1 + max(0, math.ceil((start_s - end_s - ADJACENT_S) / CLIP_S))


def forward_backward(
    posteriors: np.ndarray, transition_counts: np.ndarray, steps: Sequence[int] | None = None
) -> list[int]:
    """The most probable label [N] of each clip given all posteriors [N, K] and transition counts [K, K].

    A posterior divided by the label's prior is proportional to the likelihood of what was seen.  One is added
    to every count (Laplace smoothing): a transition that was never seen is not impossible.  steps [N - 1] is
    how many transitions lie between two clips, 1 by default.  The clips missing between them are summed out
    by the power of the transition matrix: over a long gap it tends to the same distribution for every label,
    and the clips on both sides become independent.
    """
    if not len(posteriors):
        return []
    counts = transition_counts + 1.0
    prior = counts.sum(1) / counts.sum()  # [K]
    matrix = counts / counts.sum(1, keepdims=True)  # [K, K] p(next label | label)
    powers = {count: np.linalg.matrix_power(matrix, count) for count in {1, *(steps or ())}}
    transitions = [powers[count] for count in steps or [1] * (len(posteriors) - 1)]  # N - 1 of [K, K]
    likelihoods = np.maximum(posteriors, MIN_POSTERIOR) / prior  # [N, K]
    forward = np.empty_like(likelihoods)  # p(label n | clips 0..n)
    predicted = prior  # p(label n | clips 0..n-1)
    for number, likelihood in enumerate(likelihoods):
        forward[number] = predicted * likelihood
        forward[number] /= forward[number].sum()
        if number < len(transitions):
            predicted = forward[number] @ transitions[number]
    backward = np.ones(len(prior))  # p(clips n+1.. | label n), up to a factor
    smoothed = [int((forward[-1] * backward).argmax())]
    for number in range(len(transitions) - 1, -1, -1):
        backward = transitions[number] @ (likelihoods[number + 1] * backward)
        backward /= backward.sum()
        smoothed.append(int((forward[number] * backward).argmax()))
    return smoothed[::-1]
