"""From the labels of the clips to the steps of the experiment."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

from zoo.labels import LabelSet
from zoo.predictions import ClipPrediction

ADJACENT_S = 0.5  # clips further apart than this are not neighbours in time


@dataclass(frozen=True)
class Step:
    """One step of a workflow, from the start of its first clip to the end of its last."""

    activity: str
    start_s: float
    end_s: float


@dataclass(frozen=True)
class Workflow:
    """The steps of one experiment, in order.  Never two neighbours of the same activity."""

    steps: tuple[Step, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """The activities alone, in order."""
        return tuple(step.activity for step in self.steps)


@dataclass(frozen=True)
class Rules:
    """The rules by which labels become steps; each can be switched off."""

    drop_no_action: bool = True
    drop_isolated: bool = False
    merge_neighbours: bool = True


def rules_of(labels: LabelSet) -> Rules:
    """The paper's rules for a label set."""
    return Rules(drop_isolated=labels.drop_isolated)


def compile_workflow(
    clips: Sequence[ClipPrediction], labels: LabelSet, rules: Rules | None = None
) -> Workflow:
    """Compile labelled clips, in order of time, into a workflow.

    A label first becomes the step it stands for (the three developments are one step), so that
    merging sees steps.  Then, each if its rule is on: a clip that agrees with neither of its
    neighbours in time is dropped, No action is dropped, neighbours of one step are merged.
    Merging goes by order alone, as in the paper, whose steps have no times: two stretches of one activity
    are one step however long the time between them without a label or without action.
    No clips, or No action alone, give the workflow without steps.
    """
    rules = rules or rules_of(labels)
    steps = [Step(labels.activity(c.label).step or c.label, c.start_s, c.end_s) for c in clips]
    if rules.drop_isolated:
        steps = _drop_isolated(steps)
    if rules.drop_no_action:
        idle = {each.name for each in labels.activities if each.step is None}
        steps = [step for step in steps if step.activity not in idle]
    if rules.merge_neighbours:
        steps = _merge(steps)
    return Workflow(tuple(steps))


def _drop_isolated(steps: list[Step]) -> list[Step]:
    """Drop the clips that have neighbours in time and agree with none of them.

    The paper says "isolated in time" and no more.  Neighbours are compared before anything is dropped,
    No action among them.
    """
    kept = []
    for number, step in enumerate(steps):
        neighbours = [
            other
            for other in steps[max(0, number - 1) : number] + steps[number + 1 : number + 2]
            if max(other.start_s, step.start_s) - min(other.end_s, step.end_s) <= ADJACENT_S
        ]
        if not neighbours or any(other.activity == step.activity for other in neighbours):
            kept.append(step)
    return kept


def _merge(steps: list[Step]) -> list[Step]:
    runs = [list(run) for _, run in groupby(steps, attrgetter("activity"))]
    return [Step(run[0].activity, run[0].start_s, run[-1].end_s) for run in runs]
