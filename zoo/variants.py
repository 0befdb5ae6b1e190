"""The recipes: which encoder, which head.  One row a variant."""

from dataclasses import dataclass

from encodings.errors import UserError


class UnknownVariant(UserError):
    """A variant that does not exist."""


@dataclass(frozen=True)
class Variant:
    """A recipe that turns a clip into a label; its weights are releases."""

    key: str
    title: str
    encoder: str  # a module of zoo.encoders
    head: str  # a module of zoo.heads
    what: str


VARIANTS = (Variant("vi-cl", "Vi-Cl", "videomae", "linear", "VideoMAE encoder with a linear classifier"),)


def variant(key: str) -> Variant:
    """Look up a variant.  Raises UnknownVariant, which lists them."""
    for each in VARIANTS:
        if each.key == key:
            return each
    keys = ", ".join(each.key for each in VARIANTS)
    raise UnknownVariant(f"There is no variant “{key}”; expected one of {keys}.")
