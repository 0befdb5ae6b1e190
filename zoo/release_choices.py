"""ReleaseChoice, which release of a variant should answer, as one text that a menu or an option can hold."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from zoo.releases import Release, embedded_releases, find_release, pushed_releases
from zoo.tiers import TIERS, known_tier
from zoo.variants import VARIANTS, Variant, variant
from zoo.weights import Weights, WeightsMissing, is_revision

EMBEDDED, HUB = TIERS


@dataclass(frozen=True, kw_only=True)
class ReleaseChoice:
    """A variant with the tier, or the weights, that answer for it.

    Its text is VARIANT for the embedded tier, VARIANT@hub for what is pinned, VARIANT@ORG/NAME@REVISION for
    one repository, or VARIANT@FOLDER.
    """

    variant: Variant
    tier: str = EMBEDDED
    weights: Weights | None = None

    @classmethod
    def parse(cls, text: str, tier: str = EMBEDDED) -> "ReleaseChoice":
        """Read a text; a variant alone is of the given tier.  Raises UnknownVariant."""
        key, _, where = text.partition("@")
        recipe = variant(key)
        if where in ("", *TIERS):
            return cls(variant=recipe, tier=known_tier(where or tier))
        source, _, revision = where.rpartition("@")
        weights = Weights(source, revision) if is_revision(revision) else Weights(where)
        return cls(variant=recipe, tier=HUB, weights=weights)

    @classmethod
    def of(cls, release: Release) -> "ReleaseChoice":
        """The choice of a release."""
        if release.tier == EMBEDDED:
            return cls(variant=release.variant)
        return cls(variant=release.variant, tier=release.tier, weights=release.weights)

    @property
    def text(self) -> str:
        """What `parse` reads."""
        return f"{self.variant.key}@{self.qualifier}" if self.qualifier else self.variant.key

    @property
    def qualifier(self) -> str:
        """The part of the text after the variant, "" for the embedded tier."""
        if self.weights is None:
            return "" if self.tier == EMBEDDED else self.tier
        return "@".join(filter(None, (self.weights.source, self.weights.revision)))

    def find(self, labels: str, encoding: str) -> Release:
        """The release of this choice.  Raises UnknownLabels, WeightsMissing."""
        if self.weights is None:
            return find_release(self.variant.key, labels, encoding, self.tier)
        for each in _pinned():
            if (each.variant, each.weights, each.labels.key) == (self.variant, self.weights, labels):
                return find_release_with(each, encoding)
        return find_release(self.variant.key, labels, encoding, self.tier, self.qualifier)


def find_release_with(release: Release, encoding: str) -> Release:
    """The release itself, if it was trained on an encoding.  Raises WeightsMissing."""
    if encoding in release.encodings:
        return release
    raise WeightsMissing(
        f"{release.weights.name} was not trained on the encoding {encoding}; expected one of "
        f"{', '.join(release.encodings)}. Choose another encoding or release."
    )


def available_releases(labels: str | None = None) -> tuple[Release, ...]:
    """The embedded and the pinned releases in the paper's order, of one label set if it is named.

    A broken file of pins leaves the embedded ones; see `pins_fault` for its sentence.
    """
    found = (*embedded_releases(), *_pinned())
    ordered = sorted(found, key=lambda each: VARIANTS.index(each.variant))
    return tuple(each for each in ordered if labels in (None, each.labels.key))


def pins_fault() -> str:
    """Why the file of pins cannot be read; "" if it can."""
    try:
        pushed_releases()
    except WeightsMissing as error:
        return str(error)
    return ""


def parse_choices(texts: Iterable[str], tier: str = EMBEDDED) -> tuple[ReleaseChoice, ...]:
    """Choices in the paper's order, each once; "all" stands for every variant.  Raises UnknownVariant."""
    texts = list(texts)
    if "all" in texts:
        return tuple(ReleaseChoice(variant=each, tier=known_tier(tier)) for each in VARIANTS)
    choices = dict.fromkeys(ReleaseChoice.parse(text, tier) for text in texts)
    return tuple(sorted(choices, key=lambda each: VARIANTS.index(each.variant)))


def qualifiers(choices: Sequence[ReleaseChoice]) -> tuple[str, ...]:
    """What tells choices of one variant apart; "" for a variant that is there only once.

    A folder is called by its own name alone, so that no path of this machine is shown to anybody.
    """
    variants, names = [each.variant for each in choices], Counter()
    short = []
    for each in choices:
        name = _short_name(each) if variants.count(each.variant) > 1 else ""
        names[each.variant, name] += 1
        times = names[each.variant, name]
        short.append(f"{name} #{times}" if times > 1 else name)
    return tuple(short)


def _short_name(choice: ReleaseChoice) -> str:
    if choice.weights is None:
        return choice.qualifier
    revision = choice.weights.revision
    return f"{choice.weights.name}@{revision[:8]}" if revision else choice.weights.name


def _pinned() -> tuple[Release, ...]:
    try:
        return pushed_releases()
    except WeightsMissing:
        return ()
