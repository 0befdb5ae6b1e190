"""Schedules against numbers computed by hand, Muon against PyTorch's own, and who gets which optimizer."""

import dataclasses
import re

import pytest
import torch

from pipelines.training.architectures.videomae_t5 import make_encoder, make_t5, make_tokenizer
from pipelines.training.optim import (
    Muon,
    cosine,
    make_optimizers,
    orthogonalised,
    paper_finetuning,
    paper_pretraining,
)
from pipelines.training.presets import VIDEOMAE_PRESETS
from tests.support.tiny_training import SIZE

CPU = torch.device("cpu")


def test_cosine():
    """100 steps, 10 of them to warm up: half way up after 5, at the top after 10, half way down after 55."""
    found = [cosine(step, 100, 10, 0.1) for step in (0, 5, 10, 55, 100)]
    assert found == pytest.approx([0, 0.5, 1, 0.5, 0])
    assert cosine(32.5, 100, 10, 0.1) == pytest.approx(0.8535534)  # (1 + cos(pi / 4)) / 2


def test_the_papers_pretraining():
    """10 epochs of 100 steps: 1, 1/2, 1/4, 1/8, then a hundredth each."""
    found = [paper_pretraining(100 * epoch + 50, 1000, 10, 0) for epoch in range(6)]
    assert found == pytest.approx([1, 0.5, 0.25, 0.125, 0.00125, 0.0000125])
    assert paper_pretraining(99, 1000, 10, 0) == 1
    assert paper_pretraining(100, 1000, 10, 0) == 0.5


def test_the_papers_finetuning():
    """60 epochs: 0.96 after the first, 0.96 ** 59 = 0.08995 in the last."""
    assert paper_finetuning(0, 6000, 60, 0) == 1
    assert paper_finetuning(100, 6000, 60, 0) == 0.96
    assert paper_finetuning(5999, 6000, 60, 0) == pytest.approx(0.08995, abs=1e-5)


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


def test_orthogonalising_brings_the_singular_values_near_one():
    generator = torch.Generator().manual_seed(7)
    turned = torch.linalg.qr(torch.randn(6, 4, generator=generator)).Q.T
    spread = torch.diag(torch.tensor([10.0, 3.0, 1.0, 0.5])) @ turned
    values = torch.linalg.svdvals(orthogonalised(spread[None])[0])
    assert values.min() > 0.5
    assert values.max() < 1.5


def test_leaves_alone_what_has_no_gradient():
    weights = torch.nn.Parameter(torch.ones(3, 3))
    Muon([{"params": [weights]}], 0.1, torch.float32).step()
    assert torch.equal(weights, torch.ones(3, 3))


@pytest.fixture(scope="module")
def modules() -> torch.nn.ModuleDict:
    decoder = make_t5(SIZE, make_tokenizer(300))
    return torch.nn.ModuleDict({"encoder": make_encoder(SIZE), "decoder": decoder})


def test_the_deeper_a_layer_the_smaller_its_learning_rate(modules):
    finetuning = VIDEOMAE_PRESETS["embedded"].finetuning
    config = dataclasses.replace(finetuning, learning_rate=1.0, layer_decay=0.5)
    rates = {
        id(weights): group["lr"]
        for optimizer in make_optimizers(modules, config, CPU)
        for group in optimizer.param_groups
        for weights in group["params"]
    }
    assert len(rates) == len(list(modules.parameters()))
    found = {name: rates[id(weights)] for name, weights in modules.named_parameters()}
    assert {rate for name, rate in found.items() if "patch_embeddings" in name} == {0.125}
    assert {rate for name, rate in found.items() if "encoder.encoder.layer.0" in name} == {0.25}
    assert {rate for name, rate in found.items() if "encoder.encoder.layer.1" in name} == {0.5}
    assert {rate for name, rate in found.items() if name.startswith("decoder")} == {1.0}


def test_muon_updates_the_matrices_of_repeated_layers_alone(modules):
    names = {id(weights): name for name, weights in modules.named_parameters()}
    found = {
        type(optimizer).__name__: {
            names[id(weights)] for group in optimizer.param_groups for weights in group["params"]
        }
        for optimizer in make_optimizers(modules, VIDEOMAE_PRESETS["embedded"].finetuning, CPU)
    }
    assert set(found) == {"AdamW", "Muon"}
    assert all(re.search(r"(layer|block)\.\d", name) and "norm" not in name for name in found["Muon"])
    assert "decoder.decoder.block.0.layer.0.SelfAttention.q.weight" in found["Muon"]
    assert "decoder.shared.weight" in found["AdamW"]
    assert "encoder.embeddings.patch_embeddings.projection.weight" in found["AdamW"]
    assert not any("relative_attention_bias" in name for name in found["Muon"])
    alone = make_optimizers(modules, VIDEOMAE_PRESETS["paper"].finetuning, CPU)
    assert [type(each).__name__ for each in alone] == ["AdamW"]
