"""The two label sets, every spelling of their labels, and the rules their workflows follow."""

import re
from dataclasses import dataclass
from functools import cached_property

from encodings.errors import UserError

NO_ACTION = "No action"


class UnknownLabels(UserError):
    """A label set, or a label, that does not exist."""


@dataclass(frozen=True, kw_only=True)
class Activity:
    """One label: its name in files and scores, its title, and what a video of it shows."""

    name: str
    title: str
    description: str
    text: str  # the label text that a language model compares with or is asked about: plain words, no jargon
    step: str | None  # the workflow step it stands for; None is left out of workflows
    spellings: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class LabelSet:
    """The labels a model may give a clip, and how they become a workflow."""

    key: str
    title: str
    activities: tuple[Activity, ...]
    drop_isolated: bool  # before merging, drop a clip whose label neither neighbour has

    @cached_property
    def _by_name(self) -> dict[str, Activity]:
        return {each.name: each for each in self.activities}

    @cached_property
    def _by_spelling(self) -> dict[str, str]:
        return {
            _normalised(text): each.name
            for each in self.activities
            for text in (each.name, each.title, *each.spellings)
        }

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels in the order of every model's scores; No action is the last."""
        return tuple(each.name for each in self.activities)

    def activity(self, label: str) -> Activity:
        """The activity of one of `labels`.  Raises KeyError for anything else."""
        return self._by_name[label]


def _normalised(text: str) -> str:
    """Spelling without case, spaces, hyphens and other marks: "No-Action " becomes "noaction"."""
    return re.sub(r"[\W_]+", "", text.casefold())


_NO_ACTION = Activity(
    name=NO_ACTION,
    title="No action",
    description="Nothing of the experiment is done.",
    text="rests the hands on the table and looks around",
    step=None,
    spellings=("none",),
)


def _step(name: str, title: str, description: str, text: str, *spellings: str) -> Activity:
    return Activity(
        name=name, title=title, description=description, text=text, step=name, spellings=spellings
    )


def _development(shape: str, description: str, text: str, published: str) -> Activity:
    title = f"Development ({shape})"
    return Activity(
        name=title,
        title=title,
        description=description,
        text=text,
        step="Development",
        spellings=(published, f"{shape} development"),
    )


LAB_ACTIONS = LabelSet(
    key="lab-actions",
    title="Lab Actions",
    activities=(
        _step("Add", "Add", "A liquid is added to a vial.", "pours a liquid into a small glass"),
        _step(
            "AnalyticalMeasurement",
            "Analytical measurement",
            "An instrument such as a pH meter is read.",
            "holds a stick in a glass and reads the number on a display",
        ),
        _step(
            "CollectLayer",
            "Collect layer",
            "The organic or the aqueous phase is collected.",
            "opens the tap and lets the liquid run into a glass below",
        ),
        _step(
            "MeasureSolid",
            "Measure solid",
            "A powder is weighed.",
            "scoops powder with a spoon onto a scale and reads the number",
        ),
        _step(
            "MeasureLiquid",
            "Measure liquid",
            "A volume is measured in a graduated cylinder.",
            "pours a liquid into a tall glass with marks",
        ),
        _step(
            "PhaseSeparation",
            "Phase separation",
            "Phases are separated in a separating funnel.",
            "shakes a bottle with both hands and turns it over",
        ),
        _step("Stir", "Stir", "A solution is stirred.", "turns a stick round and round in a glass"),
        _NO_ACTION,
    ),
    drop_isolated=False,
)

LAB_MOTION = LabelSet(
    key="lab-motion",
    title="Lab Motion",
    activities=(
        _development(
            "circular",
            "The chip is moved in circles in its developer.",
            "moves a plate in circles",
            "circular development",
        ),
        _development(
            "figure eight",
            "The chip is moved in a figure eight.",
            "moves a plate in a figure of eight",
            "figure eight development",
        ),
        _development(
            "puddle",
            "The developer is puddled over the chip.",
            "tilts a plate to and fro and drips a liquid onto it",
            "puddling development",
        ),
        _step(
            "Rinsing",
            "Rinsing",
            "A water jet runs over the chip.",
            "squeezes a bottle and sprays water over a plate",
            "rinse",
        ),
        _NO_ACTION,
    ),
    drop_isolated=True,
)

LABEL_SETS = (LAB_ACTIONS, LAB_MOTION)


def label_set(key: str) -> LabelSet:
    """Look up a label set.  Raises UnknownLabels, which lists them."""
    for each in LABEL_SETS:
        if each.key == key:
            return each
    keys = ", ".join(each.key for each in LABEL_SETS)
    raise UnknownLabels(f"There is no label set “{key}”; expected one of {keys}.")


def match_label(text: str, labels: LabelSet) -> str:
    """Read free text as one of the labels, whatever its case and spacing.

    Text that is no label of the set counts as No action: that is the paper's rule for the text that
    Vi-LM generates, and for the answer "none of these".
    """
    return labels._by_spelling.get(_normalised(text), NO_ACTION)


def parse_label(text: str, labels: LabelSet) -> str:
    """Read a label from a file, in any known spelling.  Raises UnknownLabels for anything else."""
    label = labels._by_spelling.get(_normalised(text))
    if label is None:
        raise UnknownLabels(
            f"“{text}” is no label of {labels.title}; expected one of {', '.join(labels.labels)}."
        )
    return label
