"""A short rendered recording for the verbs."""

from pathlib import Path

import pytest

from pipelines.datasets.rendered.output.render import render
from pipelines.datasets.rendered.output.settings import Settings


@pytest.fixture(scope="package")
def bench(tmp_path_factory) -> Path:
    """One short rendered experiment: 4 clips."""
    out = tmp_path_factory.mktemp("bench") / "out"
    render(
        Settings(
            labels="lab-actions",
            workflows=1,
            seed=11,
            rate_hz=8,
            width=128,
            height=96,
            workflow_s=14,
            clips=False,
        ),
        out,
    )
    return out


@pytest.fixture(scope="package")
def recording(bench) -> Path:
    """Its video, with the gaze beside it."""
    return next(bench.glob("recordings/*/scene.mp4"))
