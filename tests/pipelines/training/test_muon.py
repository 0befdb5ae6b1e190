"""Muon against PyTorch's own, and what it is for."""

import pytest
import torch

from pipelines.training.muon import Muon, equalised


@pytest.mark.parametrize("shape", [(24, 8), (8, 24), (16, 16)])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_takes_the_steps_of_pytorchs_own(shape, dtype):
    generator = torch.Generator().manual_seed(7)
    start = torch.randn(shape, generator=generator)
    ours, theirs = (torch.nn.Parameter(start.clone()) for _ in range(2))
    optimizers = [
        Muon([{"params": [ours], "lr": 0.02}], 0.05, dtype),
        torch.optim.Muon([theirs], lr=0.02, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
    ]
    for _ in range(4):
        grad = torch.randn(shape, generator=generator)
        for weights in (ours, theirs):
            weights.grad = grad.clone()
        for each in optimizers:
            each.step()
    moved = (theirs - start).norm()
    assert (ours - theirs).norm() < 0.02 * moved  # bfloat16 keeps eight bits


def test_makes_the_singular_values_alike():
    generator = torch.Generator().manual_seed(7)
    turned = torch.linalg.qr(torch.randn(6, 4, generator=generator)).Q.T
    spread = torch.diag(torch.tensor([10.0, 3.0, 1.0, 0.5])) @ turned
    values = torch.linalg.svdvals(equalised(spread))
    assert values.min() > 0.5
    assert values.max() < 1.5


def test_leaves_alone_what_has_no_gradient():
    weights = torch.nn.Parameter(torch.ones(3, 3))
    Muon([{"params": [weights]}], 0.1, torch.float32).step()
    assert torch.equal(weights, torch.ones(3, 3))
