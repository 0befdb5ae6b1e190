"""Two workflows side by side: what one inserts, drops and swaps against the other."""

from collections.abc import Sequence
from dataclasses import dataclass

import Levenshtein

SAME, SWAP, INSERT, DROP = "same", "swap", "insert", "drop"
_NAMES = {"replace": SWAP, "insert": INSERT, "delete": DROP}


@dataclass(frozen=True)
class Edit:
    """One place of an alignment: the step expected there, the step found, by their numbers."""

    kind: str  # same, swap, insert (nothing was expected) or drop (nothing was found)
    expected: int | None
    found: int | None


def align(expected: Sequence[str], found: Sequence[str]) -> tuple[Edit, ...]:
    """Align two workflows, by the names of their steps, with the fewest edit operations.

    What is no `same` is exactly the Levenshtein distance.  Of several such alignments it is the one
    of `Levenshtein.editops`.
    """
    edits: list[Edit] = []
    here = there = 0
    for name, at, to in Levenshtein.editops(list(expected), list(found)):
        edits += [Edit(SAME, here + n, there + n) for n in range(at - here)]
        here, there = at, to
        kind = _NAMES[name]
        edits.append(Edit(kind, None if kind == INSERT else here, None if kind == DROP else there))
        here, there = here + (kind != INSERT), there + (kind != DROP)
    return tuple(edits + [Edit(SAME, here + n, there + n) for n in range(len(expected) - here)])
