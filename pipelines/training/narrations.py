"""Narrated clips: what is done, in words.  X-CLIP and the captioner learn from these, never from labels."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from encodings.clip import FRAMES
from encodings.errors import UserError
from pipelines.datasets.clips import rows_of
from pipelines.training.clip_cache import PixelCache, open_cache, with_objects
from zoo.labels import LABEL_SETS, UnknownLabels, parse_label

ENCODINGS = ("V",)  # what clips are painted in


class NotNarrated(UserError):
    """A manifest whose labels are no narrations."""


@dataclass(frozen=True, eq=False)
class Narrated:
    """A split's clips in `frames` pictures each; cache.labels are places in `texts`."""

    cache: PixelCache
    texts: tuple[str, ...]

    @property
    def known(self) -> torch.Tensor:
        """The places of the texts that belong to a clip."""
        return self.cache.labels.unique()


def plain(narration: str) -> str:
    """What is done, without who does it: Ego4D calls whoever wears the camera C or #C C."""
    return re.sub(r"^(#C )?C ", "", narration.strip()).strip(" .")


def open_narrated(manifest: Path, side: int, frames: int, folder: Path) -> tuple[Narrated, Narrated]:
    """The training and the validation split, which share one list of texts.

    The training split carries the true object masks, where there are any.  Raises NotNarrated for
    a manifest of labels, and what reading it raises.
    """
    splits = ("training", "validation")
    said = {split: [plain(row.label) for row in _narrated_rows(manifest, split)] for split in splits}
    texts = tuple(sorted(set().union(*said.values())))
    places = {text: place for place, text in enumerate(texts)}
    opened = []
    for split in splits:
        cache = open_cache(manifest, split, None, ENCODINGS, side, folder)
        cache = replace(cache, labels=torch.tensor([places[text] for text in said[split]]))
        if split == "training":
            cache = with_objects(cache, manifest, split, 1, folder)
        opened.append(Narrated(_thinned(cache, FRAMES // frames), texts))
    return opened[0], opened[1]


def _narrated_rows(manifest: Path, split: str):
    rows = rows_of(manifest, split)
    for row in rows:
        for labels in LABEL_SETS:
            if _is_label(row.label, labels):
                raise NotNarrated(
                    f"{manifest.name} holds labels of {labels.title} (“{row.label}”), and these models learn "
                    "from narrations alone; render with --labels everyday, or name another manifest."
                )
    return rows


def _is_label(text: str, labels) -> bool:
    try:
        parse_label(text, labels)
    except UnknownLabels:
        return False
    return True


def _thinned(cache: PixelCache, step: int) -> PixelCache:
    """Every second frame of each clip, say; nothing is read yet."""
    objects = None if cache.objects is None else cache.objects[:, ::step]
    return replace(cache, pixels=cache.pixels[:, :, ::step], objects=objects)
