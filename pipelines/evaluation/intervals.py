"""95 % confidence intervals by the cluster bootstrap (Efron and Tibshirani 1993, chapter 8; percentiles).

The unit that is resampled is a wearer, or a workflow where no wearers are known: clips of one wearer
resemble each other, so that resampling clips, or the workflows of one wearer, gives too narrow an interval.
"""

from collections.abc import Sequence

import numpy as np

from zoo.evaluation import Interval, exact_interval

RESAMPLES = 2000


def f1_interval(counts: Sequence, seed: int = 0) -> Interval | None:
    """The interval of the weighted F1; None for a single unit.

    counts [U, K, K] by unit, true label and answered label.
    """
    counts = np.asarray(counts)
    right = np.trace(counts, axis1=1, axis2=2)
    if (exact := _exact(right / np.maximum(counts.sum((1, 2)), 1))) or len(counts) < 2:
        return exact
    totals = np.tensordot(_resampled(len(counts), seed), counts, 1)  # [R, K, K]
    true, predicted = totals.sum(2), totals.sum(1)
    f1 = 2 * np.diagonal(totals, axis1=1, axis2=2) / np.maximum(true + predicted, 1)  # [R, K]
    return _percentiles((f1 * true).sum(1) / true.sum(1))


def mean_interval(values: Sequence[Sequence[float]], seed: int = 0) -> Interval | None:
    """The interval of a mean over workflows, the values of each unit's workflows together; None for one unit.

    Values are from 0 to 1.
    """
    sums, counts = np.array([sum(each) for each in values]), np.array([len(each) for each in values])
    if (exact := _exact(sums / counts)) or len(values) < 2:
        return exact
    times = _resampled(len(values), seed)
    return _percentiles((times @ sums) / (times @ counts))


def _exact(shares: np.ndarray) -> Interval | None:
    """Where all of several units are perfect, or all wrong, resampling them shows no spread."""
    if len(shares) > 1 and (shares == shares[0]).all() and shares[0] in (0, 1):
        return exact_interval(float(shares[0]), len(shares))
    return None


def _resampled(units: int, seed: int) -> np.ndarray:
    """How often each unit is drawn in each resample, [R, U]."""
    return np.random.default_rng(seed).multinomial(units, np.full(units, 1 / units), RESAMPLES)


def _percentiles(values: np.ndarray) -> Interval:
    low, high = np.percentile(values, (2.5, 97.5))
    return float(low), float(high)
