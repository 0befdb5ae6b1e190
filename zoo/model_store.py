"""ModelStore holds every loaded model once, for all who use it."""

import importlib
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from types import ModuleType

from encodings.clip import Clip
from encodings.errors import UserError
from zoo.device import device, total_memory
from zoo.features import Encoder, Features, FeatureSpec
from zoo.hub.download import fetch
from zoo.predictions import ClipPrediction, Head
from zoo.releases import Release
from zoo.weights import Weights, WeightsMissing, is_out_of_memory

BUDGET_SHARE = 0.5  # of the device's memory may be taken by loaded models

log = logging.getLogger(__name__)


@dataclass(eq=False)
class _Slot:
    """A place for a model, and the lock that lets one thread at a time load or use it."""

    model: Encoder | Head | None = None
    keepers: int = 0  # callers that need it for more than one call, see `keep`
    lock: threading.Lock = field(default_factory=threading.Lock)


class ModelStore:
    """Loads encoders and heads on first use and shares them: a thread-safe LRU cache of models.

    budget is how many bytes loaded models may take: the least recently used are evicted when it is
    exceeded, but never one that is in use or kept.  Model libraries are imported here, late, so that the page
    paints before any of them.
    """

    def __init__(self, budget: int | None = None) -> None:
        self._budget = budget
        self._slots: OrderedDict[Hashable, _Slot] = OrderedDict()  # least recently used first
        self._lock, self._loading = threading.Lock(), threading.Lock()

    def load(self, release: Release) -> None:
        """Have a release's encoder and head ready.  Raises WeightsMissing."""
        with self._encoder(release.feature_spec), self._head(release):
            pass

    @contextmanager
    def keep(self, release: Release) -> Iterator[None]:
        """Load a release and keep its models until the context ends.  Raises WeightsMissing."""
        spec = release.feature_spec
        with self._encoder(spec), self._head(release), self._lock:
            slots = [self._slots[key] for key in (spec.model, release)]
            for slot in slots:
                slot.keepers += 1
        try:
            yield
        finally:
            with self._lock:
                for slot in slots:
                    slot.keepers -= 1
            self._evict()

    def has_room(self, releases: Sequence[Release]) -> bool:
        """Whether releases fit the budget beside the models that are kept, judged by the size of their files.

        Weights that are on the Hub alone are downloaded.
        """
        parts = {part for each in releases for part in (*each.feature_spec.model[1:], each.weights) if part}
        needed = sum(map(_file_bytes, parts))
        with self._lock:
            kept = sum(slot.model.memory() for slot in self._slots.values() if slot.keepers)
            return kept + needed <= self._limit()

    def embed(self, spec: FeatureSpec, clips: Sequence[Clip]) -> Features:
        """One forward pass over N clips.  Raises WeightsMissing."""
        with self._encoder(spec) as encoder:
            return encoder.embed(clips, spec.prompt)

    def answer(self, release: Release, features: Features) -> tuple[ClipPrediction, ...]:
        """The predictions of a release's head, one a clip.  Raises WeightsMissing."""
        with self._head(release) as head:
            return head.answer(features)

    def holds(self, release: Release) -> bool:
        """Whether a release could answer without loading anything."""
        with self._lock:
            return all(
                key in self._slots and self._slots[key].model is not None
                for key in (release.feature_spec.model, release)
            )

    def size(self, release: Release) -> tuple[int, int]:
        """(weights, bytes) of a release's encoder and head.  Raises WeightsMissing."""
        with self._encoder(release.feature_spec) as encoder, self._head(release) as head:
            return encoder.parameters() + head.parameters(), encoder.memory() + head.memory()

    def memory(self) -> int:
        """How many bytes the loaded models take."""
        with self._lock:
            return self._used()

    def _encoder(self, spec: FeatureSpec) -> AbstractContextManager[Encoder]:
        return self._using(spec.model, lambda: _module("encoders", spec.encoder).load(spec, fetch, device()))

    def _head(self, release: Release) -> AbstractContextManager[Head]:
        return self._using(release, lambda: _module("heads", release.variant.head).load(release, fetch))

    @contextmanager
    def _using(self, key: Hashable, load: Callable[[], Encoder | Head]) -> Iterator[Encoder | Head]:
        slot = self._lock_slot(key)
        try:
            if slot.model is None:
                with self._loading:
                    slot.model = _load(key, load)
                self._evict()
            yield slot.model
        finally:
            slot.lock.release()

    def _lock_slot(self, key: Hashable) -> _Slot:
        """The locked slot of a model; one that was evicted while we waited is no longer its slot."""
        while True:
            with self._lock:
                slot = self._slots.setdefault(key, _Slot())
                self._slots.move_to_end(key)
            slot.lock.acquire()
            with self._lock:
                if self._slots.get(key) is slot:
                    return slot
            slot.lock.release()

    def _evict(self) -> None:
        """Drop the least recently used models until the rest fits the budget."""
        with self._lock:
            for key, slot in list(self._slots.items()):
                if self._used() <= self._limit():
                    return
                if slot.keepers:
                    continue
                if slot.lock.acquire(blocking=False):  # in use otherwise, like the one just loaded
                    del self._slots[key]
                    slot.lock.release()

    def _limit(self) -> int:
        if self._budget is None:
            self._budget = round(BUDGET_SHARE * total_memory(device()))
        return self._budget

    def _used(self) -> int:
        return sum(slot.model.memory() for slot in self._slots.values() if slot.model is not None)


def _file_bytes(weights: Weights) -> int:
    """The size of weights on disk; 0 if they are missing, which loading them will report."""
    try:
        folder = fetch(weights)
    except WeightsMissing:
        return 0
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def _load(key: Hashable, load: Callable[[], Encoder | Head]) -> Encoder | Head:
    """Call a loader.  Raises WeightsMissing; what is no UserError is our mistake, and is logged."""
    try:
        return load()
    except UserError:
        raise
    except Exception as error:
        if is_out_of_memory(error):
            raise WeightsMissing(
                "There is too little memory for these weights; close other programs, or choose a smaller one."
            ) from error
        log.exception("loading %s failed", key)
        raise


def _module(package: str, name: str) -> ModuleType:
    """A module of zoo.encoders or zoo.heads; some variants are listed before their code is written."""
    path = f"zoo.{package}.{name}"
    try:
        return importlib.import_module(path)
    except ModuleNotFoundError as error:
        if error.name != path:
            raise
        raise WeightsMissing(
            f"This version of BenchScribe cannot run {name} yet; choose another variant."
        ) from error
