"""The tiers: where the weights of a release come from."""

from encodings.errors import UserError

TIERS = ("embedded", "hub")


class UnknownTier(UserError):
    """A tier that does not exist."""


def known_tier(name: str) -> str:
    """The name of a tier.  Raises UnknownTier, which lists them."""
    if name not in TIERS:
        raise UnknownTier(f"There is no tier “{name}”; expected one of {', '.join(TIERS)}.")
    return name
