"""Auxiliary targets, objects and gaze in patches, counted by hand."""

import torch

from pipelines.training.clip_cache import Batch
from pipelines.training.objectives.auxiliary import AuxiliaryHeads, gaze_in_patches, objects_in_patches


def test_objects_in_patches():
    objects = torch.zeros(1, 2, 16, 16, dtype=torch.uint8)
    objects[0, 1, :8, 8:] = 2  # all of the upper right patch, in the second tubelet
    objects[0, 0, 15, 15] = 1  # one pixel of 64: under three in a hundred
    found = objects_in_patches(objects, 8, 3)
    assert found.shape == (1, 2 * 2 * 2, 3)
    assert found[0, :, 0].tolist() == [1, 1, 1, 1, 1, 0, 1, 1]
    assert found[0, :, 1].sum() == 0
    assert found[0, :, 2].tolist() == [0, 0, 0, 0, 0, 1, 0, 0]


def test_gaze_in_patches():
    gaze = torch.full((1, 4, 2), -0.9)  # upper left
    gaze[0, 1] = torch.tensor([0.9, -0.9])  # upper right
    gaze[0, 2] = float("nan")
    gaze[0, 3] = torch.tensor([1.2, 0.0])  # beside the picture
    looks = gaze_in_patches(gaze, 16, 8, 2)
    assert looks.tolist() == [[1, 1, 0, 0, 0, 0, 0, 0]]


def test_masked_patches_add_no_loss():
    auxiliary = AuxiliaryHeads(4, 8, 3, 2)
    objects = torch.randint(0, 3, (2, 2, 16, 16), dtype=torch.uint8)
    batch = Batch(
        squares=torch.zeros(2, 4, 3, 16, 16),
        labels=torch.zeros(2),
        objects=objects,
        gaze=torch.rand(2, 4, 2) - 0.5,
    )
    mask = torch.zeros(2, 8, dtype=torch.bool)
    mask[:, 5] = True
    tokens = torch.randn(2, 7, 4, requires_grad=True)
    before = auxiliary(tokens, batch, mask)
    before.backward()
    assert tokens.grad.abs().sum(-1).gt(0).all()
    objects[:, 1, :8, 8:] = (objects[:, 1, :8, 8:] + 1) % 3  # what patch 5 shows
    assert auxiliary(tokens, batch, mask) == before


def test_without_targets_there_is_no_loss():
    auxiliary = AuxiliaryHeads(4, 8, 0, 2)
    tokens = torch.randn(2, 8, 4)
    unknown = torch.full((2, 4, 2), float("nan"))
    batch = Batch(squares=torch.zeros(2, 4, 3, 16, 16), labels=torch.zeros(2), gaze=unknown)
    assert auxiliary(tokens, batch, torch.zeros(2, 8, dtype=torch.bool)) == 0
