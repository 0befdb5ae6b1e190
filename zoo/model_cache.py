"""ModelCache keeps loaded models until their memory is needed."""

import logging
import math
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol, TypeVar, runtime_checkable

from encodings.errors import UserError
from zoo.batches import attempt
from zoo.device import Compute, compute, host, total_memory
from zoo.features import Encoder
from zoo.predictions import Head
from zoo.weights import TooLittleMemory

BUDGET_SHARE = 0.5  # of a device's memory may be taken by loaded models

Result = TypeVar("Result")

log = logging.getLogger(__name__)


@runtime_checkable
class Movable(Protocol):
    """A model whose weights can wait in the host's memory while others need the card's."""

    def move(self, device: object) -> bool:
        """Move the weights to a device; False if these cannot be moved."""
        ...


@dataclass(eq=False, kw_only=True)
class _Slot:
    """A place for a model, and the lock that lets one thread at a time load or use it."""

    model: Encoder | Head | None = None
    keepers: int = 0  # callers that need it for more than one call, see `keep`
    on_card: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)


class ModelCache:
    """A thread-safe LRU cache of models, on a card and in the host's memory.

    budget is how many bytes loaded models may take on the device: the least recently used are evicted when it
    is exceeded, but never one that is in use or kept.  From a card they move to the host's memory, and back
    when they are needed; the host gives the same share of its own memory.  where says on which device models
    run and in which type; by default zoo.device does.
    """

    def __init__(self, budget: int | None = None, where: Compute | None = None) -> None:
        self._budget, self._where = budget, where
        self._slots: OrderedDict[Hashable, _Slot] = OrderedDict()  # least recently used first
        self._lock, self._loading = threading.Lock(), threading.Lock()

    @property
    def compute(self) -> Compute:
        """Where its models run.  Raises NoDevice."""
        if self._where is None:
            self._where = compute()
        return self._where

    def memory(self) -> int:
        """How many bytes the loaded models take."""
        with self._lock:
            return self._used()

    @contextmanager
    def _using(self, key: Hashable, load: Callable[[], Encoder | Head]) -> Iterator[Encoder | Head]:
        slot = self._lock_slot(key)
        try:
            if slot.model is None:
                with self._loading:
                    slot.model = self._load(key, load)
                slot.on_card = self._has_card and isinstance(slot.model, Movable)
                self._evict()
            elif self._has_card and not slot.on_card and isinstance(slot.model, Movable):
                self._make_room(slot.model.memory())
                slot.on_card = self._fit(lambda: slot.model.move(self.compute.device))
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

    @property
    def _has_card(self) -> bool:
        return self.compute.device.type != "cpu"

    def _load(self, key: Hashable, load: Callable[[], Encoder | Head]) -> Encoder | Head:
        """Call a loader.  Raises WeightsMissing; what is no UserError is our mistake, and is logged."""
        try:
            return self._fit(load)
        except UserError:
            raise
        except Exception:
            log.exception("loading %s failed", key)
            raise

    def _fit(self, act: Callable[[], Result]) -> Result:
        """Let something take memory of the device, alone on a card if need be.  Raises TooLittleMemory."""
        if (result := attempt(act)) is None and self._has_card:
            self._clear_card()
            result = attempt(act)
        if result is None:
            raise TooLittleMemory(
                "There is too little memory for these weights; close other programs, or choose a smaller one."
            )
        return result

    def _make_room(self, needed: float) -> None:
        """Move the least recently used models from the card until `needed` bytes more fit the budget."""
        if not self._has_card:
            return
        with self._lock:
            for key, slot in self._unused():
                if self._used(on_card=True) + needed <= self._limit():
                    break
                if slot.on_card:
                    self._leave_card(key, slot)

    def _clear_card(self) -> None:
        """Move every model from the card that is not in use, and give back what torch caches there."""
        if self._has_card:
            import torch

            self._make_room(math.inf)
            torch.cuda.empty_cache()

    def _leave_card(self, key: Hashable, slot: _Slot) -> None:
        slot.on_card = not slot.model.move(host().device)
        if slot.on_card and not slot.keepers:
            del self._slots[key]

    def _evict(self) -> None:
        """Drop the least recently used models until the rest fits the budget."""
        self._make_room(0)
        with self._lock:
            for key, slot in self._unused():
                if self._used(on_card=False) <= self._host_limit():
                    return
                if not slot.keepers and not slot.on_card:
                    del self._slots[key]

    def _unused(self) -> Iterator[tuple[Hashable, _Slot]]:
        """The slots that nobody uses, the least recently used first, each locked while it is looked at."""
        for key, slot in list(self._slots.items()):
            if slot.lock.acquire(blocking=False):
                try:
                    yield key, slot
                finally:
                    slot.lock.release()

    def _limit(self) -> int:
        if self._budget is None:
            self._budget = round(BUDGET_SHARE * total_memory(self.compute.device))
        return self._budget

    def _host_limit(self) -> int:
        return round(BUDGET_SHARE * total_memory(host().device)) if self._has_card else self._limit()

    def _used(self, on_card: bool | None = None) -> int:
        slots = [slot for slot in self._slots.values() if slot.model is not None]
        return sum(slot.model.memory() for slot in slots if on_card in (None, slot.on_card))
