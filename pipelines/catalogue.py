"""The catalogue of the zoo: an entry for each variant, label set and tier."""

from dataclasses import dataclass, field
from pathlib import Path

from zoo.hub.download import find_local
from zoo.hub.listing import download_bytes
from zoo.labels import LABEL_SETS, LabelSet
from zoo.model_store import ModelStore
from zoo.releases import Release, measured_chance, measured_f1, releases, trained_on, zero_shot_note
from zoo.tiers import TIERS
from zoo.variants import VARIANTS, Variant


@dataclass(frozen=True, kw_only=True)
class StoredWeights:
    """Where the weights of a release are."""

    source: str  # a folder of this repository, or ORG/NAME on the Hub
    revision: str  # the pinned commit, "" for a folder
    size_bytes: int | None  # of its own files; None where they are not on this machine
    loaded: bool  # whether they are in memory
    download_bytes: int | None = None  # still missing, its backbone included; None if not known


@dataclass(frozen=True, kw_only=True)
class Measurements:
    """How good a release was on held-out clips."""

    f1: dict[str, float] = field(default_factory=dict)  # by encoding
    chance: float | None = None  # F1 of random labels on the same clips
    zero_shot_note: str = ""  # what to know of its F1, if it is zero-shot


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A variant for one label set in one tier; without a release, weights is None and `remedy` is set."""

    variant: Variant
    labels: LabelSet
    tier: str
    encodings: tuple[str, ...] = ()
    weights: StoredWeights | None = None
    trained_on: str = ""
    measured: Measurements = Measurements()
    remedy: str = ""

    @property
    def state(self) -> str:
        """missing (see `remedy`), not on this machine, on this machine, or loaded."""
        if self.weights is None:
            return "missing"
        if self.weights.loaded:
            return "loaded"
        return "not on this machine" if self.weights.size_bytes is None else "on this machine"


def catalogue(store: ModelStore, ask_hub: bool = False) -> tuple[Entry, ...]:
    """Every variant × label set × tier, in the paper's order.

    ask_hub also asks the Hub how much of each release would be downloaded, which takes seconds.  Raises
    WeightsMissing for broken pins.
    """
    available = {(each.variant.key, each.labels.key, tier): each for tier in TIERS for each in releases(tier)}
    return tuple(
        _describe(release, store, ask_hub)
        if (release := available.get((recipe.key, labels.key, tier)))
        else Entry(variant=recipe, labels=labels, tier=tier, remedy=_remedy(recipe, labels, tier))
        for recipe in VARIANTS
        for labels in LABEL_SETS
        for tier in TIERS
    )


def _describe(release: Release, store: ModelStore, ask_hub: bool) -> Entry:
    weights, labels = release.weights, release.labels
    folder = find_local(weights)  # only if its files are whole and on this machine; no hub is called
    return Entry(
        variant=release.variant,
        labels=labels,
        tier=release.tier,
        encodings=release.encodings,
        weights=StoredWeights(
            source=weights.name,
            revision=weights.revision or "",
            size_bytes=_size(folder),
            loaded=store.holds(release),
            download_bytes=download_bytes(release.parts) if ask_hub else None,
        ),
        trained_on=trained_on(release, folder),
        measured=_measurements(release, folder),
    )


def _measurements(release: Release, folder: Path | None) -> Measurements:
    if folder is None:
        return Measurements()
    labels = release.labels.key
    return Measurements(
        f1=measured_f1(folder, labels),
        chance=measured_chance(folder, labels),
        zero_shot_note=zero_shot_note(release, folder),
    )


def _size(folder: Path | None) -> int | None:
    if folder is None:
        return None
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _remedy(recipe: Variant, labels: LabelSet, tier: str) -> str:
    if tier == "hub":
        return (
            "Not pushed to the Hub yet: train and push it (python -m pipelines push), or name a folder or "
            "ORG/NAME@REVISION with --weights."
        )
    if recipe.zero_shot:
        return "No small model of this kind is shipped yet; use --tier hub, which needs the network."
    return f"No small model is shipped for {labels.title} yet."
