"""How far a run is, and how often the page is redrawn meanwhile."""

import time

from pipelines.views.status import status_html

UPDATE_S = 0.25  # the page is redrawn at most this often while clips come in


class Pace:
    """Says when to draw a growing answer, and how far it is."""

    def __init__(self, title: str, unit: str) -> None:
        self.title, self.unit = title, unit
        self.started_s = self.drawn_s = time.monotonic()

    def is_due(self, done: int, finished: bool) -> bool:
        """Whether to draw now: the empty lanes, the first clip, the last, and in between a few a second."""
        now_s = time.monotonic()
        if not done:
            self.started_s = now_s  # the models are loaded by now
        due = done < 2 or finished or now_s - self.drawn_s >= UPDATE_S
        self.drawn_s = now_s if due else self.drawn_s
        return due

    def status(self, done: int, total: int) -> str:
        """A line such as “12 of 22 clips, about 4 s left”, with a bar."""
        each_s = (time.monotonic() - self.started_s) / max(1, done)
        left = f", about {each_s * (total - done):.0f} s left" if done else ""
        sentence = f"{done} of {total} {self.unit}{left}"
        return status_html(sentence, done / max(1, total), "running", self.title)
