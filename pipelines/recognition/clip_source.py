"""ClipSource, the clips of a recording on their way to the models."""

import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from encodings.clip import FRAMES, Clip
from pipelines.limits import MAX_KEPT_FRAME_BYTES
from pipelines.recognition.clip_pass import ClipPass
from pipelines.recordings.recording import Recording, cut_clips, working_size
from zoo.model_store import ModelStore


class ClipSource:
    """The clips of a recording, for one batch of models after another.

    The frames are kept between batches if they are at most MAX_KEPT_FRAME_BYTES; of a longer recording the
    clips are decoded again for each batch.  variety is how many encodings of each clip are needed.
    """

    def __init__(self, recording: Recording, store: ModelStore, variety: int = 1) -> None:
        self._recording, self._store = recording, store
        width, height = working_size(recording)
        frame_bytes = recording.windows * FRAMES * height * width * 3 * variety
        self._fits = frame_bytes <= MAX_KEPT_FRAME_BYTES
        self._kept: list[ClipPass] = []

    def passes(self, keep: bool = False) -> Iterator[ClipPass]:
        """One pass over the clips, whose frames are kept for the next; closing it closes the recording."""
        if len(self._kept) == self._recording.windows:
            for clip_pass in self._kept:
                yield clip_pass
                clip_pass.forget_features()
            return
        self._kept.clear()
        with closing(clip_passes(self._recording, self._store)) as passes:
            for clip_pass in passes:
                yield clip_pass
                if keep and self._fits:
                    clip_pass.forget_features()
                    self._kept.append(clip_pass)


def clip_passes(recording: Recording, store: ModelStore) -> Iterator[ClipPass]:
    """The clips of a recording, decoded one ahead; closing the iterator closes the recording."""
    with closing(prefetch(cut_clips(recording))) as clips:
        start_s = time.perf_counter()
        for clip in clips:
            yield ClipPass(clip, time.perf_counter() - start_s, store)
            start_s = time.perf_counter()


def prefetch(items: Generator[Clip]) -> Iterator[Clip]:
    """Take the next item in a thread of its own while the caller works on this one.

    Closing it waits for that thread and then closes the items.
    """
    end = object()
    with closing(items), ThreadPoolExecutor(1, "decode") as thread:
        upcoming = thread.submit(next, items, end)
        while (item := upcoming.result()) is not end:
            upcoming = thread.submit(next, items, end)
            yield item
