"""Muon against PyTorch's own, and what it is for."""

import pytest
import torch

from pipelines.training.muon import Muon, equalised

LIKE = "match_rms_adamw"


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_takes_the_steps_of_pytorchs_own(dtype):
    generator = torch.Generator().manual_seed(7)
    shapes = [(24, 8), (8, 24), (16, 16), (16, 16), (8, 24)]  # some alike, whose learning rates are not
    rates = [0.02, 0.01, 0.02, 0.005, 0.02]
    starts = [torch.randn(shape, generator=generator) for shape in shapes]
    ours, theirs = ([torch.nn.Parameter(start.clone()) for start in starts] for _ in range(2))
    optimizers = [
        maker([{"params": [each], "lr": rate} for each, rate in zip(matrices, rates, strict=True)])
        for maker, matrices in (
            (lambda groups: Muon(groups, 0.05, dtype), ours),
            (lambda groups: torch.optim.Muon(groups, weight_decay=0.05, adjust_lr_fn=LIKE), theirs),
        )
    ]
    for _ in range(4):
        for own, other in zip(ours, theirs, strict=True):
            own.grad = torch.randn(own.shape, generator=generator)
            other.grad = own.grad.clone()
        for each in optimizers:
            each.step()
    for own, other, start in zip(ours, theirs, starts, strict=True):
        moved = (other - start).norm()
        assert (own - other).norm() < 0.02 * moved  # bfloat16 keeps eight bits


def test_makes_the_singular_values_alike():
    generator = torch.Generator().manual_seed(7)
    turned = torch.linalg.qr(torch.randn(6, 4, generator=generator)).Q.T
    spread = torch.diag(torch.tensor([10.0, 3.0, 1.0, 0.5])) @ turned
    values = torch.linalg.svdvals(equalised(spread[None])[0])
    assert values.min() > 0.5
    assert values.max() < 1.5


def test_leaves_alone_what_has_no_gradient():
    weights = torch.nn.Parameter(torch.ones(3, 3))
    Muon([{"params": [weights]}], 0.1, torch.float32).step()
    assert torch.equal(weights, torch.ones(3, 3))
