"""Narrated clips, each with a sentence of what is done.  X-CLIP and Video-LLaVA learn from these alone."""

import re
from dataclasses import dataclass, replace
from pathlib import Path

import torch

from encodings.clip import FRAMES
from encodings.errors import UserError
from pipelines.datasets.clips import rows_of
from pipelines.datasets.manifest import ClipRow
from pipelines.training.clip_cache import PixelCache, open_cache, with_objects
from zoo.labels import LABEL_SETS, LabelSet, UnknownLabels, parse_label

ENCODINGS = ("V",)  # of the clips


class NotNarrated(UserError):
    """A manifest with labels instead of narrations."""


@dataclass(frozen=True, eq=False)
class Narrations:
    """The different narrations of a manifest, and the places [N] of those of each split."""

    texts: tuple[str, ...]
    training: torch.Tensor
    validation: torch.Tensor

    @property
    def training_texts(self) -> list[str]:
        """The narrations of the training split."""
        return [self.texts[place] for place in self.training]


@dataclass(frozen=True, eq=False)
class NarratedClips:
    """Both splits of a narrated manifest; the labels of their caches are places in `narrations.texts`."""

    training: PixelCache
    validation: PixelCache
    narrations: Narrations


def strip_narrator(narration: str) -> str:
    """What is done, without who does it: Ego4D calls the camera wearer C or #C C."""
    return re.sub(r"^(#C )?C ", "", narration.strip()).strip(" .")


def open_narrated(manifest: Path, side: int, frames: int, folder: Path) -> NarratedClips:
    """Open the training and the validation split in so many frames a clip.

    The training split has the true object masks, where there are any.  Raises NotNarrated for a manifest of
    labels, and what reading it raises.
    """
    split_texts = {
        split: [strip_narrator(row.label) for row in _narrated_rows(manifest, split)]
        for split in ("training", "validation")
    }
    texts = tuple(sorted(set().union(*split_texts.values())))
    places = {text: place for place, text in enumerate(texts)}
    caches = {}
    for split, narrations in split_texts.items():
        cache = open_cache(manifest, split, None, ENCODINGS, side, folder)
        cache = replace(cache, labels=torch.tensor([places[text] for text in narrations]))
        if split == "training":
            cache = with_objects(cache, manifest, split, 1, folder)
        caches[split] = _every_nth_frame(cache, FRAMES // frames)
    used = {split: cache.labels.unique() for split, cache in caches.items()}
    return NarratedClips(**caches, narrations=Narrations(texts, **used))


def _narrated_rows(manifest: Path, split: str) -> tuple[ClipRow, ...]:
    rows = rows_of(manifest, split)
    for row in rows:
        for labels in LABEL_SETS:
            if _is_label(row.label, labels):
                raise NotNarrated(
                    f"{manifest.name} has labels of {labels.title} (“{row.label}”), and this model learns "
                    "from narrations alone; render with --labels everyday, or give another manifest."
                )
    return rows


def _is_label(text: str, labels: LabelSet) -> bool:
    try:
        parse_label(text, labels)
    except UnknownLabels:
        return False
    return True


def _every_nth_frame(cache: PixelCache, step: int) -> PixelCache:
    """A view of fewer frames of each clip; nothing is read yet."""
    objects = None if cache.objects is None else cache.objects[:, ::step]
    return replace(cache, pixels=cache.pixels[:, :, ::step], objects=objects)
