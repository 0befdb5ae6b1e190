"""The shelf holds every loaded model once, for all who ask."""

import importlib
import threading
from functools import cache
from typing import TYPE_CHECKING

from zoo.answers import Head
from zoo.features import Encoder, FeatureSpec
from zoo.hub import fetch
from zoo.releases import Release, WeightsMissing

if TYPE_CHECKING:
    import torch


class Shelf:
    """Loads encoders and heads when first asked for; later askers share them.

    Model libraries are imported here, late, so that the page paints before any of them.
    """

    def __init__(self) -> None:
        self._held: dict[object, Encoder | Head] = {}
        self._lock = threading.Lock()

    def encoder(self, spec: FeatureSpec) -> Encoder:
        """The encoder of one forward pass.  Raises WeightsMissing."""
        return self._hold(spec, lambda: _module("encoders", spec.encoder).load(fetch(spec.weights), device()))

    def head(self, release: Release) -> Head:
        """The head of a release.  Raises WeightsMissing."""
        return self._hold(
            release,
            lambda: _module("heads", release.variant.head).load(fetch(release.weights), release.labels),
        )

    def _hold(self, key, load):
        with self._lock:
            if key not in self._held:
                self._held[key] = _load(load)
            return self._held[key]


def _load(load):
    """Call a loader; what the model libraries say of broken files becomes one sentence."""
    from safetensors import SafetensorError

    try:
        return load()
    except (SafetensorError, OSError, RuntimeError, ValueError, KeyError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise WeightsMissing(
            f"These weights cannot be loaded ({reason[:160]}); fetch or push them again."
        ) from error


def _module(floor: str, name: str):
    return importlib.import_module(f"zoo.{floor}.{name}")


@cache
def device() -> "torch.device":
    """The fastest device there is."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")
