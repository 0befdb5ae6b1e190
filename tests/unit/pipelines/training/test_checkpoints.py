"""A run resumes wherever it was stopped, also between the steps of replacing its state."""

import contextlib
from pathlib import Path

import pytest

from pipelines.training import checkpoints
from pipelines.training.checkpoints import keep_state, new_state, state_to_resume


class Killed(Exception):
    """The process was killed."""


def save(folder: Path, epoch: int) -> None:
    part = new_state(folder)
    part.mkdir(parents=True)
    (part / "epoch").write_text(str(epoch))
    keep_state(folder)


def resumed(folder: Path) -> int | None:
    state = state_to_resume(folder)
    return None if state is None else int((state / "epoch").read_text())


def test_the_newest_state_is_resumed(tmp_path):
    assert resumed(tmp_path) is None
    for epoch in (1, 2, 3):
        save(tmp_path, epoch)
        assert resumed(tmp_path) == epoch
    assert [path.name for path in tmp_path.iterdir()] == ["state"]


@pytest.mark.parametrize("step", range(4))
def test_a_kill_at_any_step_leaves_a_whole_state(tmp_path, monkeypatch, step):
    """Every rename and every removal of keeping a state is a moment at which the process may end."""
    save(tmp_path, 1)
    done = 0

    def killing(act):
        def run(*args, **kwargs):
            nonlocal done
            if done == step:
                raise Killed
            done += 1
            return act(*args, **kwargs)

        return run

    with monkeypatch.context() as patch:
        for owner, name in ((Path, "rename"), (Path, "replace"), (checkpoints.shutil, "rmtree")):
            patch.setattr(owner, name, killing(getattr(owner, name)))
        with contextlib.suppress(Killed):
            save(tmp_path, 2)
    assert resumed(tmp_path) == (1 if step == 0 else 2)
    save(tmp_path, 3)
    assert resumed(tmp_path) == 3


def test_a_state_that_was_half_written_is_not_resumed(tmp_path):
    new_state(tmp_path).mkdir()
    assert resumed(tmp_path) is None
    save(tmp_path, 1)
    new_state(tmp_path).mkdir()
    assert resumed(tmp_path) == 1
