"""Fetches brings releases from the Hub in the background, each download once for all who want it."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from zoo.hub.disk import FreeBytes, free_bytes, make_room, require_disk
from zoo.hub.download import fetch, find_local
from zoo.hub.speed import Speed
from zoo.hub.watch import Watch
from zoo.weights import Weights, WeightsMissing

log = logging.getLogger(__name__)

WAITING, FETCHING, VERIFYING, DONE = "waiting", "fetching", "verifying", "done"
CANCELLED, FAILED = "cancelled", "failed"
OVER = {DONE, CANCELLED, FAILED}


class Interrupted(Exception):
    """Nobody wants a download any more."""


class Parts(Protocol):
    """What has weights to fetch, as a Release has."""

    @property
    def parts(self) -> tuple[Weights, ...]:
        """Its weights, each once."""
        ...


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far a fetch is."""

    state: str  # waiting, fetching, verifying, done, cancelled or failed
    done_bytes: int = 0
    total_bytes: int | None = None  # None until the Hub has said
    bytes_per_s: float | None = None  # None until known
    seconds_left: float | None = None  # None until known
    error: str = ""  # one sentence, if it failed
    evicted: tuple[str, ...] = ()  # what was deleted from this machine to make room

    @property
    def over(self) -> bool:
        """Whether nothing more will come."""
        return self.state in OVER


class Fetches:
    """Downloads of releases, each of their weights in one thread, which all who want it share.

    in_use says of weights whether a loaded model needs their files; those are never deleted to make room, and
    neither are those of a fetch that is not over.  free_bytes reads how many bytes are free at a folder.
    """

    def __init__(
        self, in_use: Callable[[Weights], bool] = lambda weights: False, free: FreeBytes = free_bytes
    ) -> None:
        self._in_use, self._free = in_use, free
        self._jobs: dict[Weights, _Job] = {}  # those that are not over
        self._lock, self._admission = threading.RLock(), threading.Lock()

    def start(self, release: Parts) -> "Fetch":
        """Begin to bring what is not on this machine of a release, or join those who are doing so."""
        fetch = Fetch(release.parts, self._lock)
        lacking = [each for each in fetch.parts if each.revision and find_local(each) is None]
        with self._lock:
            for weights in lacking:
                job = self._jobs.get(weights)
                if job is None or job.interrupted:
                    job = self._jobs[weights] = _Job(weights, self)
                    job.thread.start()
                job.wanters.append(fetch)
                fetch.jobs.append(job)
        return fetch

    def admit(self, job: "_Job", missing_bytes: int) -> tuple[str, ...]:
        """Make room on the disk for a download, beside the others.  Returns what was deleted; raises
        TooLittleDisk.
        """
        with self._admission:
            with self._lock:
                others = [each for each in self._jobs.values() if each is not job]
                wanted = {part for each in (job, *others) for one in each.wanters for part in one.parts}
            missing_bytes += sum(each.missing_bytes for each in others)
            evicted = make_room(
                job.weights.name, missing_bytes, lambda weights: weights in wanted or self._in_use(weights)
            )
            require_disk(job.weights.name, missing_bytes, self._free)
        return tuple(map(str, evicted))

    def end(self, job: "_Job") -> None:
        """Forget a download that is over."""
        with self._lock:
            if self._jobs.get(job.weights) is job:
                del self._jobs[job.weights]


