"""Overlap of narrations, against sets counted one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipelines.training.text_overlap import bag_of_words, jaccard, pairwise_jaccard, word_shares

TEXTS = some.lists(
    some.lists(some.sampled_from(("the", "pours", "a", "milk", "cup", "tea", "Bread", "with")), max_size=6),
    min_size=1,
    max_size=5,
).map(lambda texts: [" ".join(words) for words in texts])


def test_stop_words_do_not_count():
    assert bag_of_words("Pours the milk into a Cup") == {"pours", "milk", "cup"}
    assert jaccard(bag_of_words("pours the milk"), bag_of_words("pours the tea")) == pytest.approx(1 / 3)
    assert jaccard(bag_of_words("the"), bag_of_words("a")) == 0


@given(TEXTS)
def test_pairwise_jaccard_is_that_of_each_pair(texts):
    found = pairwise_jaccard(texts)
    for row, one in enumerate(texts):
        for column, other in enumerate(texts):
            expected = 1 if row == column else jaccard(bag_of_words(one), bag_of_words(other))
            assert float(found[row, column]) == pytest.approx(expected)


@given(TEXTS)
def test_shares_of_a_narration_add_up(texts):
    for row, text in zip(word_shares(texts), texts, strict=True):
        assert float(row.sum()) == pytest.approx(1 if bag_of_words(text) else 0, abs=1e-6)
        assert int((row > 0).sum()) == len(bag_of_words(text))
