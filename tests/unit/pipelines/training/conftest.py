"""A tiny rendered bench of narrated clips, and presets small enough for it."""

import dataclasses
from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.datasets.rendered.output.render import render
from pipelines.training import trainer as loop
from pipelines.training.architectures import video_llava as captioner
from pipelines.training.architectures import xclip

TINY_CLIP = dataclasses.replace(
    xclip.PRESETS["embedded"],
    side=32,
    patch=16,
    hidden=16,
    layers=1,
    text_hidden=16,
    text_layers=1,
    projection=16,
    passes=90,
    texts=12,
    training=dataclasses.replace(xclip.PRESETS["embedded"].training, batch=8),
)
TINY_CAPTIONER = dataclasses.replace(
    captioner.PRESETS["embedded"],
    side=32,
    patch=16,
    hidden=16,
    layers=1,
    heads=1,
    text_hidden=16,
    text_layers=1,
    text_heads=1,
    passes=60,
    training=dataclasses.replace(captioner.PRESETS["embedded"].training, batch=8),
)


@pytest.fixture(scope="session")
def narrated(tmp_path_factory) -> Path:
    """The manifest of 16 narrated recordings of 8 s, with their true masks."""
    out = tmp_path_factory.mktemp("everyday") / "out"
    return render(
        "everyday", 16, 3, out, rate_hz=4, width=64, height=48, workflow_s=8, clips=False, signals=True
    )


@pytest.fixture
def tiny_presets(monkeypatch) -> None:
    """Both backbones' preset “tiny”."""
    monkeypatch.setitem(xclip.PRESETS, "tiny", TINY_CLIP)
    monkeypatch.setitem(captioner.PRESETS, "tiny", TINY_CAPTIONER)


class Interrupted(Exception):
    """Somebody pulled the plug."""


@pytest.fixture
def stop_after() -> Callable[[int, Callable[[], None]], None]:
    """Do what trains, and stop it as soon as an epoch is written down."""

    def run(epoch: int, train: Callable[[], None]) -> None:
        keep = loop.Run._keep

        def keep_and_stop(self, entry):
            keep(self, entry)
            if entry["epoch"] == epoch:
                raise Interrupted

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(loop.Run, "_keep", keep_and_stop)
            with pytest.raises(Interrupted):
                train()

    return run
