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


def pytest_itemcollected(item):
    """Tests of a file stay on one worker, and all of the page's folder on one: they share its server."""
    group = "page" if item.path.parent.name == "page" else item.nodeid.partition("::")[0]
    item.add_marker(pytest.mark.xdist_group(group))
