"""Modules of models are imported by whoever comes first, and by several at once."""

import subprocess
import sys
from pathlib import Path

PROGRAM = """
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from zoo.model_code import import_model_code

names = "encoders.videollava", "encoders.videomae", "encoders.xclip", "encoders.dinov2", "heads.t5"
barrier = Barrier(len(names))

def load(name):
    barrier.wait()
    return import_model_code("zoo." + name)

with ThreadPoolExecutor(len(names)) as threads:
    print(len(list(threads.map(load, names))))
"""


def test_threads_that_import_models_at_once_all_get_them():
    command = [sys.executable, "-c", PROGRAM]
    printed = subprocess.run(command, cwd=Path(__file__).parents[3], capture_output=True, text=True)
    assert printed.stdout == "5\n", printed.stderr
