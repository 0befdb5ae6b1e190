"""What an encoder learns on the side, from truth that no release is asked for: objects, and the gaze.

Whoever names what lies where, and knows where the wearer looks, needs far fewer clips to learn what is done.
"""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from pipelines.training.clip_cache import Batch

SEEN_SHARE = 0.03  # an object counts as in a patch if it covers this much of it
OBJECT_WEIGHT = 5.0  # the loss of naming objects is small, most being absent from most patches
GAZE_WEIGHT = 0.2


class AuxiliaryHeads(torch.nn.Module):
    """Two layers on the encoder's tokens, which are no part of a release.

    One names the objects in every patch from the bench's true masks; the other finds the patch that was
    looked at.  Clips without masks or gaze teach nothing here.
    """

    def __init__(self, hidden: int, patch: int, kinds: int, tubelet: int) -> None:
        super().__init__()
        self.patch, self.kinds, self.tubelet = patch, kinds, tubelet
        self.name_objects = torch.nn.Linear(hidden, kinds) if kinds else None
        self.find_gaze = torch.nn.Linear(hidden, 1)

    def forward(self, tokens: torch.Tensor, batch: Batch, hidden: torch.Tensor) -> torch.Tensor:
        """The loss of tokens [B, shown patches, D]; hidden [B, patches] says which were not shown."""
        loss = tokens.new_zeros(())
        if batch.objects is not None and self.name_objects is not None:
            seen = objects_in_patches(batch.objects, self.patch, self.kinds)
            seen = seen[~hidden].unflatten(0, tokens.shape[:2])
            loss = loss + OBJECT_WEIGHT * binary_cross_entropy_with_logits(
                self.name_objects(tokens).float(), seen
            )
        if batch.gaze is not None:
            looked = gaze_in_patches(batch.gaze, batch.squares.shape[-1], self.patch, self.tubelet)
            loss = loss + GAZE_WEIGHT * _gaze_loss(self.find_gaze(tokens)[..., 0].float(), looked, hidden)
        return loss


def objects_in_patches(objects: torch.Tensor, patch: int, kinds: int) -> torch.Tensor:
    """[B, T, S, S] object numbers to [B, T * (S / P) ** 2, K] 0 or 1: which kinds each patch shows."""
    count, tubes, side = objects.shape[:3]
    grid = side // patch
    pixels = objects.view(count * tubes, grid, patch, grid, patch).transpose(2, 3).flatten(3).flatten(0, 2)
    shown = torch.zeros(len(pixels), kinds, device=objects.device)
    shown.scatter_add_(1, pixels.long(), torch.ones_like(pixels, dtype=torch.float32))
    return (shown > SEEN_SHARE * patch**2).float().view(count, tubes * grid**2, kinds)


def gaze_in_patches(gaze: torch.Tensor, side: int, patch: int, tubelet: int) -> torch.Tensor:
    """Gaze [B, 16, 2] from -1 to 1 to [B, T * (S / P) ** 2]: on how many frames each patch is looked at."""
    grid = side // patch
    inside = gaze.isfinite().all(-1) & (gaze.nan_to_num(9).abs() < 1).all(-1)  # [B, 16]
    column, row = ((gaze.nan_to_num(0).clamp(-1, 1) + 1) / 2 * grid).long().clamp(max=grid - 1).unbind(-1)
    tube = torch.arange(gaze.shape[1], device=gaze.device) // tubelet
    place = tube * grid**2 + row * grid + column
    looked = torch.zeros(len(gaze), gaze.shape[1] // tubelet * grid**2, device=gaze.device)
    return looked.scatter_add_(1, place, inside.float())


def _gaze_loss(scores: torch.Tensor, looked: torch.Tensor, hidden: torch.Tensor) -> torch.Tensor:
    """Cross-entropy over the shown patches of a clip; dots on patches that were not shown do not count."""
    looked = looked[~hidden].view_as(scores)
    return -(looked * scores.log_softmax(1)).sum() / looked.sum().clamp(min=1)
