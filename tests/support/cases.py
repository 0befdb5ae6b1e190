"""Recordings, gaze and labels that were once read wrong; they are kept beside the repository."""

from pathlib import Path

import pytest

CASES = Path(__file__).parents[2].parent / "shared" / "cases"


def case(name: str, must: bool = True) -> Path:
    """A file or folder of the cases; skips the test where they are not at hand, if it must have them."""
    path = CASES / name
    if must and not path.exists():
        pytest.skip(f"the case {name} is not at hand")
    return path
