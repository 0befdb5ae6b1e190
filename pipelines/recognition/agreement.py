"""How far several answers to one recording agree: a consensus, pairs, and the clips worth a look."""

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


@dataclass(frozen=True)
class Vote:
    """What the models said of one clip together."""

    label: str  # the consensus, see RULE
    votes: int  # for that label
    voters: int
    disagreement: float  # share of the pairs of models that gave different labels, 0 to 1


@dataclass(frozen=True)
class Pair:
    """How often two models gave the same label, over the clips that both have named."""

    share: float
    clips: int


def consensus(answers: Sequence[Sequence[str]], labels: LabelSet) -> tuple[Vote, ...]:
    """Vote on each clip.  answers holds each model's labels in order of time; one may end before another."""
    votes: list[Vote] = []
    for number in range(max(map(len, answers), default=0)):
        given = [answer[number] for answer in answers if number < len(answer)]
        votes.append(_vote(given, votes[-1].label if votes else None, labels))
    return tuple(votes)


def _vote(given: list[str], before: str | None, labels: LabelSet) -> Vote:
    counts = Counter(given)
    most = max(counts.values())
    tied = [label for label in labels.labels if counts[label] == most]
    pairs = [one != other for one, other in combinations(given, 2)]
    disagreement = sum(pairs) / len(pairs) if pairs else 0.0
    return Vote(before if before in tied else tied[0], most, len(given), disagreement)


def pairwise(answers: dict[str, Sequence[str]]) -> dict[tuple[str, str], Pair]:
    """The agreement of every two of some models, by their keys, each pair in both orders."""
    pairs = {}
    for one, other in combinations(answers, 2):
        same = [a == b for a, b in zip(answers[one], answers[other], strict=False)]
        if same:
            pairs[one, other] = pairs[other, one] = Pair(sum(same) / len(same), len(same))
    return pairs


def worth_a_look(votes: Sequence[Vote]) -> tuple[int, ...]:
    """The numbers of the clips that the models disagree on, the most disputed first, then in time."""
    disputed = [number for number, vote in enumerate(votes) if vote.disagreement]
    return tuple(sorted(disputed, key=lambda number: -votes[number].disagreement))
