"""What narrations have in common, against sets counted one by one."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from pipelines.training.text_overlap import bag, overlap, overlaps, word_shares

TEXTS = some.lists(
    some.lists(some.sampled_from(("the", "pours", "a", "milk", "cup", "tea", "Bread", "with")), max_size=6),
    min_size=1,
    max_size=5,
).map(lambda texts: [" ".join(words) for words in texts])


def test_small_words_say_nothing():
    assert bag("Pours the milk into a Cup") == {"pours", "milk", "cup"}
    assert overlap(bag("pours the milk"), bag("pours the tea")) == pytest.approx(1 / 3)
    assert overlap(bag("the"), bag("a")) == 0


@given(TEXTS)
def test_overlaps_are_those_of_every_two(texts):
    found = overlaps(texts)
    for row, one in enumerate(texts):
        for column, other in enumerate(texts):
            expected = 1 if row == column else overlap(bag(one), bag(other))
            assert float(found[row, column]) == pytest.approx(expected)


@given(TEXTS)
def test_shares_of_a_narration_add_up(texts):
    for row, text in zip(word_shares(texts), texts, strict=True):
        assert float(row.sum()) == pytest.approx(1 if bag(text) else 0, abs=1e-6)
        assert int((row > 0).sum()) == len(bag(text))
