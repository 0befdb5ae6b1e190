"""What is done: a recording becomes a workflow; datasets, training, scoring."""

import zoo  # noqa: F401  (opens the floor below it, see there)

__version__ = "1.0.0"  # of the whole project
