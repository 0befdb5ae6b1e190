"""What every test needs."""

import zoo  # noqa: F401  (opens the floor encodings to tests that import nothing else)
