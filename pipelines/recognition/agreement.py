"""Agreement of several models on one recording: majority vote, pairwise agreement, disputed clips."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from zoo.labels import LabelSet

RULE = (
    "Each clip gets the label that most models have for it in their workflows. Of labels with as many votes "
    "each, the one of the clip before wins if it is among them, otherwise the one that comes first in the "
    "label set."
)


@dataclass(frozen=True, kw_only=True)
class Vote:
    """The majority vote of the models on one clip."""

    label: str  # the consensus, see RULE
    votes: int  # for that label
    voters: int
    disagreement: float  # share of the pairs of models that gave different labels, 0 to 1


@dataclass(frozen=True)
class Pair:
    """Observed agreement of two models: the share of the clips that both have labelled."""

    share: float
    clips: int


def consensus(answers: Sequence[Sequence[str]], labels: LabelSet) -> tuple[Vote, ...]:
    """Majority vote on each clip.  answers has each model's labels in order of time, of any lengths."""
    votes: list[Vote] = []
    for number in range(max(map(len, answers), default=0)):
        ballots = [answer[number] for answer in answers if number < len(answer)]
        votes.append(_vote(ballots, votes[-1].label if votes else None, labels))
    return tuple(votes)


def _vote(ballots: list[str], previous: str | None, labels: LabelSet) -> Vote:
    counts = Counter(ballots)
    most = max(counts.values())
    tied = [label for label in labels.labels if counts[label] == most]
    pairs = [one != other for one, other in combinations(ballots, 2)]
    return Vote(
        label=previous if previous in tied else tied[0],
        votes=most,
        voters=len(ballots),
        disagreement=sum(pairs) / len(pairs) if pairs else 0.0,
    )


def pairwise(answers: dict[str, Sequence[str]]) -> dict[tuple[str, str], Pair]:
    """The agreement of every two models, by their keys, each pair in both orders."""
    pairs = {}
    for one, other in combinations(answers, 2):
        same = [a == b for a, b in zip(answers[one], answers[other], strict=False)]
        if same:
            pairs[one, other] = pairs[other, one] = Pair(sum(same) / len(same), len(same))
    return pairs


def worth_a_look(votes: Sequence[Vote]) -> tuple[int, ...]:
    """The numbers of the clips that the models disagree on: the most disputed first, then by time."""
    disputed = [number for number, vote in enumerate(votes) if vote.disagreement]
    return tuple(sorted(disputed, key=lambda number: -votes[number].disagreement))
