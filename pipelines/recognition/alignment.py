"""Alignment of two workflows by edit operations (Levenshtein 1966): insertions, deletions, substitutions."""

from collections.abc import Sequence
from dataclasses import dataclass

import Levenshtein

SAME, SWAP, INSERT, DROP = "same", "swap", "insert", "drop"
_NAMES = {"replace": SWAP, "insert": INSERT, "delete": DROP}


@dataclass(frozen=True)
class Edit:
    """One position of an alignment: the numbers of the expected step and of the step found."""

    kind: str  # same, swap, insert (nothing was expected) or drop (nothing was found)
    expected: int | None
    found: int | None


def align(expected: Sequence[str], found: Sequence[str]) -> tuple[Edit, ...]:
    """Align two workflows by the names of their steps with the fewest edit operations.

    The number of edits other than `same` is the Levenshtein distance.  Of several such alignments it is
    the one of `Levenshtein.editops`.
    """
    edits: list[Edit] = []
    left = right = 0  # the next step of each workflow
    for name, expected_at, found_at in Levenshtein.editops(list(expected), list(found)):
        edits += [Edit(SAME, left + n, right + n) for n in range(expected_at - left)]
        left, right = expected_at, found_at
        kind = _NAMES[name]
        edits.append(Edit(kind, None if kind == INSERT else left, None if kind == DROP else right))
        left, right = left + (kind != INSERT), right + (kind != DROP)
    return tuple(edits + [Edit(SAME, left + n, right + n) for n in range(len(expected) - left)])
