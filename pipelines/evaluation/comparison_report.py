"""What a comparison shows beyond each model's own answer: agreement, scores against the truth, chance."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest

from encodings.clip import CLIP_S
from pipelines.evaluation.random_baseline import weighted_draw
from pipelines.evaluation.score import ScoredClip, score_clips
from pipelines.recognition.agreement import Pair, Vote, consensus, pairwise, worth_a_look
from pipelines.recognition.comparison import Comparison, Run
from pipelines.recognition.workflow import Workflow, compile_workflow
from pipelines.recordings.annotations.labels_file import labels_at
from pipelines.recordings.annotations.segment import NO_LABELS, Segment, TrueLabels
from pipelines.recordings.recording import Recording
from zoo.evaluation import Scores
from zoo.labels import LabelSet
from zoo.predictions import ClipPrediction

CONSENSUS, CHANCE, TRUTH = "consensus", "chance", "truth"
TITLES = {CONSENSUS: "Consensus", CHANCE: "Chance", TRUTH: "Truth"}


@dataclass(frozen=True, kw_only=True)
class ComparisonReport:
    """Everything is by the number of a clip or the key of a run, CONSENSUS and CHANCE; titles name the keys.

    votes and worth_a_look are on the smoothed labels, or if `smoothed` is False on the models' own.

    scores are over the clips whose truth is known.  Workflows and scores of truth and chance end where the
    model ends that has named most.  chance is empty where no release says how often its training split had
    each label; chance_source says where the frequencies are from, or why there are none.
    """

    truth: TrueLabels = NO_LABELS
    true_labels: tuple[str | None, ...] = ()
    votes: tuple[Vote, ...] = ()
    pairs: dict[tuple[str, str], Pair] = field(default_factory=dict)
    worth_a_look: tuple[int, ...] = ()
    chance: tuple[str, ...] = ()
    chance_source: str = ""
    workflows: dict[str, Workflow] = field(default_factory=dict)
    scores: dict[str, Scores] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    smoothed: bool = True


def with_own_labels(report: ComparisonReport, comparison: Comparison) -> ComparisonReport:
    """The same, but that the models vote with their own labels, before smoothing."""
    own = [labels_of(run) for run in comparison.answered]
    votes = consensus(own, comparison.labels) if len(own) > 1 else ()
    return replace(report, votes=votes, worth_a_look=worth_a_look(votes), smoothed=False)


def make_report(comparison: Comparison, truth: Sequence[Segment] = ()) -> ComparisonReport:
    """Compare the answers with each other and with the truth, which is as `read_labels` gives it."""
    labels, spans = comparison.labels, clip_spans(comparison.recording)
    answers = {run.key: labels_of(run) for run in comparison.answered}
    smoothed = {run.key: run.answer.smoothed for run in comparison.answered}
    votes = consensus(list(smoothed.values()), labels) if len(smoothed) > 1 else ()
    chance, source = _chance(comparison)
    true_labels = labels_at(truth, spans)
    named = max(map(len, answers.values()), default=0)  # clips; fewer than all while a comparison goes on
    references = {CONSENSUS: tuple(vote.label for vote in votes), CHANCE: chance[:named]}
    if any(true_labels[:named]):
        references[TRUTH] = true_labels[:named]
    workflows = {key: _workflow(each, spans, labels) for key, each in references.items() if each}
    workflows |= {run.key: run.answer.workflow for run in comparison.answered}
    return ComparisonReport(
        truth=truth if isinstance(truth, TrueLabels) else TrueLabels(tuple(truth)),
        true_labels=true_labels,
        votes=votes,
        pairs=pairwise(answers),
        worth_a_look=worth_a_look(votes),
        chance=chance,
        chance_source=source,
        workflows=workflows,
        scores=_scores(comparison, references, true_labels),
        titles=TITLES | {run.key: run.title for run in comparison.runs},
    )


def clip_spans(recording: Recording) -> list[tuple[float, float]]:
    """Start and end of every clip there will be, in seconds."""
    starts = [number * CLIP_S for number in range(recording.windows)]
    return [(start_s, min(start_s + CLIP_S, recording.duration_s)) for start_s in starts]


def labels_of(run: Run) -> tuple[str, ...]:
    """The labels a run gave, clip by clip, before smoothing."""
    return tuple(clip.prediction.label for clip in run.answer.clips) if run.answer else ()


def _workflow(
    given: Sequence[str | None], spans: Sequence[tuple[float, float]], labels: LabelSet
) -> Workflow:
    """Compile labels; a clip without one is left out."""
    clips = [
        ClipPrediction(start_s=start_s, end_s=end_s, label=label)
        for (start_s, end_s), label in zip(spans, given, strict=False)
        if label
    ]
    return compile_workflow(clips, labels)


def _scores(
    comparison: Comparison, references: Mapping[str, Sequence[str]], true_labels: Sequence[str | None]
) -> dict[str, Scores]:
    """The scores of every model, of the consensus and of chance, each over the clips it has named."""
    labels, spans = comparison.labels, clip_spans(comparison.recording)
    clips = {
        run.key: _clips(labels_of(run), spans, true_labels, _smoothed_of(run)) for run in comparison.answered
    }
    clips |= {key: _clips(references[key], spans, true_labels) for key in (CONSENSUS, CHANCE)}
    return {key: score_clips(each, labels) for key, each in clips.items() if each}


def _smoothed_of(run: Run) -> tuple[str, ...]:
    return run.answer.smoothed if run.answer.is_smoothed else ()


def _clips(
    predicted: Sequence[str],
    spans: Sequence[tuple[float, float]],
    true_labels: Sequence[str | None],
    smoothed: Sequence[str] = (),
) -> list[ScoredClip]:
    """The clips that have a prediction and a true label."""
    each_clip = zip_longest(predicted, smoothed[: len(predicted)])
    return [
        ScoredClip(
            workflow="this recording",
            start_s=start_s,
            end_s=end_s,
            truth=truth,
            predicted=label,
            smoothed=smoothed_label,
        )
        for (start_s, end_s), truth, (label, smoothed_label) in zip(
            spans, true_labels, each_clip, strict=False
        )
        if truth
    ]


def _chance(comparison: Comparison) -> tuple[tuple[str, ...], str]:
    """Labels at random for every clip and where their frequencies are from; or none and the reason."""
    for run in comparison.runs:
        if counts := run.about.training_labels:
            name = run.answer.release.weights.name
            source = f"drawn as often as the {sum(counts.values())} training clips of {name} have them"
            return weighted_draw(counts, comparison.total), source
    return (), "None of these releases says how often its training split had each label."
