"""The one path: a recording in, named clips and a workflow out, clip by clip."""

import base64
import time
from collections.abc import Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace

import cv2

from encodings.clip import FRAMES, Clip
from encodings.names import Encoding
from encodings.paint import encode, require
from pipelines.recording import Recording, cut_clips
from pipelines.workflow import Workflow, compile_workflow
from zoo.answers import ClipPrediction
from zoo.releases import Release
from zoo.shelf import Shelf

STAGES = ("decode", "signals", "encode", "embed", "answer")
THUMBNAIL_HEIGHT = 72  # px of the small picture kept of each clip
THUMBNAIL_FRAME = FRAMES // 2  # its middle frame
THUMBNAIL_QUALITY = 70


NO_STEPS = Workflow()


@dataclass(frozen=True)
class NamedClip:
    """A clip's prediction, beside what the model was really shown."""

    prediction: ClipPrediction
    encoding: Encoding  # VG falls back to V where no gaze was seen in the whole clip
    gaze_coverage: float
    thumbnail: str  # data URI of a JPEG: the middle frame as painted


@dataclass(frozen=True)
class Recognition:
    """What is known so far of a recording that is being recognised."""

    recording: Recording
    release: Release
    encoding: Encoding
    total: int  # clips there will be
    clips: tuple[NamedClip, ...] = ()
    workflow: Workflow = NO_STEPS
    latency_s: dict[str, float] = field(default_factory=dict)

    @property
    def finished(self) -> bool:
        """Whether every clip has been named."""
        return len(self.clips) == self.total


class Stopwatch:
    """Adds up the seconds spent in each stage."""

    def __init__(self) -> None:
        self.seconds = dict.fromkeys(STAGES, 0.0)
        self._born = self._last = time.perf_counter()

    def lap(self, stage: str) -> None:
        """Put the time since the last lap down to a stage."""
        now = time.perf_counter()
        self.seconds[stage] += now - self._last
        self._last = now

    def resume(self) -> None:
        """Go on after a pause that is nobody's: what the reader of the result did with it."""
        now = time.perf_counter()
        self._born += now - self._last
        self._last = now

    def read(self) -> dict[str, float]:
        """Seconds by stage so far, and in all."""
        return {**self.seconds, "total": self._last - self._born}


def recognise(
    recording: Recording, release: Release, encoding: Encoding, shelf: Shelf
) -> Iterator[Recognition]:
    """Name the clips of a recording one after the other; yields after each, and once before the first.

    Models are loaded before the clock starts; decoding runs one clip ahead, so that its latency is
    the time spent waiting for it.  Closing the iterator closes the recording.  Raises MissingSignal,
    WeightsMissing, UnreadableRecording.
    """
    require(encoding, {"V"} if recording.gaze is None else {"V", "G"})
    shelf.load(release)
    state = Recognition(recording, release, encoding, recording.windows)
    yield state
    watch = Stopwatch()
    with closing(ahead(cut_clips(recording))) as clips:
        for clip in clips:
            watch.lap("decode")
            painted = encode(clip, encoding)
            thumbnail = _thumbnail(painted)
            watch.lap("encode")
            features = shelf.embed(release.feature_spec, [painted])
            watch.lap("embed")
            (prediction,) = shelf.answer(release, features)
            named = NamedClip(prediction, painted.encoding, clip.gaze_coverage, thumbnail)
            state = _with(state, named)
            watch.lap("answer")
            state = replace(state, latency_s=watch.read())
            yield state
            watch.resume()


def _with(state: Recognition, named: NamedClip) -> Recognition:
    clips = (*state.clips, named)
    workflow = compile_workflow([each.prediction for each in clips], state.release.labels)
    return replace(state, clips=clips, workflow=workflow)


def ahead(items: Generator[Clip]) -> Iterator[Clip]:
    """Take the next item in a thread of its own while this one is worked on.

    Closing it waits for that thread and then closes the items.
    """
    end = object()
    with closing(items), ThreadPoolExecutor(1, "decode") as thread:
        coming = thread.submit(next, items, end)
        while (item := coming.result()) is not end:
            coming = thread.submit(next, items, end)
            yield item


def _thumbnail(clip: Clip) -> str:
    frame = clip.frames[THUMBNAIL_FRAME]
    width = round(frame.shape[1] * THUMBNAIL_HEIGHT / frame.shape[0])
    small = cv2.resize(frame, (width, THUMBNAIL_HEIGHT), interpolation=cv2.INTER_AREA)
    quality = [cv2.IMWRITE_JPEG_QUALITY, THUMBNAIL_QUALITY]
    jpeg = cv2.imencode(".jpg", cv2.cvtColor(small, cv2.COLOR_RGB2BGR), quality)[1]
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
