"""Patches by a product are those of the convolution, and so are its gradients."""

import pytest
import torch

from pipelines.training.architectures.patches import Patches, use_products

CUTTING = [
    (torch.nn.Conv2d(3, 5, 8, 8, bias=False), (2, 3, 24, 17)),
    (torch.nn.Conv3d(3, 5, (2, 4, 8), (2, 4, 8)), (2, 3, 4, 12, 17)),
]
OTHER = [
    torch.nn.Conv2d(3, 5, 3),
    torch.nn.Conv2d(3, 5, 3, 3, padding=1),
    torch.nn.Conv2d(4, 4, 3, 3, groups=2),
    torch.nn.Conv2d(3, 5, 3, 3, dilation=2),
]


@pytest.mark.parametrize(("convolution", "shape"), CUTTING)
def test_the_product_is_the_convolution(convolution, shape):
    pixels = torch.rand(shape)
    found = []
    for cut in (convolution, Patches(convolution)):
        convolution.zero_grad()
        patches = cut(pixels)
        patches.square().sum().backward()
        found.append((patches, convolution.weight.grad.clone()))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("other", OTHER)
def test_other_convolutions_stay(other):
    model = torch.nn.Sequential(other)
    use_products(model)
    assert model[0] is other


@pytest.mark.parametrize(("convolution", "shape"), CUTTING)
def test_weights_keep_their_names(convolution, shape):
    model = torch.nn.Sequential(torch.nn.Sequential(convolution))
    names = {name: each.shape for name, each in model.state_dict().items()}
    use_products(model)
    assert isinstance(model[0][0], Patches)
    assert {name: each.shape for name, each in model.state_dict().items()} == names
