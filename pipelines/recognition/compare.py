"""Several variants on one recording: decoded once, encoded once an encoding, embedded once a forward pass."""

import logging
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import replace
from types import MappingProxyType

from encodings.clip import V
from encodings.errors import UserError
from encodings.names import Encoding
from pipelines.recognition.clip_pass import ClipPass
from pipelines.recognition.clip_source import ClipSource
from pipelines.recognition.comparison import MIXED, About, Comparison, NoRelease, Run
from pipelines.recognition.recognise import add_answer, check_signals, start_recognition
from pipelines.recognition.smoothing import transition_counts_of
from pipelines.recordings.recording import Recording
from zoo.hub.download import fetch
from zoo.labels import label_set
from zoo.model_store import ModelStore
from zoo.release_choices import ReleaseChoice, parse_choices, qualifiers
from zoo.release_config import ReleaseConfig
from zoo.releases import Release, measured_f1, trained_on, zero_shot_note
from zoo.weights import TooLittleMemory, WeightsMissing

log = logging.getLogger(__name__)


def find_releases(
    keys: Sequence[str],
    labels: str,
    encoding: Encoding,
    tier: str = "embedded",
    faults: Mapping[str, str] = MappingProxyType({}),
) -> tuple[Release | NoRelease, ...]:
    """The releases of some choices, in the order of the paper; keys are as `parse_choices` reads them.

    faults says why some choices, by their text, could not be fetched: these are no releases then.  One
    without a release for the encoding answers with the one for V.  Raises UnknownVariant, UnknownLabels,
    UnknownTier.
    """
    return tuple(
        NoRelease(choice=each, labels=label_set(labels), reason=faults[each.text])
        if each.text in faults
        else _find(each, labels, encoding)
        for each in parse_choices(keys, tier)
    )


def _find(choice: ReleaseChoice, labels: str, encoding: Encoding) -> Release | NoRelease:
    reasons = []
    for name in dict.fromkeys((encoding.name, V.name)):
        try:
            return choice.find(labels, name)
        except WeightsMissing as error:
            reasons.append(str(error))
    return NoRelease(choice=choice, labels=label_set(labels), reason=reasons[0])


def compare(
    recording: Recording, releases: Sequence[Release | NoRelease], encoding: Encoding, store: ModelStore
) -> Iterator[Comparison]:
    """Label the clips of a recording with every release, clip by clip, one release after the other.

    releases are of one label set, at least one.  Those whose models do not fit the store's
    budget together take turns: each model is loaded once, and goes through the whole recording before the
    next batch is loaded.
    Yields before each load, after each label, and at the end.  A release that cannot be loaded or fails
    on the way becomes a failed run, and the others go on.  A release that was not trained on the
    encoding is shown V.  Closing the iterator closes the recording.  Raises MissingSignal,
    UnreadableRecording.
    """
    check_signals(recording, encoding)
    state = _start(recording, releases, encoding)
    source = ClipSource(recording, store, len({run.answer.encoding for run in state.runs if run.answer}))
    waiting = _groups(state.runs)
    while waiting:
        batch: list[int] = []
        with ExitStack() as loaded:
            while waiting and (not batch or store.has_room(_releases(state, waiting[0]))):
                for number in waiting[0]:
                    yield replace(state, loading=state.runs[number].title)
                    state = _put(state, number, _load(state.runs[number], store, loaded))
                batch += waiting.pop(0)
            state = _number_passes(state)
            yield state
            passes = source.passes(_batch_limit(state, batch, store), keep=bool(waiting))
            state = yield from _answer_clips(state, batch, passes)
    yield state


def _start(recording: Recording, releases: Sequence[Release | NoRelease], encoding: Encoding) -> Comparison:
    choices = [each.choice if isinstance(each, NoRelease) else ReleaseChoice.of(each) for each in releases]
    return Comparison(
        recording=recording,
        labels=releases[0].labels,
        encoding=encoding,
        tier=releases[0].tier if len({each.tier for each in releases}) == 1 else MIXED,
        total=recording.windows,
        runs=tuple(
            _run(recording, each, encoding, qualifier)
            for each, qualifier in zip(releases, qualifiers(choices), strict=True)
        ),
    )


