"""Overlap of narrations as bags of words: narrations that share many words describe similar acts."""

from collections.abc import Sequence

import torch

from zoo.labels import LABEL_SETS

STOP_WORDS = {"a", "an", "the", "and", "of", "with", "from", "into", "onto", "in", "on", "to", "it", "at"}


def bag_of_words(text: str) -> frozenset[str]:
    """The words of a narration in lower case, without stop words."""
    return frozenset(text.lower().split()) - STOP_WORDS


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard index of two bags, 0 to 1."""
    return len(one & other) / max(1, len(one | other))


def pairwise_jaccard(texts: Sequence[str]) -> torch.Tensor:
    """[N, N] Jaccard index of each pair of N narrations; 1 for a narration and itself."""
    present = (word_shares(texts) > 0).float()
    intersection = present @ present.T
    union = present.sum(1)[:, None] + present.sum(1)[None] - intersection
    return (intersection / union.clamp(min=1)).fill_diagonal_(1)


def largest_overlaps(narrations: Sequence[str]) -> dict[str, float]:
    """The largest Jaccard index of a label's text and a narration, by label set.

    Near 1, a model that learnt from the narrations has all but read the label's text: its answers are
    zero-shot in name only.
    """
    bags = [bag_of_words(text) for text in narrations]
    largest = {}
    for labels in LABEL_SETS:
        texts = [bag_of_words(each.text) for each in labels.activities]
        largest[labels.key] = round(max(jaccard(text, bag) for text in texts for bag in bags), 4)
    return largest


def word_shares(texts: Sequence[str]) -> torch.Tensor:
    """[N, W] share of each word in each narration: rows sum to 1, or to 0 without any word."""
    bags = [bag_of_words(text) for text in texts]
    words = {word: place for place, word in enumerate(sorted(set().union(*bags)))}
    shares = torch.zeros(len(texts), max(1, len(words)))
    for row, each in zip(shares, bags, strict=True):
        row[[words[word] for word in each]] = 1 / max(1, len(each))
    return shares
