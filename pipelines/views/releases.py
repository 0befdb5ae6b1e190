"""A release in a menu, and what to know of it before it answers."""

from zoo.hub.download import find_local
from zoo.releases import Release
from zoo.tiers import TIERS

EMBEDDED = TIERS[0]


def choice_title(release: Release) -> str:
    """A line of a menu: the variant, whose release it is, and whether its weights are on this machine."""
    title, weights = release.variant.title, release.weights
    if release.tier == EMBEDDED:
        return f"{title} · demo"
    if weights.revision is None:
        return f"{title} · folder {weights.name}"
    place = "on this machine" if is_local(release) else "to be fetched"
    return f"{title} · {weights.name}@{weights.revision[:8]} ({place})"


def is_local(release: Release) -> bool:
    """Whether everything that a release needs is on this machine."""
    parts = (release.weights, release.backbone, release.sentences)
    return all(find_local(part) for part in parts if part)
