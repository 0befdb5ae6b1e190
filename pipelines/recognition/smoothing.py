"""Weigh what a model says of each clip with what it says of the clips around it.

A clip is 4 s of an activity that lasts several times as long, and procedures have an order: after weighing
comes adding.  A release knows from its training split how often each label follows each; with that and its
scores a hidden Markov model finds the likeliest label of each clip given all clips (forward-backward:
Rabiner, “A tutorial on hidden Markov models”, 1989).
"""

from collections.abc import Sequence

import numpy as np

from zoo.hub.download import fetch
from zoo.labels import LabelSet
from zoo.predictions import ClipPrediction
from zoo.release_config import ReleaseConfig
from zoo.releases import Release
from zoo.weights import WeightsMissing

LEAST = 1e-4  # of a score: none is so sure that its neighbours may not be heard

TransitionCounts = tuple[tuple[int, ...], ...]


def transition_counts_of(release: Release) -> TransitionCounts:
    """How often each label (row) was followed by each (column) in the training split.

    Labels are in their set's order.  () if the release does not say, as the zero-shot ones, which saw no
    label.  Raises WeightsMissing if what it says does not fit its labels.
    """
    table = ReleaseConfig.read(fetch(release.weights)).transition_counts
    count = len(release.labels.labels)
    if table and (len(table) != count or any(len(row) != count for row in table)):
        raise WeightsMissing(
            f"The config.json of {release.weights.name} has {len(table)} rows of transition counts "
            f"(“follows”); expected {count} rows of {count} whole numbers from 0 up. Push the release again."
        )
    return table


def smooth(
    clips: Sequence[ClipPrediction], labels: LabelSet, transition_counts: TransitionCounts
) -> tuple[str, ...]:
    """The label of each clip of a recording, in order of time, once its neighbours were heard.

    Without `follows`, or where a clip has no scores, the labels as they were named.
    """
    named = tuple(clip.label for clip in clips)
    if not transition_counts or any(clip.scores is None for clip in clips):
        return named
    scores = np.array([[clip.scores[label] for label in labels.labels] for clip in clips])
    return tuple(labels.labels[place] for place in forward_backward(scores, np.array(transition_counts)))


def forward_backward(scores: np.ndarray, transition_counts: np.ndarray) -> list[int]:
    """The likeliest label [N] of scores [N, K], given how often each label follows each [K, K].

    A score tells how likely a label is behind what was seen; divided by how common the label is, how
    likely it is that the label looks so.  Every pair counts once more than it was seen: what was never
    seen is not impossible.
    """
    if not len(scores):
        return []
    moves = transition_counts + 1.0
    common = moves.sum(1) / moves.sum()
    moves /= moves.sum(1, keepdims=True)
    looks = np.maximum(scores, LEAST) / common
    until = np.empty_like(looks)  # what a clip and all before it say
    coming = common
    for number, look in enumerate(looks):
        until[number] = coming * look
        until[number] /= until[number].sum()
        coming = until[number] @ moves
    after = np.ones(len(common))  # what all clips behind it say
    found = []
    for number in range(len(looks) - 1, -1, -1):
        found.append(int((until[number] * after).argmax()))
        after = moves @ (looks[number] * after)
        after /= after.sum()
    return found[::-1]
