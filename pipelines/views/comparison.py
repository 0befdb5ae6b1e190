"""What a comparison finds, as HTML: the clips worth a look, agreement, workflows side by side, scores."""

from collections.abc import Callable, Iterable, Sequence
from html import escape

from pipelines.evaluation.comparison_report import CHANCE, CONSENSUS, TRUTH, ComparisonReport, clip_spans
from pipelines.evaluation.metrics import RATIOS
from pipelines.recognition.agreement import RULE
from pipelines.recognition.alignment import DROP, INSERT, SAME, SWAP, Edit, align
from pipelines.recognition.comparison import Comparison
from pipelines.views.format import TITLES, count_clips, span
from pipelines.views.workflow import chip_html
from zoo.variants import VARIANTS

FIRST = 5  # clips that are looked at first; the others are one key away
NAMES = {each.key: each.title for each in VARIANTS} | {
    CONSENSUS: "Consensus",
    TRUTH: "Truth",
    CHANCE: "Chance",
}


def section_html(title: str, *parts: str) -> str:
    """A heading and what stands under it; nothing if there is nothing."""
    body = "".join(parts)
    return f"<section class='section'><h2>{title}</h2>{body}</section>" if body else ""


def table_html(heads: Sequence[str], rows: Iterable[str], wide: bool = False) -> str:
    """A table that scrolls by itself where it is wider than the screen; a wide one is never squeezed."""
    columns = "".join(f"<th scope='col'>{each}</th>" for each in heads)
    return (
        f"<div class='sheet{' wide' * wide}' tabindex='0' role='group' aria-label='{heads[0]}'><table>"
        f"<thead><tr>{columns}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def row_html(name: str, cells: Iterable[str]) -> str:
    """One row: its name, and cells that are HTML already."""
    return f"<tr><th scope='row'>{escape(name)}</th>{''.join(f'<td>{each}</td>' for each in cells)}</tr>"


def disputed_html(comparison: Comparison, report: ComparisonReport) -> str:
    """The clips that the models disagree on, the most disputed first, each with its frame."""
    if not report.votes:
        return section_html("Worth a look", "<p class='quiet'>It takes two answers to disagree.</p>")
    if not report.worth_a_look:
        return section_html("Worth a look", "<p class='quiet'>So far the models agree on every clip.</p>")
    clips = [_disputed(number, comparison, report) for number in report.worth_a_look]
    first, rest = "".join(clips[:FIRST]), "".join(clips[FIRST:])
    more = f"<details><summary>{count_clips(len(clips) - FIRST)} more</summary>{_list(rest)}</details>"
    return section_html("Worth a look", _list(first), more if rest else "")


def _list(items: str) -> str:
    return f"<ol class='disputed'>{items}</ol>"


def _disputed(number: int, comparison: Comparison, report: ComparisonReport) -> str:
    start_s, end_s = clip_spans(comparison.recording)[number]
    said: dict[str, list[str]] = {}
    for run in comparison.runs:
        if run.named > number:
            said.setdefault(run.answer.smoothed[number], []).append(run.variant.title)
    if truth := report.true_labels[number]:
        said.setdefault(truth, []).append("the truth")
    picture = next(run.answer.clips[number].thumbnail for run in comparison.runs if run.named > number)
    voices = "".join(
        f"<span>{chip_html(label)}<b>{TITLES[label]}</b>: {', '.join(names)}</span>"
        for label, names in sorted(said.items(), key=lambda each: -len(each[1]))
    )
    return (
        f"<li><img src='{escape(picture)}' alt=''><div><button type='button' class='jump' "
        f"data-at='{start_s:.3f}'>{span(start_s, end_s)}</button><div class='said'>{voices}</div></div></li>"
    )


def agreement_html(comparison: Comparison, report: ComparisonReport) -> str:
    """How often every two models give the same label, and how the consensus comes about."""
    keys = [run.variant.key for run in comparison.answered]
    if len(keys) < 2:
        return ""
    rows = [
        f"<tr><th scope='row'>{NAMES[one]}</th>{''.join(_pair(one, other, report) for other in keys)}</tr>"
        for one in keys
    ]
    table = table_html(("Same label", *(NAMES[key] for key in keys)), rows)
    return section_html("Agreement", f"<p class='note'><b>Consensus</b> {RULE}</p>", table)


def _pair(one: str, other: str, report: ComparisonReport) -> str:
    pair = report.pairs.get((one, other))
    if pair is None:
        return "<td class='figure quiet'>–</td>"
    told = f"of {count_clips(pair.clips)}"
    return f"<td class='share' style='--share:{pair.share:.2f}' title='{told}'>{pair.share * 100:.0f} %</td>"


def references(comparison: Comparison, report: ComparisonReport) -> list[tuple[str, str]]:
    """(title, key) of each workflow that others can be aligned with; the truth first, if it is known."""
    keys = (TRUTH, CONSENSUS, *(run.variant.key for run in comparison.answered))
    return [(NAMES[key], key) for key in keys if key in report.workflows]


def workflows_html(comparison: Comparison, report: ComparisonReport, against: str | None) -> str:
    """Every workflow aligned with one of them: what it inserts, drops and swaps; ratios against the truth."""
    if against not in report.workflows:
        return ""
    expected = report.workflows[against].names
    others = [key for _, key in references(comparison, report) if key not in (against, TRUTH)]
    rows = [row_html(NAMES[against], (_steps(expected), *_ratios(against, report)))]
    for key in others:
        found = report.workflows[key].names
        rows.append(row_html(NAMES[key], (_edits(expected, found), *_ratios(key, report))))
    ratios = [f"ratio {name}" for name in RATIOS] if TRUTH in report.workflows else []
    key = (
        f"<p class='note'>Against {NAMES[against].replace('Truth', 'the truth')}: + is a step too many, "
        "− one that is missing, → one in place of another. Unframed steps agree.</p>"
    )
    return key + table_html(("Workflow", "steps", *ratios), rows, True)


def _steps(names: Sequence[str]) -> str:
    return _edits(names, names)


def _edits(expected: Sequence[str], found: Sequence[str]) -> str:
    items = "".join(_edit(each, expected, found) for each in align(expected, found))
    return f"<ol class='edits'>{items}</ol>" if items else "<span class='quiet'>no step</span>"


def _edit(edit: Edit, expected: Sequence[str], found: Sequence[str]) -> str:
    def name(step: str) -> str:
        return f"{chip_html(step)}{escape(TITLES.get(step, step))}"

    words: dict[str, Callable[[], str]] = {
        SAME: lambda: name(found[edit.found]),
        INSERT: lambda: f"+ {name(found[edit.found])}",
        DROP: lambda: f"− <del>{name(expected[edit.expected])}</del>",
        SWAP: lambda: f"<del>{name(expected[edit.expected])}</del> → {name(found[edit.found])}",
    }
    return f"<li class='{edit.kind}'>{words[edit.kind]()}</li>"


def _ratios(key: str, report: ComparisonReport) -> list[str]:
    if TRUTH not in report.workflows:
        return []
    ratio = report.scores.get(key, {}).get("ratio", {})
    return [f"{ratio[name]:.2f}" if ratio else "" for name in RATIOS]


def scores_html(report: ComparisonReport) -> str:
    """F1 and confusion of each model on this one recording, if its truth is known."""
    if not report.scores:
        return ""
    clips = max(score["clips"] for score in report.scores.values())
    rows = [
        row_html(NAMES[key], (f"{score['f1']:.2f}", str(score["clips"]), _per_activity(score)))
        for key, score in report.scores.items()
    ]
    tables = "".join(
        f"<details><summary>Confusion of {NAMES[key]}</summary>{_confusion(score['confusion'])}</details>"
        for key, score in report.scores.items()
    )
    few = (
        f"<p class='note'>F1, weighted by how often each activity occurs, on this one recording of "
        f"{count_clips(clips)}: too few to rank models by.</p>"
    )
    heads = ("Against the truth", "F1", "clips", "F1 of each activity that occurs")
    return section_html("Scores on this recording", few, table_html(heads, rows, True), tables)


def _per_activity(score: dict) -> str:
    return ", ".join(f"{escape(TITLES[label])} {f1:.2f}" for label, f1 in score["per_activity"].items())


def _confusion(table: dict[str, dict[str, int]]) -> str:
    seen = [
        label for label in table if sum(table[label].values()) or any(row[label] for row in table.values())
    ]
    rows = [
        row_html(TITLES[true], (str(table[true][label] or "") for label in seen))
        for true in seen
        if sum(table[true].values())
    ]
    return table_html(("Truth ↓ answer →", *(escape(TITLES[label]) for label in seen)), rows)
