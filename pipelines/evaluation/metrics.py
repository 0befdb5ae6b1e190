"""The scores of the paper: weighted F1 on clips, three Levenshtein ratios on workflows."""

from collections.abc import Sequence

import Levenshtein
import numpy as np
from sklearn.metrics import f1_score

from zoo.evaluation import RATIOS


def weighted_f1(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Mean F1 of the labels, weighted by how often each occurs in the truth (van Rijsbergen 1979)."""
    return float(f1_score(truth, predicted, average="weighted", zero_division=0))


def f1_per_activity(
    truth: Sequence[str], predicted: Sequence[str], labels: Sequence[str]
) -> dict[str, float]:
    """F1 of each label that occurs in the truth or the predictions."""
    seen = [label for label in labels if label in {*truth, *predicted}]
    scores = f1_score(truth, predicted, labels=seen, average=None, zero_division=0)
    return dict(zip(seen, map(float, np.atleast_1d(scores)), strict=True))


def ratio_names(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Indel similarity of the step names joined by commas, letter by letter, 0 to 1.

    1 - (insertions + deletions) / (sum of lengths), as `Levenshtein.ratio` computes it (Levenshtein 1966
    without substitutions).  The paper's Tables 2 and 4 were computed with it (DOI 10.1039/D4DD00287C).  A
    long name weighs more than a short one.  Two workflows without steps agree: 1.
    """
    return Levenshtein.ratio(",".join(truth), ",".join(predicted))


def ratio_symbols(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """Indel similarity with one symbol a step, 0 to 1, as the paper's text describes its metric.

    A step in place of another costs 2, a deletion and an insertion.  Two workflows without steps agree: 1.
    """
    return Levenshtein.ratio(list(truth), list(predicted))


def ratio_strict(truth: Sequence[str], predicted: Sequence[str]) -> float:
    """1 - Levenshtein distance / longer length, one symbol a step: the normalised edit similarity, 0 to 1.

    A step in place of another costs 1.  It is close to 1 - word error rate of speech recognition, and the
    strictest of the three.  Two workflows without steps agree: 1.
    """
    longer = max(len(truth), len(predicted))
    return 1 - Levenshtein.distance(list(truth), list(predicted)) / longer if longer else 1.0


RATIO_METRICS = dict(zip(RATIOS, (ratio_names, ratio_symbols, ratio_strict), strict=True))
