"""A Python without the project's packages gets a sentence on how to set them up."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[4]


def test_the_command_line_says_how_to_set_up_what_it_needs():
    done = subprocess.run(
        [sys.executable, "-S", "-m", "pipelines", "--help"],  # -S: without site-packages
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 2
    assert done.stderr == (
        "BenchScribe cannot start: typer is not installed here. "
        "Run `make setup`, then .venv/bin/python -m pipelines.\n"
    )
