"""Every metric against its definition, written out by hand."""

from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.evaluation.metrics import (
    f1_per_activity,
    ratio_names,
    ratio_strict,
    ratio_symbols,
    weighted_f1,
)
from zoo.labels import LAB_ACTIONS

LABELS = LAB_ACTIONS.labels
PAIRS = st.lists(st.tuples(st.sampled_from(LABELS), st.sampled_from(LABELS)), min_size=1, max_size=40)
STEPS = st.lists(st.sampled_from(LABELS[:-1]), max_size=8)


def f1_by_hand(label, truth, predicted) -> Fraction:
    hits = sum(t == s == label for t, s in zip(truth, predicted, strict=True))
    wrong = sum((t == label) != (s == label) for t, s in zip(truth, predicted, strict=True))
    return Fraction(2 * hits, 2 * hits + wrong) if hits or wrong else Fraction(0)


def edits(one, two, swap: int) -> int:
    """Edit distance by the recursive definition; a swap of two symbols costs `swap`."""

    @cache
    def cost(i: int, j: int) -> int:
        if i == 0 or j == 0:
            return i + j
        same = 0 if one[i - 1] == two[j - 1] else swap
        return min(cost(i - 1, j) + 1, cost(i, j - 1) + 1, cost(i - 1, j - 1) + same)

    return cost(len(one), len(two))


def ratio_by_hand(one, two) -> float:
    """Levenshtein.ratio: 1 - (insertions + deletions) / (sum of lengths); a swap is both."""
    length = len(one) + len(two)
    return 1 - edits(one, two, swap=2) / length if length else 1.0


@given(PAIRS)
def test_f1(pairs):
    truth, predicted = zip(*pairs, strict=True)
    want = sum(f1_by_hand(label, truth, predicted) * truth.count(label) for label in LABELS) / len(truth)
    assert weighted_f1(truth, predicted) == pytest.approx(float(want))
    for label, score in f1_per_activity(truth, predicted, LABELS).items():
        assert score == pytest.approx(float(f1_by_hand(label, truth, predicted)))


@given(STEPS, STEPS)
def test_ratios(truth, predicted):
    assert ratio_names(truth, predicted) == pytest.approx(ratio_by_hand(",".join(truth), ",".join(predicted)))
    assert ratio_symbols(truth, predicted) == pytest.approx(ratio_by_hand(truth, predicted))
    longer = max(len(truth), len(predicted))
    strict = 1 - edits(truth, predicted, swap=1) / longer if longer else 1.0
    assert ratio_strict(truth, predicted) == pytest.approx(strict)


def test_workflows_without_steps_agree():
    assert ratio_names([], []) == ratio_symbols([], []) == ratio_strict([], []) == 1


def test_the_three_ratios_differ_on_the_same_pair():
    truth, predicted = ["MeasureSolid", "Add", "Stir"], ["MeasureLiquid", "Add", "Stir"]
    # "MeasureSolid,Add,Stir" (21) and "MeasureLiquid,Add,Stir" (22) share 8 + 2 + 9 = 19 letters in order.
    assert ratio_names(truth, predicted) == pytest.approx(ratio_by_hand(",".join(truth), ",".join(predicted)))
    assert ratio_symbols(truth, predicted) == pytest.approx(4 / 6)
    assert ratio_strict(truth, predicted) == pytest.approx(2 / 3)
