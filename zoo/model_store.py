"""The shelf holds every loaded model once, for all who ask."""

import importlib
import os
import threading
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from encodings.clip import Clip
from encodings.errors import UserError
from zoo.features import Encoder, Features, FeatureSpec
from zoo.hub.download import fetch
from zoo.predictions import ClipPrediction, Head
from zoo.releases import Release
from zoo.weights import WeightsMissing

if TYPE_CHECKING:
    import torch


BUDGET_SHARE = 0.5  # of the device's memory may be taken by loaded models


@dataclass(eq=False)
class _Held:
    """A place for a model, and the lock that lets one visitor at a time load or use it."""

    model: Encoder | Head | None = None
    lock: threading.Lock = field(default_factory=threading.Lock)


class ModelStore:
    """Loads encoders and heads when first asked for; later askers share them.

    budget is how many bytes loaded models may take: the least recently used leave when it is exceeded,
    but never one that is in use.  Model libraries are imported here, late, so that the page paints before
    any of them.
    """

    def __init__(self, budget: int | None = None) -> None:
        self._budget = budget
        self._held: OrderedDict[object, _Held] = OrderedDict()  # least recently used first
        self._lock, self._loading = threading.Lock(), threading.Lock()

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

    def holds(self, release: Release) -> bool:
        """Whether a release could answer without loading anything."""
        with self._lock:
            return all(
                key in self._held and self._held[key].model is not None
                for key in (_encoder_key(release.feature_spec), release)
            )

    def size(self, release: Release) -> tuple[int, int]:
        """(weights, bytes) of a release's encoder and head.  Raises WeightsMissing."""
        with self._encoder(release.feature_spec) as encoder, self._head(release) as head:
            return encoder.parameters() + head.parameters(), encoder.memory() + head.memory()

    def memory(self) -> int:
        """How many bytes the loaded models take."""
        with self._lock:
            return self._taken()

    def _encoder(self, spec: FeatureSpec):
        return self._using(
            _encoder_key(spec), lambda: _module("encoders", spec.encoder).load(spec, fetch, device())
        )

    def _head(self, release: Release):
        return self._using(release, lambda: _module("heads", release.variant.head).load(release, fetch))

    @contextmanager
    def _using(self, key, load) -> Iterator[Encoder | Head]:
        held = self._claim(key)
        try:
            if held.model is None:
                with self._loading:
                    held.model = _load(load)
                self._make_room()
            yield held.model
        finally:
            held.lock.release()

    def _claim(self, key) -> _Held:
        """The locked place of a model; one that left the shelf while we waited is no longer its place."""
        while True:
            with self._lock:
                held = self._held.setdefault(key, _Held())
                self._held.move_to_end(key)
            held.lock.acquire()
            with self._lock:
                if self._held.get(key) is held:
                    return held
            held.lock.release()

    def _make_room(self) -> None:
        """Let the least recently used models go until the rest fits the budget."""
        with self._lock:
            if self._budget is None:
                self._budget = round(BUDGET_SHARE * _device_memory())
            for key, held in list(self._held.items()):
                if self._taken() <= self._budget:
                    return
                if held.lock.acquire(blocking=False):  # in use otherwise, like the one just loaded
                    del self._held[key]
                    held.lock.release()

    def _taken(self) -> int:
        return sum(held.model.memory() for held in self._held.values() if held.model is not None)


def _encoder_key(spec: FeatureSpec) -> tuple:
    """One model, whatever it is asked."""
    return spec.encoder, spec.weights, spec.sentences


def _load(load):
    """Call a loader; whatever the model libraries say of broken files becomes one sentence."""
    try:
        return load()
    except UserError:
        raise
    except Exception as error:
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
        if isinstance(error, MemoryError) or "allocate" in reason or "out of memory" in reason:
            raise WeightsMissing(
                "There is too little memory for these weights; close other programs, or choose a smaller one."
            ) from error
        raise WeightsMissing(
            f"These weights cannot be loaded ({reason}); fetch or push them again."
        ) from error


def _module(floor: str, name: str):
    """A room of encoders or heads; some variants are listed before their code is written."""
    path = f"zoo.{floor}.{name}"
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name != path:
            raise
        raise WeightsMissing(
            f"This version of BenchScribe cannot run {name} yet; choose another variant."
        ) from error


@cache
def device() -> "torch.device":
    """The fastest device there is."""
    import torch

    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def _device_memory() -> int:
    """Bytes of memory of the device that models are loaded to."""
    import torch

    if device().type == "cuda":
        return torch.cuda.get_device_properties(device()).total_memory
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
