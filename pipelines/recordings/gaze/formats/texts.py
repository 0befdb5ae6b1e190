"""Columns of text that repeat few words, kept as numbers; and which of several recordings a row is of."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from pipelines.recordings.gaze.clock import Video
from pipelines.recordings.gaze.files import MAX_NAMES, UnreadableGaze

MAX_OFF_S, MAX_OFF_SHARE = 1.0, 0.02  # gaze ends with its video, as both are stopped together


class Words:
    """Converts a column of text to the numbers of its words, in lower case and without spaces around."""

    def __init__(self) -> None:
        """No word is known at first."""
        self._numbers: dict[str, int] = {}

    def __call__(self, series: pd.Series) -> np.ndarray:
        """[N] int32, the number of each word; an empty cell is the word ""."""
        codes, words = pd.factorize(series)
        stripped = [str(word).strip() for word in words]
        if (codes < 0).any():
            stripped.append("")  # an empty cell has the code -1
        numbers = [self._numbers.setdefault(word, len(self._numbers)) for word in stripped]
        return np.array(numbers, np.int32)[codes]

    def text(self, codes: np.ndarray) -> "Text":
        """The column that was read."""
        return Text(codes, tuple(self._numbers))


@dataclass(frozen=True, eq=False)
class Text:
    """A column of text: codes [N] are the numbers of its words."""

    codes: np.ndarray
    words: tuple[str, ...]

    def where(self, chosen: Callable[[str], bool]) -> np.ndarray:
        """[N] bool: rows whose word, in lower case, is chosen."""
        return np.array([chosen(word.lower()) for word in self.words], bool)[self.codes]

    def at(self, rows: np.ndarray) -> "Text":
        """The rows that rows [N] bool selects."""
        return Text(self.codes[rows], self.words)

    @property
    def used(self) -> list[str]:
        """Every word that occurs, in the order of the file."""
        return [self.words[code] for code in np.unique(self.codes)]


def join(first: Text, second: Text) -> Text:
    """A column that tells rows apart which differ in either, as in "Recording1 (Participant2)"."""
    codes, numbers = np.unique(
        first.codes.astype(np.int64) * len(second.words) + second.codes, return_inverse=True
    )
    pairs = [divmod(int(code), len(second.words)) for code in codes]
    return Text(numbers, tuple(f"{first.words[a]} ({second.words[b]})" for a, b in pairs))


def choose_recording(
    source_name: str, recordings: Text, times_s: np.ndarray, video: Video | None
) -> tuple[np.ndarray, tuple[str, ...]]:
    """[N] bool, which samples are of the video's recording, and a note if there are several.

    recordings and times_s [N] are the recording of each sample, and when in it.  Raises UnreadableGaze
    unless there is one, or one alone that ends with the video.
    """
    names = recordings.used
    if len(names) == 1:
        return np.ones(len(times_s), bool), ()
    listed = ", ".join(names[:MAX_NAMES]) + (", …" if len(names) > MAX_NAMES else "")
    if video is not None:
        end_s = float(video.times_s[-1])
        most_s = max(MAX_OFF_S, MAX_OFF_SHARE * end_s)
        rows = [recordings.codes == recordings.words.index(name) for name in names]
        fitting = [each for each in rows if abs(np.nanmax(times_s[each], initial=-np.inf) - end_s) <= most_s]
        if len(fitting) == 1:
            chosen = recordings.at(fitting[0]).used[0]
            note = (
                f"Of several recordings ({listed}), {chosen} was read, which alone is as long as the video."
            )
            return fitting[0], (note,)
    raise UnreadableGaze(
        f"“{source_name}” holds gaze of several recordings ({listed}): export the recording of this "
        "video alone."
    )
