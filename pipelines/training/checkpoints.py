"""The state of a training run, whole at any moment, so that it resumes wherever it was stopped."""

import shutil
from pathlib import Path

STATE = "state"


class Progress:
    """Log of the epochs so far; accelerate saves it with the state."""

    def __init__(self) -> None:
        self.log: list[dict] = []

    def state_dict(self) -> dict:
        """For accelerate."""
        return {"log": self.log}

    def load_state_dict(self, state: dict) -> None:
        """For accelerate."""
        self.log = state["log"]


def state_to_resume(folder: Path) -> Path | None:
    """The newest whole state in a run's folder, None before the first; clears what a stop left behind."""
    state, part, old = (at(folder / STATE) for at in (Path, _part, _old))
    if old.exists():
        # The old state makes way only when its successor is whole.
        if not state.exists():
            (part if part.exists() else old).rename(state)
        shutil.rmtree(old, ignore_errors=True)
    shutil.rmtree(part, ignore_errors=True)
    return state if state.exists() else None


def new_state(folder: Path) -> Path:
    """The folder that the next state is written into."""
    return _part(folder / STATE)


def keep_state(folder: Path) -> None:
    """Put the state that was written in the place of the one before: one of the two is there all the time."""
    state, part, old = (at(folder / STATE) for at in (Path, _part, _old))
    if state.exists():
        state.rename(old)
    part.rename(state)
    shutil.rmtree(old, ignore_errors=True)


def _part(path: Path) -> Path:
    return path.with_name(path.name + ".part")


def _old(path: Path) -> Path:
    return path.with_name(path.name + ".old")
