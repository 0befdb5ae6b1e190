"""Auxiliary losses of an encoder: name the objects in each patch, and find the patch that gaze is on.

Releases are never asked for these targets.  They come from rendered recordings, and an encoder that learns
them needs far fewer labelled clips.
"""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits

from pipelines.training.clip_cache import Batch
from pipelines.training.distributed import shard_weight

MIN_COVERAGE = 0.03  # share of a patch that an object must cover to count as in it
OBJECT_WEIGHT = 5.0  # this loss is small, because most objects are absent from most patches
GAZE_WEIGHT = 0.2


class AuxiliaryHeads(torch.nn.Module):
    """Two linear layers on the encoder's tokens; they are no part of a release.

    One names the objects in every patch, with the true object masks as targets; the other finds the patch
    that gaze is on.  Clips without masks or gaze add no loss.
    """

    def __init__(self, hidden: int, patch: int, object_count: int, tubelet: int) -> None:
        super().__init__()
        self.patch, self.object_count, self.tubelet = patch, object_count, tubelet
        self.name_objects = torch.nn.Linear(hidden, object_count) if object_count else None
        self.find_gaze = torch.nn.Linear(hidden, 1)

    def forward(self, tokens: torch.Tensor, batch: Batch, mask: torch.Tensor) -> torch.Tensor:
        """Loss of a shard's tokens [B, visible patches, D]; mask [B, patches] is True where masked."""
        loss = tokens.new_zeros(())
        if batch.objects is not None and self.name_objects is not None:
            targets = objects_in_patches(batch.objects, self.patch, self.object_count)
            targets = targets[~mask].unflatten(0, tokens.shape[:2])
            object_loss = binary_cross_entropy_with_logits(self.name_objects(tokens).float(), targets)
            loss = loss + OBJECT_WEIGHT * object_loss * shard_weight(len(tokens))
        if batch.gaze is not None:
            looks = gaze_in_patches(batch.gaze, batch.squares.shape[-1], self.patch, self.tubelet)
            gaze_loss = _gaze_loss(self.find_gaze(tokens)[..., 0].float(), looks, mask)
            loss = loss + GAZE_WEIGHT * gaze_loss
        return loss

    def all_visible(self, tokens: torch.Tensor, batch: Batch) -> torch.Tensor:
        """Loss of the tokens [B * F, (S / P) ** 2, D] of an image encoder, which masks no patch."""
        tokens = tokens.unflatten(0, batch.squares.shape[:2]).flatten(1, 2)
        return self(tokens, batch, torch.zeros(tokens.shape[:2], dtype=torch.bool, device=tokens.device))


def objects_in_patches(objects: torch.Tensor, patch: int, object_count: int) -> torch.Tensor:
    """[B, T, S, S] object numbers to [B, T * (S / P) ** 2, K] 0 or 1: which object_count each patch shows."""
    count, tubes, side = objects.shape[:3]
    grid = side // patch
    pixels = objects.view(count * tubes, grid, patch, grid, patch).transpose(2, 3).flatten(3).flatten(0, 2)
    shown = torch.zeros(len(pixels), object_count, device=objects.device)
    shown.scatter_add_(1, pixels.long(), torch.ones_like(pixels, dtype=torch.float32))
    return (shown > MIN_COVERAGE * patch**2).float().view(count, tubes * grid**2, object_count)


def gaze_in_patches(gaze: torch.Tensor, side: int, patch: int, tubelet: int) -> torch.Tensor:
    """Gaze [B, 16, 2] from -1 to 1 to [B, T * (S / P) ** 2]: on how many frames each patch is looked at."""
    grid = side // patch
    inside = gaze.isfinite().all(-1) & (gaze.nan_to_num(9).abs() < 1).all(-1)  # [B, 16]
    column, row = ((gaze.nan_to_num(0).clamp(-1, 1) + 1) / 2 * grid).long().clamp(max=grid - 1).unbind(-1)
    tube = torch.arange(gaze.shape[1], device=gaze.device) // tubelet
    place = tube * grid**2 + row * grid + column
    looked = torch.zeros(len(gaze), gaze.shape[1] // tubelet * grid**2, device=gaze.device)
    return looked.scatter_add_(1, place, inside.float())


def _gaze_loss(scores: torch.Tensor, looks: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """Cross-entropy over the visible patches of a clip; frames with gaze on a masked patch do not count."""
    looks = looks[~mask].view_as(scores)
    count = looks.sum()
    return -(looks * scores.log_softmax(1)).sum() / count.clamp(min=1) * shard_weight(int(count))
