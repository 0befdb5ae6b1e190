"""Releases: the weights of each variant, label set and encoding, embedded or on the Hub."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from zoo.evaluation import Evaluation, read_evaluations
from zoo.features import FeatureSpec
from zoo.hub.download import PACKAGED, read_config
from zoo.hub.pins import read_pins
from zoo.hub.revisions import parse_release
from zoo.labels import LABEL_SETS, LabelSet, label_set
from zoo.prompts import question_text
from zoo.release_config import ReleaseConfig
from zoo.tiers import known_tier
from zoo.variants import VARIANTS, Variant, variant
from zoo.weights import Weights, WeightsMissing, is_revision

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
    sentences: Weights | None = None  # the sentence model that embeds captions

    @property
    def parts(self) -> tuple[Weights, ...]:
        """All weights that it needs, each once."""
        return tuple(dict.fromkeys(filter(None, (self.weights, self.backbone, self.sentences))))

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
        return _named(recipe, labels, encoding, tier, parse_release(weights))
    for each in releases(tier):
        if each.variant == recipe and each.labels == labels and encoding in each.encodings:
            return each
    raise WeightsMissing(_no_release(recipe, labels, encoding, tier))


def releases(tier: str) -> tuple[Release, ...]:
    """Every release of a tier.  Raises UnknownTier."""
    return embedded_releases() if known_tier(tier) == "embedded" else pushed_releases()


def embedded_releases() -> tuple[Release, ...]:
    """Every release shipped in the repository, as its own config.json describes it."""
    embedded = []
    for path in sorted(EMBEDDED.glob("*/config.json")):
        config, weights = ReleaseConfig.read(path.parent), Weights(str(path.parent))
        if config.variant:
            recipe, labels = variant(config.variant), label_set(config.labels)
            backbone, sentences = _shared(recipe, config, weights)
            embedded.append(
                Release(
                    variant=recipe,
                    labels=labels,
                    encodings=config.encodings,
                    tier="embedded",
                    weights=weights,
                    backbone=backbone,
                    sentences=sentences,
                )
            )
        elif config.backbone_name:
            embedded += _zero_shot(config.backbone_name, config.encodings, "embedded", weights, PACKAGED)
    return tuple(embedded)


def pushed_releases() -> tuple[Release, ...]:
    """Every release on the Hub, as the file of pins has it, whether it is on this machine or not."""
    pins = read_pins()
    pushed = []
    for name, weights in pins.backbones.items():
        pushed += _zero_shot(name, ("V",), "hub", weights, pins.backbones.get("sentences"))
    for pin in pins.releases:
        recipe = variant(pin.variant)
        weights = Weights(f"{pins.namespace}/{pin.name}", pin.revision)
        backbone = pins.backbones[recipe.backbone] if recipe.backbone else None
        sentences = pins.backbones["sentences"] if recipe.question else None
        pushed.append(
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
    return tuple(pushed)


def measured_f1(folder: Path, labels: str) -> dict[str, float]:
    """The held-out F1 of a release by encoding, as its own evaluation.json has it; {} if it has none.

    labels chooses a label set in the folder of a zero-shot backbone, which answers for each.
    """
    return {each.encoding: each.scores.f1 for each in _measured(folder, labels)}


def measured_chance(folder: Path, labels: str) -> float | None:
    """The F1 of labels at random on the same clips, None if it was not measured."""
    return next((each.chance for each in _measured(folder, labels) if each.chance is not None), None)


def trained_on(release: Release, folder: Path | None) -> str:
    """The training data of a release in words; folder is where its files are, if they are on this machine."""
    try:
        stated = ReleaseConfig.read(folder).trained_on if folder else ""
    except WeightsMissing:
        return ""
    if stated or (folder and release.weights.revision is None):
        return stated
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
    """The releases of the variants that need nothing but a backbone: one for every label set."""
    for recipe in VARIANTS:
        if recipe.zero_shot and recipe.backbone == backbone:
            for labels in LABEL_SETS:
                yield Release(
                    variant=recipe,
                    labels=labels,
                    encodings=encodings,
                    tier=tier,
                    weights=weights,
                    sentences=sentences if recipe.question else None,
                )


def _named(recipe: Variant, labels: LabelSet, encoding: str, tier: str, weights: Weights) -> Release:
    """A release of weights that the user names; the parts it shares with others are in its config.json."""
    config = read_config(weights)
    _refuse_another(recipe, labels, config, weights)
    backbone, sentences = _shared(recipe, config, weights)
    return Release(
        variant=recipe,
        labels=labels,
        encodings=(encoding,),
        tier=tier,
        weights=weights,
        backbone=backbone,
        sentences=sentences,
    )


def _refuse_another(recipe: Variant, labels: LabelSet, config: ReleaseConfig, weights: Weights) -> None:
    """Refuse weights that say themselves that they are of another variant or label set."""
    if config.variant and config.variant != recipe.key:
        title = variant(config.variant).title
        raise WeightsMissing(
            f"{weights.name} is a release of {title}, not of {recipe.title}; choose {title}."
        )
    if config.labels and config.labels != labels.key:
        title = label_set(config.labels).title
        raise WeightsMissing(
            f"{weights.name} was trained on {title}, not on {labels.title}; choose the labels {title}."
        )


def _shared(
    recipe: Variant, config: ReleaseConfig, weights: Weights
) -> tuple[Weights | None, Weights | None]:
    """The backbone and the sentence model that a release was made with, as its config names them."""
    backbone = None
    if recipe.backbone and not recipe.zero_shot:
        backbone = _reference("backbone", config.backbone, weights)
    if not recipe.question:
        return backbone, None
    if config.sentences is not None:
        return backbone, _reference("sentences", config.sentences, weights)
    return backbone, read_pins().backbones["sentences"]


def _reference(part: str, named: Weights | None, weights: Weights) -> Weights:
    """Where weights are that a config.json names: pinned on the Hub, in a folder beside, or in a package."""
    if named is not None:
        source, revision = named.source, named.revision
        if source == PACKAGED.source:
            return PACKAGED
        if revision is not None and is_revision(revision):
            return named
        beside = source == Path(source).name and source != ".."  # no path that leads elsewhere
        if weights.revision is None and revision is None and beside:
            return Weights(str(Path(weights.source).parent / source))
    raise WeightsMissing(
        f"The config.json of {weights.name} does not say which {part} it was made with; expected "
        f"“{part}” with a source and the 40 hexadecimal digits of its revision."
    )


def _no_release(recipe: Variant, labels: LabelSet, encoding: str, tier: str) -> str:
    available = [
        f"{each.labels.title} ({', '.join(each.encodings)})"
        for each in releases(tier)
        if each.variant == recipe
    ]
    there = (
        "there are releases for " + " and ".join(available)
        if available
        else "there are none of this variant yet"
    )
    pushed = "" if tier == "embedded" else ", and it has not been pushed to the Hub"
    return (
        f"{recipe.title} has no {tier} release for {labels.title} with the encoding {encoding}{pushed}; "
        f"{there}. Choose another, or name weights with --weights."
    )
