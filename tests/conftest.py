"""What every test needs."""

import os

# Workers share the processor: threads that wait for each other would only spin.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import pytest
from hypothesis import settings
from xdist.scheduler import LoadFileScheduling

import zoo  # noqa: F401  (opens the floor encodings to tests that import nothing else)

# Here property tests look for something new each time; a build asks the same each time, so that
# it fails only for what a change did.  A busy machine is no failure anywhere.
settings.register_profile("here", deadline=None)
settings.register_profile("build", deadline=None, derandomize=True)
settings.load_profile("build" if os.environ.get("CI") else "here")

# Tests that train, render, start processes or read whole recordings; `make quick` leaves them out.
SLOW = ("training/", "benchmarks/", "rendered/", "test_examples", "test_tiny_releases", "test_download")
SLOW += ("test_command_line", "test_shortcut_probes", "test_compare", "test_true_masks", "test_card")
SLOW += ("test_published_layout", "test_fuzz", "test_videollava", "test_push", "test_zero_gpu")
SLOW += ("test_t5", "test_everyday", "test_gather", "test_ego4d")
SLOW += ("test_start", "test_terminal", "test_fetches", "test_memory_plan", "test_failures")
SLOW += ("test_precision", "test_batching", "test_doctor")

# Files that take 20 to 60 s each: models of the paper's size, trainings of two backbones and in two
# processes, renders that are killed and go on, the page
# with a hub.  `make test-long` runs them, and so does a build.
LONG = ("test_paper_size", "test_distributed", "test_shortcut_probes", "rendered/test_resume")
LONG += ("test_pretrain_xclip", "test_pretrain_video_llava", "page/test_hub")


# A folder or file that `-m` leaves out as a whole is not imported either: imports take longer than its tests.
LEFT_OUT = {"not slow": SLOW, "not page": ("tests/page/",), "not long": LONG}


# Folders whose tests one worker runs, so that what they share (a server, rendered sets) is made once.
TOGETHER = ("tests/page/", "tests/unit/pipelines/training/", "tests/unit/zoo/hub/")


class FolderScheduling(LoadFileScheduling):
    """Like `--dist loadfile`, and the folders `TOGETHER` are one piece of work each."""

    def _split_scope(self, nodeid):
        return next(
            (folder for folder in TOGETHER if nodeid.startswith(folder)), super()._split_scope(nodeid)
        )


def pytest_xdist_make_scheduler(config, log):
    """How the workers share the tests."""
    return FolderScheduling(config, log)


def pytest_ignore_collect(collection_path, config):
    """Do not open what the marks of `make quick` and `make test` leave out."""
    path = collection_path.relative_to(config.rootpath).as_posix() + "/" * collection_path.is_dir()
    left_out = [parts for expression, parts in LEFT_OUT.items() if expression in config.option.markexpr]
    return True if any(part in path for parts in left_out for part in parts) else None


def pytest_collection_modifyitems(items, config):
    """Mark the slow tests in one place."""
    for item in items:
        path = item.path.relative_to(config.rootpath).as_posix()
        for parts, mark in ((SLOW, pytest.mark.slow), (LONG, pytest.mark.long)):
            if any(part in path for part in parts):
                item.add_marker(mark)