def _run(recording: Recording, release: Release | NoRelease, encoding: Encoding, qualifier: str) -> Run:
    if isinstance(release, NoRelease):
        return Run(variant=release.variant, qualifier=qualifier, failed=release.reason)
    shown = encoding if encoding.name in release.encodings else V
    answer = start_recognition(recording, release, shown)
    return Run(variant=release.variant, qualifier=qualifier, answer=answer)


def _groups(runs: Sequence[Run]) -> list[list[int]]:
    """The numbers of the runs that can answer, those that share an encoder together."""
    groups: dict[tuple, list[int]] = {}
    for number, run in enumerate(runs):
        if run.answer:
            groups.setdefault(run.answer.release.feature_spec.model, []).append(number)
    return list(groups.values())


def _releases(state: Comparison, numbers: Sequence[int]) -> list[Release]:
    return [state.runs[number].answer.release for number in numbers]


def _put(state: Comparison, number: int, run: Run) -> Comparison:
    return replace(state, runs=(*state.runs[:number], run, *state.runs[number + 1 :]))


def _load(run: Run, store: ModelStore, loaded: ExitStack) -> Run:
    """Load the models of a run and keep them until `loaded` is closed."""
    release = run.answer.release
    try:
        loaded.enter_context(store.keep(release))
        answer = replace(run.answer, transition_counts=transition_counts_of(release))
        return replace(run, answer=answer, about=_about(release, store))
    except Exception as error:
        return replace(run, failed=_reason(run, error))


def _about(release: Release, store: ModelStore) -> About:
    parameters, memory_bytes = store.size(release)
    folder = fetch(release.weights)
    return About(
        trained_on=trained_on(release, folder),
        measured_f1=measured_f1(folder, release.labels.key),
        training_labels=dict(ReleaseConfig.read(folder).training_labels),
        parameters=parameters,
        memory_bytes=memory_bytes,
        zero_shot_note=zero_shot_note(release, folder),
    )


def _number_passes(state: Comparison) -> Comparison:
    """Give loaded runs that share a forward pass, an encoder on the same encoding, the same number."""
    numbers: dict[tuple, int] = {}
    for place, run in enumerate(state.runs):
        if run.about.parameters is not None:
            key = run.answer.release.feature_spec, run.answer.encoding
            number = numbers.setdefault(key, len(numbers) + 1)
            state = _put(state, place, replace(run, about=replace(run.about, forward_pass=number)))
    return state


def _batch_limit(state: Comparison, numbers: Sequence[int], store: ModelStore) -> int:
    """How many clips the loaded runs among some may embed at once."""
    loaded = [number for number in numbers if not state.runs[number].failed]
    specs = {release.feature_spec for release in _releases(state, loaded)}
    try:
        return min((store.batch_limit(spec) for spec in specs), default=1)
    except TooLittleMemory:  # the run itself will say so, when it embeds its first clip
        return 1


def _answer_clips(
    state: Comparison, batch: Sequence[int], passes: Iterator[ClipPass]
) -> Generator[Comparison, None, Comparison]:
    """Let a batch of loaded runs answer every clip; the runs are given by their numbers."""
    with closing(passes):
        while any(not state.runs[number].failed for number in batch):
            if (clip_pass := next(passes, None)) is None:
                break
            for number in batch:
                if not state.runs[number].failed:
                    state = _put(state, number, _answer(state.runs[number], clip_pass))
                    state = replace(state, latency=state.latency + clip_pass.take_latency())
                    yield state
    return state


def _answer(run: Run, clip_pass: ClipPass) -> Run:
    try:
        return replace(run, answer=add_answer(run.answer, clip_pass))
    except Exception as error:
        return replace(run, failed=_reason(run, error))


def _reason(run: Run, error: Exception) -> str:
    """One sentence on why a run stops; a mistake of ours is logged, and stops no other run."""
    if isinstance(error, UserError):
        return str(error)
    log.error("%s failed", run.title, exc_info=error)
    return (
        f"{run.title} stopped after {run.clips_done} of {run.answer.total} clips because of an error "
        f"in BenchScribe ({type(error).__name__}); the log has the details."
    )
