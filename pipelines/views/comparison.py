"""A comparison as HTML: the clips that models disagree on, agreement, workflows side by side, scores."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipelines.evaluation.comparison_report import CONSENSUS, TRUTH, ComparisonReport, clip_spans
from pipelines.recognition.agreement import RULE
from pipelines.recognition.alignment import align
from pipelines.recognition.comparison import Comparison
from pipelines.views.format import f1_by_name, fixed, title_of
from pipelines.views.templates import render
from zoo.evaluation import RATIOS

RATIO_HOVERS = {
    "ratio names": "How alike the step names are, letter by letter, as in the paper’s code; 1 is equal.",
    "ratio symbols": "How alike the steps are, one symbol a step, as the paper’s text has it; 1 is equal.",
    "ratio strict": "1 minus the edits that make the steps equal, as a share of the longer workflow.",
}
SHOWN = 5  # disputed clips that are shown at once; the others are one key away


@dataclass(frozen=True, kw_only=True)
class DisputedClip:
    """A clip with its picture, and each label with the names of those that give it, the most first."""

    start_s: float
    end_s: float
    thumbnail: str
    votes: list[tuple[str, list[str]]]


@dataclass(frozen=True)
class Change:
    """One place of an alignment by the steps' activities; None where there is no step."""

    kind: str  # as of `Edit`
    expected: str | None
    found: str | None


@dataclass(frozen=True)
class WorkflowRow:
    """A workflow's changes against another one; its ratios to the truth, None for the truth itself."""

    name: str
    changes: list[Change]
    ratios: list[float | None]


@dataclass(frozen=True)
class ConfusionTable:
    """Titles of the activities that occur, and for each true one how often each was the answer."""

    name: str
    heads: list[str]
    rows: list[tuple[str, list[str]]]


def disputed_html(comparison: Comparison, report: ComparisonReport) -> str:
    """The clips that the models disagree on, the most disputed first, each with its frame."""
    empty = (
        "So far the models agree on every clip."
        if report.votes
        else "Fewer than two models have answered, so no clip can be disputed."
    )
    clips = [_disputed(number, comparison, report) for number in report.worth_a_look] if report.votes else []
    return render("disputed.html", clips=clips, shown=SHOWN, empty=empty)


def _disputed(number: int, comparison: Comparison, report: ComparisonReport) -> DisputedClip:
    start_s, end_s = clip_spans(comparison.recording)[number]
    runs = [run for run in comparison.runs if run.clips_done > number]
    names: dict[str, list[str]] = {}
    for run in runs:
        label = run.answer.smoothed[number] if report.smoothed else run.answer.clips[number].prediction.label
        names.setdefault(label, []).append(run.title)
    if truth := report.true_labels[number]:
        names.setdefault(truth, []).append("the truth")
    return DisputedClip(
        start_s=start_s,
        end_s=end_s,
        thumbnail=runs[0].answer.clips[number].thumbnail,
        votes=sorted(names.items(), key=lambda vote: -len(vote[1])),
    )


def agreement_html(comparison: Comparison, report: ComparisonReport) -> str:
    """How often every two models give the same label, and how the consensus is formed."""
    keys = [run.key for run in comparison.answered]
    if len(keys) < 2:
        return ""
    rows = [(report.titles[one], [report.pairs.get((one, other)) for other in keys]) for one in keys]
    return render("agreement.html", rule=RULE, names=[report.titles[key] for key in keys], rows=rows)


def references(comparison: Comparison, report: ComparisonReport) -> list[tuple[str, str]]:
    """(title, key) of each workflow that others can be aligned with; the truth first, if it is known."""
    keys = (TRUTH, CONSENSUS, *(run.key for run in comparison.answered))
    return [(report.titles[key], key) for key in keys if key in report.workflows]


def workflows_html(comparison: Comparison, report: ComparisonReport, against: str | None) -> str:
    """Every workflow aligned with one of them: what it inserts, drops and swaps; ratios to the truth."""
    if against not in report.workflows:
        return ""
    expected = report.workflows[against].names
    others = [key for _, key in references(comparison, report) if key not in (against, TRUTH)]
    rows = [
        WorkflowRow(report.titles[key], _changes(expected, report.workflows[key].names), _ratios(key, report))
        for key in (against, *others)
    ]
    ratios = [f"ratio {name}" for name in RATIOS] if TRUTH in report.workflows else []
    name = "the truth" if against == TRUTH else report.titles[against]
    heads = ["Workflow", "steps", *ratios]
    return render("workflows.html", against=name, heads=heads, rows=rows, hovers=RATIO_HOVERS)


def _changes(expected: Sequence[str], found: Sequence[str]) -> list[Change]:
    return [
        Change(
            edit.kind,
            None if edit.expected is None else expected[edit.expected],
            None if edit.found is None else found[edit.found],
        )
        for edit in align(expected, found)
    ]


def _ratios(key: str, report: ComparisonReport) -> list[float | None]:
    if TRUTH not in report.workflows:
        return []
    scores = report.scores.get(key)
    return [scores.ratio[name] if scores else None for name in RATIOS]


def scores_html(report: ComparisonReport) -> str:
    """F1 and confusion of each model on this one recording, if its truth is known."""
    if not report.scores:
        return ""
    rows = [
        (
            report.titles[key],
            [
                fixed(scores.f1, 2),
                scores.clips,
                f1_by_name({title_of(label): f1 for label, f1 in scores.per_activity.items()}),
            ],
        )
        for key, scores in report.scores.items()
    ]
    confusions = [_confusion(report.titles[key], scores.confusion) for key, scores in report.scores.items()]
    clips = max(scores.clips for scores in report.scores.values())
    return render("scores.html", clips=clips, rows=rows, confusions=confusions, notes=report.truth.notes)


def _confusion(name: str, table: dict[str, dict[str, int]]) -> ConfusionTable:
    true = [label for label in table if sum(table[label].values())]
    seen = [label for label in table if label in true or any(row[label] for row in table.values())]
    rows = [(title_of(label), [table[label][other] or "" for other in seen]) for label in true]
    return ConfusionTable(name, [title_of(label) for label in seen], rows)
