"""The shelf holds every loaded model once, for all who ask."""

import importlib
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from encodings.clip import Clip
from zoo.answers import ClipPrediction, Head
from zoo.features import Encoder, Features, FeatureSpec
from zoo.hub import fetch
from zoo.releases import Release
from zoo.weights import WeightsMissing

if TYPE_CHECKING:
    import torch


@dataclass(eq=False)
class _Held:
    """A loaded model, and the lock that lets one visitor at a time use it."""

    model: Encoder | Head
    lock: threading.Lock = field(default_factory=threading.Lock)


class Shelf:
    """Loads encoders and heads when first asked for; later askers share them.

    Model libraries are imported here, late, so that the page paints before any of them.
    """

    def __init__(self) -> None:
        self._held: dict[object, _Held] = {}
        self._lock = threading.Lock()

    def load(self, release: Release) -> None:
        """Have a release's encoder and head ready.  Raises WeightsMissing."""
        with self._encoder(release.feature_spec), self._head(release):
            pass

    def embed(self, spec: FeatureSpec, clips: Sequence[Clip]) -> Features:
        """One forward pass over N clips.  Raises WeightsMissing."""
        with self._encoder(spec) as encoder:
            return encoder.embed(clips, spec.prompt)

    def answer(self, release: Release, features: Features) -> tuple[ClipPrediction, ...]:
        """What a release's head says, one prediction a clip.  Raises WeightsMissing."""
        with self._head(release) as head:
            return head.answer(features)

    def _encoder(self, spec: FeatureSpec):
        key = (spec.encoder, spec.weights, spec.sentences)  # one model, whatever it is asked
        return self._using(key, lambda: _module("encoders", spec.encoder).load(spec, fetch, device()))

    def _head(self, release: Release):
        return self._using(release, lambda: _module("heads", release.variant.head).load(release, fetch))

    @contextmanager
    def _using(self, key, load) -> Iterator[Encoder | Head]:
        with self._lock:
            if key not in self._held:
                self._held[key] = _Held(_load(load))
            held = self._held[key]
        with held.lock:
            yield held.model


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
