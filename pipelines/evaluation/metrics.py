"""The scores of the paper: weighted F1 on clips, three Levenshtein ratios on workflows."""

from collections.abc import Sequence

import Levenshtein
import numpy as np
from sklearn.metrics import f1_score

RESAMPLES = 2000


def weighted_f1(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """F1 of each label that occurs in the truth, weighted by how often it does."""
    return float(f1_score(truth, predicted, average="weighted", zero_division=0))


def f1_interval(counts: Sequence, seed: int = 0) -> tuple[float, float]:
    """The 95 % bootstrap interval of the weighted F1, workflows drawn anew with replacement.

    counts [W, K, K] by workflow, true label and answered label: clips of one workflow resemble each other,
    so that a workflow, not a clip, is what is drawn.
    """
    counts, rng = np.asarray(counts), np.random.default_rng(seed)
    times = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), RESAMPLES)  # [R, W]
    totals = np.tensordot(times, counts, 1)  # [R, K, K]
    right = np.diagonal(totals, axis1=1, axis2=2)
    true, said = totals.sum(2), totals.sum(1)
    f1 = 2 * right / np.maximum(true + said, 1)  # [R, K]
    low, high = np.percentile((f1 * true).sum(1) / true.sum(1), (2.5, 97.5))
    return float(low), float(high)


def f1_per_activity(
    truth: Sequence[str], predicted: Sequence[str], labels: Sequence[str]
) -> dict[str, float]:
    """F1 of each label that occurs in the truth or the predictions."""
    seen = [label for label in labels if label in {*truth, *predicted}]
    scores = f1_score(truth, predicted, labels=seen, average=None, zero_division=0)
    return dict(zip(seen, map(float, np.atleast_1d(scores)), strict=True))


def ratio_names(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Levenshtein.ratio of the step names joined by commas, 0 to 1: what the paper's Tables 2 and 4
    were computed with.  Two workflows without steps agree: 1."""
    return Levenshtein.ratio(",".join(truth), ",".join(predicted))


def ratio_symbols(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Levenshtein.ratio with one symbol a step, as the paper's text describes it."""
    return Levenshtein.ratio(list(truth), list(predicted))


def ratio_strict(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """1 - edit distance / longer length, one symbol a step: how good a transcript is."""
    longer = max(len(truth), len(predicted))
    return 1 - Levenshtein.distance(list(truth), list(predicted)) / longer if longer else 1.0


RATIOS = {"names": ratio_names, "symbols": ratio_symbols, "strict": ratio_strict}


def interval_95(values: Sequence[float]) -> float:
    """Half width of the 95 % confidence interval of a mean (normal approximation); 0 for one value."""
    if len(values) < 2:
        return 0.0
    return float(1.96 * np.std(values, ddof=1) / np.sqrt(len(values)))
