"""What every test needs."""

import os

from hypothesis import settings

import zoo  # noqa: F401  (opens the floor encodings to tests that import nothing else)

# Here property tests look for something new each time; a build asks the same each time, so that
# it fails only for what a change did.  A busy machine is no failure anywhere.
settings.register_profile("here", deadline=None)
settings.register_profile("build", deadline=None, derandomize=True)
settings.load_profile("build" if os.environ.get("CI") else "here")
