"""The one path: a recording in, named clips and a workflow out, clip by clip."""

import base64
import time
from collections.abc import Callable, Generator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace

import cv2

from encodings.clip import FRAMES, Clip
from encodings.names import Encoding
from encodings.paint import encode, require
from pipelines.recognition.smoothing import TransitionCounts, smooth, transition_counts_of
from pipelines.recognition.workflow import Workflow, compile_workflow
from pipelines.recordings.recording import Recording, cut_clips
from zoo.model_store import ModelStore
from zoo.predictions import ClipPrediction
from zoo.releases import Release

STAGES = ("decode", "signals", "encode", "embed", "answer")
RECENT = 64  # clips that are weighed anew with each that comes; all of them are with the last
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
    """What is known so far of a recording that is being recognised.

    settled has the label of each clip once its neighbours were heard, from which the workflow is compiled;
    follows is what the release knows of its labels' order, () if nothing: then, or without scores, they are
    as they were named, and weighed is False.
    """

    recording: Recording
    release: Release
    encoding: Encoding
    total: int  # clips there will be
    clips: tuple[NamedClip, ...] = ()
    workflow: Workflow = NO_STEPS
    latency_s: dict[str, float] = field(default_factory=dict)
    transition_counts: TransitionCounts = ()
    smoothed: tuple[str, ...] = ()
    is_smoothed: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """The label that the model gave each clip."""
        return tuple(clip.prediction.label for clip in self.clips)

    @property
    def finished(self) -> bool:
        """Whether every clip has been named."""
        return len(self.clips) == self.total


class ClipPass:
    """One clip on its way to its names: painted once an encoding, embedded once a forward pass.

    spent holds the seconds really spent on it by stage, however many releases share the work.
    """

    def __init__(self, clip: Clip, decode_s: float, store: ModelStore) -> None:
        self.clip, self.store = clip, store
        self.spent = dict.fromkeys(STAGES, 0.0) | {"decode": decode_s}
        self._done: dict[tuple, tuple] = {}

    def name(self, state: Recognition) -> Recognition:
        """Go on with what is known by this clip's name.

        The latency is what the release would take alone: work shared with others counts in full.
        Raises WeightsMissing, MissingSignal.
        """
        release, asked = state.release, state.encoding
        (painted, thumbnail), encode_s = self._once("encode", asked, lambda: _paint(self.clip, asked))
        spec, shown = release.feature_spec, painted.encoding
        features, embed_s = self._once("embed", (spec, shown), lambda: self.store.embed(spec, [painted]))
        start_s = time.perf_counter()
        (prediction,) = self.store.answer(release, features)
        state = _with(state, NamedClip(prediction, shown, self.clip.gaze_coverage, thumbnail))
        answer_s = time.perf_counter() - start_s
        self.spent["answer"] += answer_s
        taken_s = {"decode": self.spent["decode"], "encode": encode_s, "embed": embed_s, "answer": answer_s}
        return replace(state, latency_s=add_up(state.latency_s, taken_s))

    def _once(self, stage: str, key: object, act: Callable[[], object]) -> tuple:
        """What an act gives and the seconds it took, now or when another release asked for it."""
        if (stage, key) not in self._done:
            start_s = time.perf_counter()
            made = act()
            taken_s = time.perf_counter() - start_s
            self.spent[stage] += taken_s
            self._done[stage, key] = made, taken_s
        return self._done[stage, key]


def _paint(clip: Clip, encoding: Encoding) -> tuple[Clip, str]:
    painted = encode(clip, encoding)
    return painted, _thumbnail(painted)


def _with(state: Recognition, named: NamedClip) -> Recognition:
    clips = (*state.clips, named)
    said, labels = [each.prediction for each in clips], state.release.labels
    far = max(0, len(clips) - RECENT) if len(clips) < state.total else 0
    smoothed = state.smoothed[:far] + smooth(said[far:], labels, state.transition_counts)
    steps = [replace(each, label=label) for each, label in zip(said, smoothed, strict=True)]
    is_smoothed = bool(state.transition_counts) and named.prediction.scores is not None
    workflow = compile_workflow(steps, labels)
    return replace(state, clips=clips, smoothed=smoothed, is_smoothed=is_smoothed, workflow=workflow)


def add_up(before: dict[str, float], taken_s: dict[str, float]) -> dict[str, float]:
    """Seconds by stage after one more clip, and in all."""
    sums = {stage: before.get(stage, 0.0) + taken_s.get(stage, 0.0) for stage in STAGES}
    return {**sums, "total": sum(sums.values())}


def recognise(
    recording: Recording, release: Release, encoding: Encoding, store: ModelStore
) -> Iterator[Recognition]:
    """Name the clips of a recording one after the other; yields after each, and once before the first.

    Models are loaded before the clock starts; decoding runs one clip ahead, so that its latency is
    the time spent waiting for it.  Closing the iterator closes the recording.  Raises MissingSignal,
    WeightsMissing, UnreadableRecording.
    """
    check_signals(recording, encoding)
    store.load(release)
    state = Recognition(
        recording, release, encoding, recording.windows, transition_counts=transition_counts_of(release)
    )
    yield state
    with closing(clip_passes(recording, store)) as clips:
        for clip in clips:
            state = clip.name(state)
            yield state


def check_signals(recording: Recording, encoding: Encoding) -> None:
    """Make sure that a recording can be painted in an encoding.  Raises MissingSignal."""
    require(encoding, {"V"} if recording.gaze is None else {"V", "G"})


def clip_passes(recording: Recording, store: ModelStore) -> Iterator[ClipPass]:
    """A recording's clips on their way to the models; closing it closes the recording."""
    with closing(ahead(cut_clips(recording))) as clips:
        start_s = time.perf_counter()
        for clip in clips:
            yield ClipPass(clip, time.perf_counter() - start_s, store)
            start_s = time.perf_counter()


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
