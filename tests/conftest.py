"""What every test needs."""

import os

# Workers share the processor: threads that wait for each other would only spin.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings

import zoo  # noqa: F401  (opens the floor encodings to tests that import nothing else)

# Here property tests look for something new each time; a build asks the same each time, so that
# it fails only for what a change did.  A busy machine is no failure anywhere.
settings.register_profile("here", deadline=None)
settings.register_profile("build", deadline=None, derandomize=True)
settings.load_profile("build" if os.environ.get("CI") else "here")

# Tests that train, render, start processes or read whole recordings; `make quick` leaves them out.
SLOW = ("training/", "benchmarks/", "rendered/", "test_examples", "test_tiny_releases", "test_download")
SLOW += ("test_command_line", "test_shortcut_probes", "test_compare", "test_true_masks", "test_card")
SLOW += ("test_published_layout", "test_fuzz", "test_videollava", "test_push")
SLOW += ("test_t5", "test_everyday", "test_gather", "test_ego4d", "test_start", "test_terminal")

# Files that take 20 to 60 s each: models of the paper's size, trainings in two processes, a set drawn to
# be measured.  `make test-long` runs them, and so does a build.
LONG = ("test_paper_size", "test_distributed", "test_shortcut_probes")


def pytest_collection_modifyitems(items):
    """Mark the slow tests in one place."""
    for item in items:
        path = item.path.as_posix()
        for parts, mark in ((SLOW, pytest.mark.slow), (LONG, pytest.mark.long)):
            if any(part in path for part in parts):
                item.add_marker(mark)
