"""What there is in the zoo: a row for each variant, label set and tier, its source, its scores."""

from dataclasses import dataclass
from pathlib import Path

from zoo.hub.download import find_local
from zoo.labels import LABEL_SETS, LabelSet
from zoo.model_store import ModelStore
from zoo.releases import Release, measured_chance, measured_f1, releases, trained_on, zero_shot_note
from zoo.tiers import TIERS
from zoo.variants import VARIANTS, Variant


@dataclass(frozen=True)
class Entry:
    """A variant for one label set in one tier; where it has no release, `remedy` says what to do."""

    variant: Variant
    labels: LabelSet
    tier: str
    encodings: tuple[str, ...]
    source: str  # where its weights come from
    revision: str  # the pinned commit, "" for a folder of this repository
    size_bytes: int | None  # of its own files; None where they are not on this machine
    trained_on: str
    measured: dict[str, float]  # held-out F1 by encoding
    chance: float | None  # F1 of labels at random on the same clips
    loaded: bool
    remedy: str
    zero_shot_note: str = ""  # what to know of its measured F1, if it is zero-shot

    @property
    def state(self) -> str:
        """How far it is: missing (see `remedy`), not on this machine, on this machine, or loaded."""
        if not self.encodings:
            return "missing"
        if self.loaded:
            return "loaded"
        return "not on this machine" if self.size_bytes is None else "on this machine"


def catalogue(store: ModelStore) -> tuple[Entry, ...]:
    """Every variant × label set × tier, in the paper's order.  Raises WeightsMissing for broken pins."""
    there = {(each.variant.key, each.labels.key, tier): each for tier in TIERS for each in releases(tier)}
    return tuple(
        _entry(recipe, labels, tier, there.get((recipe.key, labels.key, tier)), store)
        for recipe in VARIANTS
        for labels in LABEL_SETS
        for tier in TIERS
    )


def _entry(recipe: Variant, labels: LabelSet, tier: str, release: Release | None, store: ModelStore) -> Entry:
    if release is None:
        return Entry(
            recipe,
            labels,
            tier,
            (),
            "",
            "",
            None,
            "",
            {},
            None,
            False,
            _remedy(recipe, labels, tier),
        )
    weights, folder = release.weights, _folder(release)
    return Entry(
        recipe,
        labels,
        tier,
        release.encodings,
        weights.name,
        weights.revision or "",
        _size(folder),
        trained_on(release, folder),
        measured_f1(folder, labels.key) if folder else {},
        measured_chance(folder, labels.key) if folder else None,
        store.holds(release),
        "",
        zero_shot_note(release, folder),
    )


def _folder(release: Release) -> Path | None:
    """Where a release's own files are, if they are whole and on this machine; no hub is asked."""
    return find_local(release.weights)


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
