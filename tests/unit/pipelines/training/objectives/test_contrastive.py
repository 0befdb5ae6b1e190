"""The contrastive loss against one computed in loops."""

import pytest
import torch

from pipelines.training.objectives.contrastive import contrastive_loss


def test_contrastive_loss_of_narrations_alike():
    """Clips 0 and 2 share a narration, that of clip 1 is half like it, the last belongs to no clip."""
    logits = torch.randn(3, 3, generator=torch.Generator().manual_seed(0))
    relevance = torch.tensor([[1.0, 0.5, 0], [0.5, 1, 0], [1, 0.5, 0]])
    to_text = to_clip = 0.0
    for clip in range(3):
        shares = logits[clip].exp() / logits[clip].exp().sum()
        to_text -= sum(relevance[clip, text] / 1.5 * shares[text].log() for text in range(3)) / 3
    for text in range(2):
        shares = logits[:, text].exp() / logits[:, text].exp().sum()
        column = relevance[:, text]
        to_clip -= sum(column[clip] / column.sum() * shares[clip].log() for clip in range(3)) / 2
    assert contrastive_loss(logits, relevance) == pytest.approx(float(to_text + to_clip) / 2)
