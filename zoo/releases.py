"""Which weights answer for a variant, a label set and an encoding, and where they are."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zoo.evaluation import Evaluation, read_evaluations
from zoo.features import FeatureSpec
from zoo.hub.download import PACKAGED, read_config
from zoo.hub.pins import read_pins
from zoo.labels import LABEL_SETS, LabelSet, label_set
from zoo.prompts import question_text
from zoo.release_config import ReleaseConfig
from zoo.tiers import known_tier
from zoo.variants import VARIANTS, Variant, variant
from zoo.weights import Weights, WeightsMissing, is_revision, parse_weights

EMBEDDED = Path(__file__).parent / "embedded"


@dataclass(frozen=True, kw_only=True)
class Release:
    """The weights of a variant for one label set, and the encodings it was trained on.

    weights hold the head, and the encoder too where the two were trained together; a zero-shot
    variant has nothing but its backbone.
    """

    variant: Variant
    labels: LabelSet
    encodings: tuple[str, ...]
    tier: str
    weights: Weights
    backbone: Weights | None = None  # the encoder's, where they are not `weights`
    sentences: Weights | None = None  # what turns captions into vectors

    @property
    def feature_spec(self) -> FeatureSpec:
        """The forward pass its head needs."""
        question = question_text(self.variant.question, self.labels)
        return FeatureSpec(
            encoder=self.variant.encoder,
            weights=self.backbone or self.weights,
            prompt=question,
            sentences=self.sentences,
        )


def find_release(
    variant_key: str, labels_key: str, encoding: str, tier: str = "embedded", weights: str | None = None
) -> Release:
    """Find the release that answers.

    `weights` names other weights than the tier's own: a folder, or ORG/NAME@REVISION on the Hub.
    Raises UnknownVariant, UnknownLabels, UnknownTier, or WeightsMissing with the remedy.
    """
    recipe, labels = variant(variant_key), label_set(labels_key)
    tier = known_tier(tier)
    if weights is not None:
        return _named(recipe, labels, encoding, tier, parse_weights(weights))
    for each in releases(tier):
        if each.variant == recipe and each.labels == labels and encoding in each.encodings:
            return each
    raise WeightsMissing(_lacking(recipe, labels, encoding, tier))


def releases(tier: str) -> tuple[Release, ...]:
    """Every release of a tier.  Raises UnknownTier."""
    return embedded_releases() if known_tier(tier) == "embedded" else pushed_releases()


def embedded_releases() -> tuple[Release, ...]:
    """Every release shipped in the repository, as its own config.json describes it."""
    found = []
    for config in sorted(EMBEDDED.glob("*/config.json")):
        about, weights = ReleaseConfig.read(config.parent), Weights(str(config.parent))
        if about.variant:
            recipe, labels = variant(about.variant), label_set(about.labels)
            backbone, sentences = _shared(recipe, about, weights)
            found.append(
                Release(
                    variant=recipe,
                    labels=labels,
                    encodings=about.encodings,
                    tier="embedded",
                    weights=weights,
                    backbone=backbone,
                    sentences=sentences,
                )
            )
        elif about.backbone_name:
            found += _zero_shot(about.backbone_name, about.encodings, "embedded", weights, PACKAGED)
    return tuple(found)


def pushed_releases() -> tuple[Release, ...]:
    """Every release on the Hub, as the file of pins has it, whether it is on this machine or not."""
    pins = read_pins()
    found = []
    for name, weights in pins.backbones.items():
        found += _zero_shot(name, ("V",), "hub", weights, pins.backbones.get("sentences"))
    for pin in pins.releases:
        recipe = variant(pin.variant)
        weights = Weights(f"{pins.namespace}/{pin.name}", pin.revision)
        backbone = pins.backbones[recipe.backbone] if recipe.backbone else None
        sentences = pins.backbones["sentences"] if recipe.question else None
        found.append(
            Release(
                variant=recipe,
                labels=label_set(pin.labels),
                encodings=pin.encodings,
                tier="hub",
                weights=weights,
                backbone=backbone,
                sentences=sentences,
            )
        )
    return tuple(found)


def measured_f1(folder: Path, labels: str) -> dict[str, float]:
    """The held-out F1 of a release by encoding, as its own evaluation.json has it; {} if it has none.

    labels chooses a label set in the folder of a zero-shot backbone, which answers for each.
    """
    return {each.encoding: each.scores.f1 for each in _measured(folder, labels)}


def measured_chance(folder: Path, labels: str) -> float | None:
    """The F1 of labels at random on the same clips, None if it was not measured."""
    return next((each.chance for each in _measured(folder, labels) if each.chance is not None), None)


def trained_on(release: Release, folder: Path | None) -> str:
    """What a release says it was trained on; folder is where its files are, if they are on this machine."""
    try:
        told = ReleaseConfig.read(folder).trained_on if folder else ""
    except WeightsMissing:
        return ""
    if told or (folder and release.weights.revision is None):
        return told
    return "what its makers say on its page" if release.variant.zero_shot else "what its card says"


def zero_shot_note(release: Release, folder: Path | None) -> str:
    """What to know of a zero-shot score: how close the labels' texts are to what its backbone learnt from.

    "" of a release that is not zero-shot, or does not say.  folder is where its files are, if they are here.
    """
    if folder is None or not release.variant.zero_shot:
        return ""
    try:
        overlap = ReleaseConfig.read(folder).label_overlap.get(release.labels.key)
    except WeightsMissing:
        return ""
    if overlap is None:
        return ""
    return (
        "Zero-shot, but the texts of its labels resemble the narrations it was trained on: the closest pair "
        f"has a word overlap (Jaccard index) of {overlap:.2f}."
    )


def _measured(folder: Path, labels: str) -> list[Evaluation]:
    """The results for one label set; none where the file is broken, which keeps no release from answering."""
    try:
        return [each for each in read_evaluations(folder) if each.labels == labels]
    except WeightsMissing:
        return []


def _zero_shot(
    backbone: str, encodings: tuple[str, ...], tier: str, weights: Weights, sentences: Weights | None
) -> Iterator[Release]:
    """The variants that need nothing but a backbone answer for every label set."""
    for recipe in VARIANTS:
        if recipe.zero_shot and recipe.backbone == backbone:
            for labels in LABEL_SETS:
                spoken = sentences if recipe.question else None
                yield Release(
                    variant=recipe,
                    labels=labels,
                    encodings=encodings,
                    tier=tier,
                    weights=weights,
                    sentences=spoken,
                )


def _named(recipe: Variant, labels: LabelSet, encoding: str, tier: str, weights: Weights) -> Release:
    """A release of weights that the user names; what it shares with others stands in its config.json."""
    backbone, sentences = _shared(recipe, read_config(weights), weights)
    return Release(
        variant=recipe,
        labels=labels,
        encodings=(encoding,),
        tier=tier,
        weights=weights,
        backbone=backbone,
        sentences=sentences,
    )


def _shared(recipe: Variant, about: ReleaseConfig, weights: Weights) -> tuple[Weights | None, Weights | None]:
    """The backbone and the sentence model that a release says it was made with."""
    backbone = None
    if recipe.backbone and not recipe.zero_shot:
        backbone = _reference("backbone", about.backbone, weights)
    if not recipe.question:
        return backbone, None
    if about.sentences is not None:
        return backbone, _reference("sentences", about.sentences, weights)
    return backbone, read_pins().backbones["sentences"]


def _reference(part: str, named: Weights | None, weights: Weights) -> Weights:
    """Other weights that a config.json names: pinned on the Hub, a folder beside its own, or the packaged."""
    if named is not None:
        source, revision = named.source, named.revision
        if source == PACKAGED.source:
            return PACKAGED
        if revision is not None and is_revision(revision):
            return named
        beside = source == Path(source).name and source != ".."  # never out of the folder it stands in
        if weights.revision is None and revision is None and beside:
            return Weights(str(Path(weights.source).parent / source))
    raise WeightsMissing(
        f"The config.json of {weights.name} does not say which {part} it was made with; expected "
        f"“{part}” with a source and the 40 hexadecimal digits of its revision."
    )


def _lacking(recipe: Variant, labels: LabelSet, encoding: str, tier: str) -> str:
    held = [
        f"{each.labels.title} ({', '.join(each.encodings)})"
        for each in releases(tier)
        if each.variant == recipe
    ]
    there = "there are releases for " + " and ".join(held) if held else "there are none of this variant yet"
    pushed = "" if tier == "embedded" else ", and it has not been pushed to the Hub"
    return (
        f"{recipe.title} has no {tier} release for {labels.title} with the encoding {encoding}{pushed}; "
        f"{there}. Choose another, or name weights with --weights."
    )
