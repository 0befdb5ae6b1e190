"""Which words narrations have in common: two that share many tell of the same act, more or less."""

from collections.abc import Sequence

import torch

from zoo.labels import LABEL_SETS

SMALL = {"a", "an", "the", "and", "of", "with", "from", "into", "onto", "in", "on", "to", "it", "at"}


def bag(text: str) -> frozenset[str]:
    """The words of a narration that say something, in lower case."""
    return frozenset(text.lower().split()) - SMALL


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard index of two bags, 0 to 1."""
    return len(one & other) / max(1, len(one | other))


def overlaps(texts: Sequence[str]) -> torch.Tensor:
    """[N, N] Jaccard index of every two of N narrations; 1 for a narration and itself."""
    shown = (word_shares(texts) > 0).float()
    both = shown @ shown.T
    either = shown.sum(1)[:, None] + shown.sum(1)[None] - both
    return (both / either.clamp(min=1)).fill_diagonal_(1)


def largest_overlaps(narrations: Sequence[str]) -> dict[str, float]:
    """The largest Jaccard index of a label's text and a narration, by label set.

    Near 1, a model that learnt from the narrations has all but read the label's text: its answers are
    zero-shot in name only.
    """
    bags = [bag(text) for text in narrations]
    return {
        labels.key: round(max(overlap(bag(each.text), one) for each in labels.activities for one in bags), 4)
        for labels in LABEL_SETS
    }


def word_shares(texts: Sequence[str]) -> torch.Tensor:
    """[N, W] how much of each narration each word is: rows sum to 1, or to 0 if there is no such word."""
    bags = [bag(text) for text in texts]
    words = {word: place for place, word in enumerate(sorted(set().union(*bags)))}
    shares = torch.zeros(len(texts), max(1, len(words)))
    for row, each in zip(shares, bags, strict=True):
        row[[words[word] for word in each]] = 1 / max(1, len(each))
    return shares
