"""Patch embedding by one matrix product instead of a convolution."""

import torch
from torch.nn.functional import linear


class Patches(torch.nn.Module):
    """A convolution whose stride equals its kernel, computed as a matrix product.

    Weights keep their names and shapes, and results differ by rounding alone.  In bfloat16 on a CPU the
    convolution's gradient takes far longer than the product's.
    """

    def __init__(self, convolution: torch.nn.Conv2d | torch.nn.Conv3d) -> None:
        super().__init__()
        self.kernel = convolution.kernel_size
        self.weight, self.bias = convolution.weight, convolution.bias

    def forward(self, pixels: torch.Tensor) -> torch.Tensor:
        """[N, C, *sides] to [N, D, *(side / kernel)]; a rest at the far borders is dropped."""
        sides, last = len(self.kernel), pixels.dim()
        for place, length in enumerate(self.kernel):
            pixels = pixels.unfold(2 + place, length, length)  # the patch comes last
        order = (0, *range(2, last), 1, *range(last, last + sides))
        patches = pixels.permute(order).flatten(last - 1)
        return linear(patches, self.weight.flatten(1), self.bias).movedim(-1, 1)


def use_products(model: torch.nn.Module) -> None:
    """Replace the convolutions of a model that cut patches by `Patches`."""
    for module in list(model.modules()):
        for name, child in module.named_children():
            if isinstance(child, torch.nn.Conv2d | torch.nn.Conv3d) and _cuts_patches(child):
                setattr(module, name, Patches(child))


def _cuts_patches(convolution: torch.nn.Conv2d | torch.nn.Conv3d) -> bool:
    return (
        convolution.stride == convolution.kernel_size
        and not any(convolution.padding)
        and set(convolution.dilation) == {1}
        and convolution.groups == 1
    )
