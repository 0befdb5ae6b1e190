"""Rendered manifests and trained models that the tests of this folder share, and the presets “tiny”."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.rendered.output.settings import Settings
from pipelines.training import trainer
from pipelines.training.pretrain import pretrain
from pipelines.training.pretrain_xclip import pretrain as pretrain_xclip
from tests.support.tiny_training import pretraining_run, tiny_presets

SMALL = {"rate_hz": 4, "width": 64, "height": 48, "workflow_s": 8, "clips": False, "signals": True}


@pytest.fixture(scope="session")
def lab(tmp_path_factory) -> Path:
    """The manifest of 12 recordings of Lab Actions of 8 s, with their true masks."""
    return render(
        Settings(labels="lab-actions", workflows=12, seed=5, **SMALL), tmp_path_factory.mktemp("lab") / "out"
    )


@pytest.fixture(scope="session")
def everyday(tmp_path_factory) -> Path:
    """The manifest of 16 narrated recordings of 8 s, with their true masks."""
    return render(
        Settings(labels="everyday", workflows=16, seed=3, **SMALL),
        tmp_path_factory.mktemp("everyday") / "out",
    )


@pytest.fixture(scope="session")
def pixels(tmp_path_factory) -> Path:
    """A folder of encoded clips that trainings share."""
    return tmp_path_factory.mktemp("pixels")


@pytest.fixture(autouse=True)
def presets() -> Iterator[pytest.MonkeyPatch]:
    """Add the presets “tiny”."""
    with tiny_presets() as patch:
        yield patch


@pytest.fixture(scope="session")
def videomae(lab, pixels, tmp_path_factory) -> Path:
    """A pre-trained VideoMAE; its run is in the folder “run” beside it."""
    folder = tmp_path_factory.mktemp("videomae")
    with tiny_presets():
        pretrain(pretraining_run(lab, folder / "run", folder / "videomae", cache=pixels))
    return folder / "videomae"


@pytest.fixture(scope="session")
def x_clip(everyday, pixels, tmp_path_factory) -> Path:
    """A trained X-CLIP; its run is in the folder “run” beside it."""
    folder = tmp_path_factory.mktemp("x-clip")
    with tiny_presets():
        pretrain_xclip(pretraining_run(everyday, folder / "run", folder / "x-clip", cache=pixels))
    return folder / "x-clip"


class Interrupted(Exception):
    """Power failed."""


@pytest.fixture
def stop_after() -> Callable[[int, Callable[[], None]], None]:
    """Train, and stop as soon as an epoch is written to disk."""

    def run(epoch: int, train: Callable[[], None]) -> None:
        keep = trainer.Run._keep

        def keep_and_stop(self, entry):
            keep(self, entry)
            if entry["epoch"] == epoch:
                raise Interrupted

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(trainer.Run, "_keep", keep_and_stop)
            with pytest.raises(Interrupted):
                train()

    return run
