"""Modules that need torch and transformers, imported late: it takes seconds, and the page paints without."""

import importlib
import threading
from types import ModuleType

_lock = threading.RLock()


def import_model_code(name: str) -> ModuleType:
    """Import a module of the zoo, one thread at a time.

    transformers finds its names when they are first read: of two threads that read them at once, one can see
    a module half made, and fail with an ImportError.
    """
    with _lock:
        return importlib.import_module(name)
