"""Which weights answer for a variant, a label set and an encoding, and where they are."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from encodings.errors import UserError
from zoo.features import FeatureSpec, Weights
from zoo.labels import LabelSet, label_set
from zoo.variants import Variant, variant

TIERS = ("embedded", "hub")
EMBEDDED = Path(__file__).parent / "embedded"
NAMESPACE = os.environ.get("BENCHSCRIBE_NAMESPACE", "benchscribe")  # whose Hub repositories

# Releases pushed to the Hub, by repository name: the pinned 40-hex revision of each.  A
# release that is not listed here has not been pushed yet.
PUSHED: dict[str, str] = {}


class UnknownTier(UserError):
    """A tier that does not exist."""


class WeightsMissing(UserError):
    """Weights that are not where they should be, or are not what they should be."""


@dataclass(frozen=True)
class Release:
    """The weights of a variant for one label set, and the encodings it was trained on."""

    variant: Variant
    labels: LabelSet
    encodings: tuple[str, ...]
    tier: str
    weights: Weights

    @property
    def feature_spec(self) -> FeatureSpec:
        """The forward pass its head needs."""
        return FeatureSpec(self.variant.encoder, self.weights)


def find_release(
    variant_key: str, labels_key: str, encoding: str, tier: str = "embedded", weights: str | None = None
) -> Release:
    """Find the release that answers.

    `weights` names other weights than the tier's own: a folder, or ORG/NAME@REVISION on the Hub.
    Raises UnknownVariant, UnknownLabels, UnknownTier, or WeightsMissing with the remedy.
    """
    recipe, labels = variant(variant_key), label_set(labels_key)
    if tier not in TIERS:
        raise UnknownTier(f"There is no tier “{tier}”; expected one of {', '.join(TIERS)}.")
    if weights is not None:
        return Release(recipe, labels, (encoding,), tier, parse_weights(weights))
    if tier == "hub":
        return Release(recipe, labels, (encoding,), tier, _pushed(recipe, labels, encoding))
    return _embedded(recipe, labels, encoding)


def parse_weights(text: str) -> Weights:
    """Read a folder or ORG/NAME@REVISION.  Raises WeightsMissing if it is neither."""
    if text and Path(text).is_dir():
        return Weights(text)
    source, _, revision = text.partition("@")
    if len(revision) == 40 and set(revision) <= set("0123456789abcdef") and source.count("/") == 1:
        return Weights(source, revision)
    raise WeightsMissing(
        f"The weights “{text}” are neither a folder nor a pinned Hub release; "
        "expected ORG/NAME@REVISION with the 40 hexadecimal digits of a commit."
    )


def describe(folder: Path) -> dict:
    """What a release says of itself: the part of its config.json that is ours, {} if none."""
    return json.loads((folder / "config.json").read_text()).get("benchscribe", {})


def measured_f1(folder: Path) -> dict[str, float]:
    """The held-out F1 of a release by encoding, as its own evaluation.json has it; {} if it has none."""
    path = folder / "evaluation.json"
    results = json.loads(path.read_text()) if path.is_file() else []
    return {each["encoding"]: each["f1"] for each in results}


def _pushed(recipe: Variant, labels: LabelSet, encoding: str) -> Weights:
    name = f"{recipe.key}-{labels.key}-{encoding.lower()}"
    if name not in PUSHED:
        raise WeightsMissing(
            f"The release {NAMESPACE}/{name} has not been pushed to the Hub yet; choose the "
            "embedded tier, or name other weights with --weights."
        )
    return Weights(f"{NAMESPACE}/{name}", PUSHED[name])


def _embedded(recipe: Variant, labels: LabelSet, encoding: str) -> Release:
    for each in embedded_releases():
        if each.variant == recipe and each.labels == labels and encoding in each.encodings:
            return each
    raise WeightsMissing(
        f"{recipe.title} has no embedded release for {labels.title} with the encoding {encoding}; "
        f"there {_list_embedded(recipe)}."
    )


def _list_embedded(recipe: Variant) -> str:
    held = [
        f"{each.labels.title} ({', '.join(each.encodings)})"
        for each in embedded_releases()
        if each.variant == recipe
    ]
    return "are releases for " + " and ".join(held) if held else "are none of this variant yet"


def embedded_releases() -> tuple[Release, ...]:
    """Every release shipped in the repository, as its own config.json describes it."""
    found = []
    for config in sorted(EMBEDDED.glob("*/config.json")):
        about = describe(config.parent)
        found.append(
            Release(
                variant(about["variant"]),
                label_set(about["labels"]),
                tuple(about["encodings"]),
                "embedded",
                Weights(str(config.parent)),
            )
        )
    return tuple(found)