class Fetch:
    """One visitor's part in the downloads of one release."""

    def __init__(self, parts: tuple[Weights, ...], lock: threading.RLock) -> None:
        self.parts = parts
        self.jobs: list[_Job] = []
        self._lock, self._left = lock, False

    def leave(self) -> None:
        """Want it no more: a download ends with its last wanter, and what has arrived is kept."""
        with self._lock:
            self._left = self._left or not self.progress.over
            for job in self.jobs:
                if self in job.wanters:
                    job.wanters.remove(self)

    def wait(self, timeout_s: float | None = None) -> Progress:
        """Wait until it is over, or for some seconds.  A fetch that was left is over at once."""
        for job in self.jobs:
            if not self.progress.over:
                job.over.wait(timeout_s)
        return self.progress

    @property
    def progress(self) -> Progress:
        """How far it is, over all of its parts."""
        with self._lock:
            parts = [job.progress for job in self.jobs]
            state = CANCELLED if self._left else _joint_state([each.state for each in parts])
        totals = [each.total_bytes for each in parts]
        rates = [each.bytes_per_s for each in parts if each.bytes_per_s]
        joint = Progress(
            state=state,
            done_bytes=sum(each.done_bytes for each in parts),
            total_bytes=None if None in totals else sum(totals),
            error=next((each.error for each in parts if each.error), ""),
            evicted=tuple(name for each in parts for name in each.evicted),
        )
        if state != FETCHING or joint.total_bytes is None or not rates:
            return joint
        left = (joint.total_bytes - joint.done_bytes) / sum(rates)
        return replace(joint, bytes_per_s=sum(rates), seconds_left=left)


def _joint_state(states: list[str]) -> str:
    """The state of a fetch by those of its parts: what went wrong first, then what is still to be done."""
    for state in (FAILED, CANCELLED, FETCHING, WAITING, VERIFYING):
        if state in states:
            return state
    return DONE


class _Job(Watch):
    """The download of one repository, in a thread of its own."""

    def __init__(self, weights: Weights, fetches: Fetches) -> None:
        self.weights, self.wanters = weights, []
        self.interrupted, self.over = False, threading.Event()
        self.thread = threading.Thread(target=self._run, name=f"fetch {weights.name}", daemon=True)
        self._fetches, self._lock = fetches, fetches._lock
        self._progress, self._speed = Progress(state=WAITING), Speed()

    @property
    def progress(self) -> Progress:
        """How far it is."""
        with self._lock:
            rate = self._speed.bytes_per_s() if self._progress.state == FETCHING else None
            return replace(self._progress, bytes_per_s=rate)

    @property
    def missing_bytes(self) -> int:
        """How many bytes are still to come, as far as that is known."""
        with self._lock:
            return (self._progress.total_bytes or 0) - self._progress.done_bytes

    def begin(self, weights: Weights, missing_bytes: int, total_bytes: int) -> None:
        """Make room, and count from what is here already."""
        evicted = self._fetches.admit(self, missing_bytes)
        arrived = total_bytes - missing_bytes
        self._set(state=FETCHING, done_bytes=arrived, total_bytes=total_bytes, evicted=evicted)
        self._speed.add(arrived)

    def count(self, size_bytes: int) -> None:
        """Bytes have arrived."""
        with self._lock:
            done_bytes = min(self._progress.done_bytes + size_bytes, self._progress.total_bytes)
            self._set(done_bytes=done_bytes)
            self._speed.add(done_bytes)

    def check(self) -> None:
        """Interrupt the download if nobody wants it; who comes before that joins it."""
        with self._lock:
            self.interrupted = not self.wanters
        if self.interrupted:
            raise Interrupted

    def verify(self) -> None:
        """Everything is here."""
        self._set(state=VERIFYING, done_bytes=self._progress.total_bytes or 0)

    def _set(self, **values) -> None:
        with self._lock:
            self._progress = replace(self._progress, **values)

    def _run(self) -> None:
        state = FAILED
        error = f"Fetching {self.weights.name} failed by a mistake of BenchScribe; its log has the reason."
        try:
            fetch(self.weights, self)
            state, error = DONE, ""
        except Interrupted:
            state, error = CANCELLED, ""
        except WeightsMissing as failure:
            error = str(failure)
        finally:
            self._end(state, error)

    def _end(self, state: str, error: str) -> None:
        with self._lock:
            self.interrupted = True  # nobody joins what is over
            self._set(state=state, error=error)
            if state == DONE:
                total_bytes = self._progress.total_bytes or 0  # 0 if another process has brought it
                self._set(done_bytes=total_bytes, total_bytes=total_bytes)
            self._fetches.end(self)
            if state == FAILED:  # the other parts are of no use to those who wanted all of them
                for each in [one for wanter in self.wanters for one in wanter.jobs if one is not self]:
                    each.wanters = [one for one in each.wanters if one not in self.wanters]
        self.over.set()
