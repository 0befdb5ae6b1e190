"""What a comparison shows beyond each model's own answer: agreement, scores against the truth, chance."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from encodings.clip import CLIP_S
from pipelines.evaluation.random_baseline import weighted_draw
from pipelines.evaluation.score import ScoredClip, score_clips
from pipelines.recognition.agreement import Pair, Vote, consensus, pairwise, worth_a_look
from pipelines.recognition.comparison import Comparison, Run
from pipelines.recognition.workflow import Workflow, compile_workflow
from pipelines.recordings.annotations.labels_file import labels_at
from pipelines.recordings.annotations.segment import Segment
from pipelines.recordings.recording import Recording
from zoo.evaluation import Scores
from zoo.labels import LabelSet
from zoo.predictions import ClipPrediction

CONSENSUS, CHANCE, TRUTH = "consensus", "chance", "truth"


@dataclass(frozen=True)
class ComparisonReport:
    """Everything is by the number of a clip or the key of a variant, CONSENSUS and CHANCE.

    scores are over the clips whose truth is known.
    Workflows and scores of truth and chance end where the model ends that has named most.
    chance is empty where no release says how often its training split had each label; chance_source
    says where the frequencies are from, or why there are none.
    """

    truth: tuple[Segment, ...] = ()
    true_labels: tuple[str | None, ...] = ()
    votes: tuple[Vote, ...] = ()
    pairs: dict[tuple[str, str], Pair] = field(default_factory=dict)
    worth_a_look: tuple[int, ...] = ()
    chance: tuple[str, ...] = ()
    chance_source: str = ""
    workflows: dict[str, Workflow] = field(default_factory=dict)
    scores: dict[str, Scores] = field(default_factory=dict)


def make_report(comparison: Comparison, truth: Sequence[Segment] = ()) -> ComparisonReport:
    """Look at the answers together; truth are labelled stretches as `read_labels` gives them."""
    labels, spans = comparison.labels, clip_spans(comparison.recording)
    answers = {run.variant.key: said(run) for run in comparison.answered}
    smoothed = {run.variant.key: run.answer.smoothed for run in comparison.answered}
    votes = consensus(list(smoothed.values()), labels) if len(smoothed) > 1 else ()
    chance, source = _chance(comparison)
    true_labels = labels_at(truth, spans)
    named = max(map(len, answers.values()), default=0)  # of a comparison that goes on, or was cancelled
    shown = {CONSENSUS: tuple(vote.label for vote in votes), CHANCE: chance[:named]}
    workflows = {key: _workflow(each, spans, labels) for key, each in shown.items() if each}
    workflows |= {run.variant.key: run.answer.workflow for run in comparison.answered}
    if any(true_labels[:named]):
        workflows[TRUTH] = _workflow(true_labels[:named], spans, labels)
    is_smoothed = {
        run.variant.key: run.answer.smoothed for run in comparison.answered if run.answer.is_smoothed
    }
    scored = {
        key: _score(each, is_smoothed.get(key, (None,) * len(each)), true_labels, spans, labels)
        for key, each in (answers | shown).items()
    }
    return ComparisonReport(
        tuple(truth),
        true_labels,
        votes,
        pairwise(answers),
        worth_a_look(votes),
        chance,
        source,
        workflows,
        {key: score for key, score in scored.items() if score},
    )


def clip_spans(recording: Recording) -> list[tuple[float, float]]:
    """Start and end of every clip there will be, in seconds."""
    starts = [number * CLIP_S for number in range(recording.windows)]
    return [(start_s, min(start_s + CLIP_S, recording.duration_s)) for start_s in starts]


def said(run: Run) -> tuple[str, ...]:
    """The labels a run gave, clip by clip."""
    return tuple(clip.prediction.label for clip in run.answer.clips) if run.answer else ()


def _workflow(
    given: Sequence[str | None], spans: Sequence[tuple[float, float]], labels: LabelSet
) -> Workflow:
    """Compile labels; a clip without one is left out, as if it had not been filmed."""
    clips = [
        ClipPrediction(start_s=start_s, end_s=end_s, label=label)
        for (start_s, end_s), label in zip(spans, given, strict=False)
        if label
    ]
    return compile_workflow(clips, labels)


def _score(
    given: Sequence[str],
    smoothed: Sequence[str | None],
    true_labels: Sequence[str | None],
    spans: Sequence[tuple[float, float]],
    labels: LabelSet,
) -> Scores | None:
    clips = [
        ScoredClip(
            workflow="this recording",
            start_s=start_s,
            end_s=end_s,
            truth=truth,
            predicted=label,
            smoothed=other,
        )
        for (start_s, end_s), truth, label, other in zip(spans, true_labels, given, smoothed, strict=False)
        if truth
    ]
    return score_clips(clips, labels) if clips else None


def _chance(comparison: Comparison) -> tuple[tuple[str, ...], str]:
    """Labels at random for every clip and where their frequencies are from; or none and the reason."""
    for run in comparison.runs:
        if counts := run.about.training_labels:
            name = run.answer.release.weights.name
            source = f"drawn as often as the {sum(counts.values())} training clips of {name} have them"
            return weighted_draw(counts, comparison.total), source
    return (), "None of these releases says how often its training split had each label."
