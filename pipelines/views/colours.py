"""One palette for lanes, steps, plots and exports: an activity has the same colour everywhere."""

import re
from dataclasses import dataclass

from zoo.labels import NO_ACTION


@dataclass(frozen=True)
class Colour:
    """The colours of an activity on a light and on a dark page, and its initials for a cell."""

    light: str
    dark: str
    initials: str


def _same(fill: str, initials: str) -> Colour:
    return Colour(fill, fill, initials)


# The seven colours of Okabe and Ito (2008) that stay apart for colour-blind readers.  Label
# sets never share a lane, so Lab Motion uses some of the colours again.
COLOURS = {
    "Add": _same("#0072B2", "A"),
    "AnalyticalMeasurement": _same("#F0E442", "AM"),
    "CollectLayer": _same("#009E73", "CL"),
    "MeasureSolid": _same("#E69F00", "MS"),
    "MeasureLiquid": _same("#56B4E9", "ML"),
    "PhaseSeparation": _same("#CC79A7", "PS"),
    "Stir": _same("#D55E00", "S"),
    "Development": _same("#0072B2", "D"),  # the step that its three shapes become
    "Development (circular)": _same("#0072B2", "DC"),
    "Development (figure eight)": _same("#56B4E9", "D8"),
    "Development (puddle)": _same("#009E73", "DP"),
    "Rinsing": _same("#E69F00", "R"),
    NO_ACTION: Colour("#E3E7EC", "#39424E", "–"),
}
INKS = ("#000000", "#FFFFFF")


def contrast(one: str, other: str) -> float:
    """WCAG contrast of two #RRGGBB colours, 1 to 21."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def ink_on(fill: str) -> str:
    """The text colour on a fill: black or white, whichever has more contrast."""
    return max(INKS, key=lambda ink: contrast(ink, fill))


def css_class(label: str) -> str:
    """The class that carries a label's colours in `stylesheet`."""
    return "a-" + re.sub(r"\W+", "-", label).strip("-").lower()


def stylesheet() -> str:
    """CSS that sets --fill and --ink for every label, light and under `.dark`."""
    rules = []
    for label, colour in COLOURS.items():
        for place, fill in (("", colour.light), (".dark ", colour.dark)):
            rules.append(f"{place}.{css_class(label)} {{ --fill: {fill}; --ink: {ink_on(fill)}; }}")
    return "\n".join(rules)


def _luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
