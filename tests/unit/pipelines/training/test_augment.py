"""Augmentation: all frames of a clip alike, and whatever lies in the picture moves with it."""

import torch

from pipelines.training.augment import augment, draw_augmentation
from pipelines.training.clip_cache import Batch
from zoo.pixels import PixelSettings, normalise

SETTINGS = PixelSettings(32, (0.4, 0.5, 0.6), (0.2, 0.25, 0.3))


def make_batch(squares: torch.Tensor, **more: torch.Tensor) -> Batch:
    return Batch(squares=squares, labels=torch.zeros(len(squares), dtype=torch.long), **more)


def augmented(batch: Batch, seed: int = 1, rotate_hues: bool = False) -> Batch:
    drawn = draw_augmentation(len(batch.labels), torch.Generator().manual_seed(seed), rotate_hues)
    return augment(batch, drawn, SETTINGS)


def test_augmentation_treats_all_frames_of_a_clip_alike():
    still = torch.randint(0, 256, (3, 1, 3, 32, 32), dtype=torch.uint8).repeat(1, 16, 1, 1, 1)
    batch = make_batch(still)
    moved = augmented(batch).squares
    assert moved.shape == still.shape
    assert (moved == moved[:, :1]).all()
    assert (augmented(batch).squares == moved).all()
    assert (augmented(batch, seed=2).squares != moved).any()


def test_masks_move_with_the_picture():
    """A picture that is its own mask stays its own mask, but for the edge that came from outside."""
    block = torch.zeros(8, 1, 1, 32, 32, dtype=torch.uint8)
    block[..., 8:24, 4:16] = 255
    batch = make_batch(block.repeat(1, 16, 3, 1, 1), objects=(block[:, :, 0] > 0).byte())
    moved = augmented(batch)
    bright = moved.squares[:, 0, 0] > moved.squares[:, 0, 0].amin(dim=(1, 2), keepdim=True) + 1
    assert (bright == moved.objects[:, 0].bool()).float().mean() > 0.97
    assert moved.objects.bool().float().mean() > 0.1


def test_augmentation_with_every_range_closed_is_normalisation(monkeypatch):
    for name, value in {"SCALE": (1, 1), "SHIFT": 0, "GAIN": 0, "TINT": 0, "CONTRAST": 0}.items():
        monkeypatch.setattr(f"pipelines.training.augment.{name}", value)
    clips = torch.randint(0, 256, (20, 16, 3, 32, 32), dtype=torch.uint8)
    found = augmented(make_batch(clips)).squares
    want = normalise(clips, SETTINGS)
    for one, plain, other in zip(found, want, want.flip(-1), strict=True):
        assert torch.allclose(one, plain, atol=1e-3) or torch.allclose(one, other, atol=1e-3)


def test_the_gaze_moves_with_what_is_looked_at():
    """A white block stays under the gaze, wherever augmentation moves it."""
    still = torch.zeros(32, 16, 3, 32, 32, dtype=torch.uint8)
    still[..., 12:16, 20:24] = 255  # its middle is at x 22, y 14
    gaze = torch.tensor([22 / 16 - 1, 14 / 16 - 1]).expand(32, 16, 2)
    found = augmented(make_batch(still, gaze=gaze))
    for picture, (x, y) in zip(found.squares[:, 0, 0], found.gaze[:, 0], strict=True):
        bright = (picture - picture.amin()).clamp(min=0)
        rows, columns = torch.meshgrid(torch.arange(32) + 0.5, torch.arange(32) + 0.5, indexing="ij")
        assert abs((bright * columns).sum() / bright.sum() - (x + 1) * 16) < 0.7
        assert abs((bright * rows).sum() / bright.sum() - (y + 1) * 16) < 0.7


def test_rotating_hues_leaves_greys():
    still = torch.zeros(40, 16, 3, 32, 32, dtype=torch.uint8)
    still[:20] = 100
    still[20:, :, 0] = 200
    found = augmented(make_batch(still), rotate_hues=True).squares
    pixels = found * torch.tensor(SETTINGS.std).view(3, 1, 1) + torch.tensor(SETTINGS.mean).view(3, 1, 1)
    grey, red = pixels[:20, 0, :, 0, 0], pixels[20:, 0, :, 0, 0]
    assert ((grey.amax(1) / grey.amin(1)) < (1.12 / 0.88) + 0.01).all()  # the tint alone
    assert (red.argmax(1) == 0).all()
    other = red[:, 1] - red[:, 2]
    assert other.max() > 0.1
    assert other.min() < -0.1


def test_a_shard_is_augmented_as_in_the_whole_batch():
    batch = make_batch(torch.randint(0, 256, (5, 16, 3, 32, 32), dtype=torch.uint8))
    drawn = draw_augmentation(5, torch.Generator().manual_seed(1), rotate_hues=True)
    whole = augment(batch, drawn, SETTINGS).squares
    shard = augment(make_batch(batch.squares[2:4]), drawn[2:4], SETTINGS).squares
    torch.testing.assert_close(shard, whole[2:4])
