"""The one path: a recording becomes labelled clips and a workflow, clip by clip."""

import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace

from encodings.names import Encoding
from encodings.paint import require
from pipelines.recognition.clip_pass import ClipPass, NamedClip
from pipelines.recognition.clip_source import clip_passes
from pipelines.recognition.latency import Latency
from pipelines.recognition.smoothing import TransitionCounts, smooth, transition_counts_of
from pipelines.recognition.workflow import Workflow, compile_workflow
from pipelines.recordings.recording import Recording
from zoo.model_store import ModelStore
from zoo.releases import Release

RECENT = 64  # clips that are smoothed again with each new one; all of them are with the last


@dataclass(frozen=True, kw_only=True)
class Recognition:
    """The answer of one release to one recording, so far.

    smoothed has the label of each clip after smoothing; the workflow is compiled from it.  transition_counts
    are the release's, () if it has none: then, or where clips have no scores, smoothed has the model's own
    labels and is_smoothed is False.
    """

    recording: Recording
    release: Release
    encoding: Encoding
    total: int  # clips there will be
    clips: tuple[NamedClip, ...] = ()
    workflow: Workflow = field(default_factory=Workflow)
    latency: Latency = field(default_factory=Latency)
    transition_counts: TransitionCounts = ()
    smoothed: tuple[str, ...] = ()
    is_smoothed: bool = False

    @property
    def labels(self) -> tuple[str, ...]:
        """The model's own label of each clip, before smoothing."""
        return tuple(clip.prediction.label for clip in self.clips)

    @property
    def finished(self) -> bool:
        """Whether every clip has its label."""
        return len(self.clips) == self.total


def recognise(
    recording: Recording, release: Release, encoding: Encoding, store: ModelStore
) -> Iterator[Recognition]:
    """Label the clips of a recording one after the other; yields after each, and once before the first.

    Models are loaded before the clock starts.  Decoding runs ahead: its latency is the time spent waiting for
    it.  Clips that are embedded together bear an equal share of the seconds each.  Closing the iterator
    closes the recording.  Raises MissingSignal, WeightsMissing, UnreadableRecording.
    """
    check_signals(recording, encoding)
    store.load(release)
    limit = store.batch_limit(release.feature_spec)
    state = start_recognition(recording, release, encoding)
    state = replace(state, transition_counts=transition_counts_of(release))
    yield state
    with closing(clip_passes(recording, store, limit)) as passes:
        for clip_pass in passes:
            state = add_answer(state, clip_pass)
            yield state


def check_signals(recording: Recording, encoding: Encoding) -> None:
    """Make sure that a recording has the signals of an encoding.  Raises MissingSignal."""
    require(encoding, {"V"} if recording.gaze is None else {"V", "G"})


def start_recognition(recording: Recording, release: Release, encoding: Encoding) -> Recognition:
    """A recognition without a clip yet."""
    return Recognition(recording=recording, release=release, encoding=encoding, total=recording.windows)


def add_answer(state: Recognition, clip_pass: ClipPass) -> Recognition:
    """Let the release answer the next clip; smooth its label with its neighbours, compile the workflow.

    Raises WeightsMissing, MissingSignal.
    """
    clip, latency = clip_pass.answer(state.release, state.encoding)
    start_s = time.perf_counter()
    state = add_clip(state, clip)
    smoothing = Latency(answer=time.perf_counter() - start_s)
    clip_pass.spend(smoothing)
    return replace(state, latency=state.latency + latency + smoothing)


def add_clip(state: Recognition, clip: NamedClip) -> Recognition:
    """Append a clip; only RECENT clips are smoothed again, all of them with the last one."""
    clips = (*state.clips, clip)
    predictions, labels = [each.prediction for each in clips], state.release.labels
    first = max(0, len(clips) - RECENT) if len(clips) < state.total else 0
    smoothed = state.smoothed[:first] + smooth(predictions[first:], labels, state.transition_counts)
    relabelled = [replace(each, label=label) for each, label in zip(predictions, smoothed, strict=True)]
    return replace(
        state,
        clips=clips,
        smoothed=smoothed,
        is_smoothed=bool(state.transition_counts) and clip.prediction.scores is not None,
        workflow=compile_workflow(relabelled, labels),
    )
