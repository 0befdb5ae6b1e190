"""Several variants on one recording: decoded once, painted once an encoding, embedded once a pass."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace

from encodings.clip import V
from encodings.errors import UserError
from encodings.names import Encoding
from pipelines.recognition.comparison import About, Comparison, NoRelease, Run
from pipelines.recognition.recognise import ClipPass, Recognition, add_up, check_signals, clip_passes
from pipelines.recognition.smoothing import transition_counts_of
from pipelines.recordings.recording import Recording
from zoo.hub.download import fetch
from zoo.labels import label_set
from zoo.model_store import ModelStore
from zoo.release_config import ReleaseConfig
from zoo.releases import Release, find_release, measured_f1, trained_on, zero_shot_note
from zoo.variants import VARIANTS, Variant, variant
from zoo.weights import WeightsMissing

ALL = "all"
log = logging.getLogger(__name__)


def find_releases(
    keys: Sequence[str], labels: str, encoding: Encoding, tier: str = "embedded"
) -> tuple[Release | NoRelease, ...]:
    """The releases of some variants, in the order of the paper; keys may be ("all",).

    A variant without a release for the encoding answers with the one for V.  Raises UnknownVariant,
    UnknownLabels, UnknownTier.
    """
    wanted = [each.key for each in VARIANTS] if ALL in keys else [variant(key).key for key in keys]
    return tuple(_find(each, labels, encoding, tier) for each in VARIANTS if each.key in wanted)


def _find(recipe: Variant, labels: str, encoding: Encoding, tier: str) -> Release | NoRelease:
    said = []
    for name in dict.fromkeys((encoding.name, V.name)):
        try:
            return find_release(recipe.key, labels, name, tier)
        except WeightsMissing as error:
            said.append(str(error))
    return NoRelease(recipe, label_set(labels), tier, said[0])


def compare(
    recording: Recording, releases: Sequence[Release | NoRelease], encoding: Encoding, store: ModelStore
) -> Iterator[Comparison]:
    """Name the clips of a recording with every release, clip by clip, one release after the other.

    releases are of one label set and one tier, at least one.
    Yields before each load, after each name, and at the end.  A release that cannot be loaded or fails
    on the way is said to have failed, and the others go on.  A release that was not trained on the
    encoding is shown V.  Closing the iterator closes the recording.  Raises MissingSignal,
    UnreadableRecording.
    """
    check_signals(recording, encoding)
    runs = tuple(_run(recording, each, encoding) for each in releases)
    one = releases[0]
    state = Comparison(recording, one.labels, encoding, one.tier, recording.windows, runs)
    for number, run in enumerate(state.runs):
        if not run.failed:
            yield replace(state, loading=run.variant.title)
            state = _put(state, number, _load(run, store))
    state = _number_passes(state)
    yield state
    with closing(clip_passes(recording, store)) as clips:
        for clip in clips:
            before_s = state.latency_s
            for number, run in enumerate(state.runs):
                if not run.failed:
                    state = _put(state, number, _name(run, clip))
                    yield replace(state, latency_s=add_up(before_s, clip.spent))
            state = replace(state, latency_s=add_up(before_s, clip.spent))
            if all(run.failed for run in state.runs):
                break
    yield state


def _run(recording: Recording, release: Release | NoRelease, encoding: Encoding) -> Run:
    if isinstance(release, NoRelease):
        return Run(release.variant, None, release.sentence)
    shown = encoding if encoding.name in release.encodings else V
    return Run(release.variant, Recognition(recording, release, shown, recording.windows))


def _put(state: Comparison, number: int, run: Run) -> Comparison:
    return replace(state, runs=(*state.runs[:number], run, *state.runs[number + 1 :]))


def _load(run: Run, store: ModelStore) -> Run:
    try:
        release = run.answer.release
        store.load(release)
        answer = replace(run.answer, transition_counts=transition_counts_of(release))
        return replace(run, answer=answer, about=_about(release, store))
    except Exception as error:
        return replace(run, failed=_why(run, error))


def _about(release: Release, store: ModelStore) -> About:
    parameters, memory_bytes = store.size(release)
    folder = fetch(release.weights)
    counts = dict(ReleaseConfig.read(folder).training_labels)
    return About(
        trained_on=trained_on(release, folder),
        measured_f1=measured_f1(folder, release.labels.key),
        training_labels=counts,
        parameters=parameters,
        memory_bytes=memory_bytes,
        zero_shot_note=zero_shot_note(release, folder),
    )


def _number_passes(state: Comparison) -> Comparison:
    """Give runs that look at the same encoding through the same encoder the same number."""
    numbers: dict[tuple, int] = {}
    for place, run in enumerate(state.runs):
        if not run.failed:
            key = run.answer.release.feature_spec, run.answer.encoding
            number = numbers.setdefault(key, len(numbers) + 1)
            state = _put(state, place, replace(run, about=replace(run.about, forward_pass=number)))
    return state


def _name(run: Run, clip: ClipPass) -> Run:
    try:
        return replace(run, answer=clip.name(run.answer))
    except Exception as error:
        return replace(run, failed=_why(run, error))


def _why(run: Run, error: Exception) -> str:
    """One sentence on why a run has to stop; a mistake of ours is logged, and stops nobody else."""
    if isinstance(error, UserError):
        return str(error)
    log.error("%s failed", run.variant.title, exc_info=error)
    return (
        f"{run.variant.title} stopped after {run.named} of {run.answer.total} clips by a mistake of ours "
        f"({type(error).__name__}); the log says more."
    )
