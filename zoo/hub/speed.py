"""The speed of a download, measured over its last seconds."""

import time
from collections import deque
from collections.abc import Callable

WINDOW_S = 20.0  # long enough for several pieces of 10 MB on a slow line
LEAST_S = 0.5  # below which nothing is known


class Speed:
    """A moving average over a window of time, which falls when nothing arrives."""

    def __init__(self, clock_s: Callable[[], float] = time.monotonic) -> None:
        self._clock_s = clock_s
        self._samples: deque[tuple[float, int]] = deque()

    def add(self, done_bytes: int) -> None:
        """So many bytes are done by now."""
        now_s = self._clock_s()
        self._samples.append((now_s, done_bytes))
        while len(self._samples) > 2 and now_s - self._samples[1][0] >= WINDOW_S:
            self._samples.popleft()

    def bytes_per_s(self) -> float | None:
        """Bytes a second; None until known.

        Pieces arrive at once, so time counts up to the last of them, until the next is overdue.
        """
        if len(self._samples) < 2:
            return None
        (first_s, first), (last_s, last) = self._samples[0], self._samples[-1]
        span_s, since_s = last_s - first_s, self._clock_s() - last_s
        if since_s > 2 * span_s / (len(self._samples) - 1):
            span_s += since_s
        if span_s < LEAST_S or last <= first:
            return None
        return (last - first) / span_s
