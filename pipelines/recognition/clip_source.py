"""ClipSource, the clips of a recording on their way to the models."""

import time
from collections import deque
from collections.abc import Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import TypeVar

from encodings.clip import FRAMES
from pipelines.limits import MAX_KEPT_FRAME_BYTES
from pipelines.recognition.clip_pass import ClipBatch, ClipPass
from pipelines.recordings.recording import Recording, cut_clips, working_size
from zoo.model_store import ModelStore

Item = TypeVar("Item")


class ClipSource:
    """The clips of a recording, for one group of models after another.

    The frames are kept between groups if they are at most MAX_KEPT_FRAME_BYTES; of a longer recording the
    clips are decoded again for each group.  variety is how many encodings of each clip are needed.
    """

    def __init__(self, recording: Recording, store: ModelStore, variety: int = 1) -> None:
        self._recording, self._store = recording, store
        width, height = working_size(recording)
        frame_bytes = recording.windows * FRAMES * height * width * 3 * variety
        self._fits = frame_bytes <= MAX_KEPT_FRAME_BYTES
        self._kept: list[ClipBatch] = []

    def passes(self, limit: int = 1, keep: bool = False) -> Iterator[ClipPass]:
        """One pass over the clips, embedded at most `limit` at once; closing it closes the recording.

        With `keep` their frames are kept for the next pass, in the same batches.
        """
        if sum(len(batch.clips) for batch in self._kept) == self._recording.windows:
            for batch in self._kept:
                yield from passes_of(batch)
                batch.forget_answers()
            return
        self._kept.clear()
        with closing(clip_batches(self._recording, self._store, limit)) as batches:
            for batch in batches:
                yield from passes_of(batch)
                if keep and self._fits:
                    batch.forget_answers()
                    self._kept.append(batch)


def clip_passes(recording: Recording, store: ModelStore, limit: int = 1) -> Iterator[ClipPass]:
    """The clips of a recording, embedded at most `limit` at once; closing it closes the recording."""
    with closing(clip_batches(recording, store, limit)) as batches:
        for batch in batches:
            yield from passes_of(batch)


def passes_of(batch: ClipBatch) -> Iterator[ClipPass]:
    """The clips of a batch, one after the other."""
    return (ClipPass(batch, number) for number in range(len(batch.clips)))


def clip_batches(recording: Recording, store: ModelStore, limit: int) -> Iterator[ClipBatch]:
    """The clips of a recording in batches, decoded ahead; closing the iterator closes the recording."""
    with closing(ready_batches(cut_clips(recording), limit)) as batches:
        start_s = time.perf_counter()
        for clips in batches:
            yield ClipBatch(clips, time.perf_counter() - start_s, store)
            start_s = time.perf_counter()


def prefetch(items: Generator[Item]) -> Iterator[Item]:
    """Take the next item in a thread of its own while the caller works on this one."""
    with closing(ready_batches(items, 1)) as batches:
        for (item,) in batches:
            yield item


def ready_batches(items: Generator[Item], limit: int) -> Iterator[list[Item]]:
    """Take up to `limit` items ahead in a thread of its own while the caller works; give out those ready.

    The first batch has one item, so that the first answer comes soon; after it a batch has what is ready,
    at most twice as many items as the one before: batches grow while the caller falls behind, and only then.
    Closing it waits for the item in work and then closes the items.
    """
    end, size = object(), 1
    with closing(items), ThreadPoolExecutor(1, "decode") as thread:
        ahead = deque(thread.submit(next, items, end) for _ in range(limit))
        try:
            while (item := ahead.popleft().result()) is not end:
                batch = [item]
                while len(batch) < size and ahead and _has_item(ahead[0], end):
                    batch.append(ahead.popleft().result())
                ahead.extend(thread.submit(next, items, end) for _ in batch)
                size = min(limit, 2 * len(batch))
                yield batch
        finally:
            for future in ahead:
                future.cancel()


def _has_item(future: Future, end: object) -> bool:
    return future.done() and future.exception() is None and future.result() is not end
