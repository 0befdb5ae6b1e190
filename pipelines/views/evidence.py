"""What stands beside the answers of a comparison, as HTML: what they cost, and who gave them."""

from collections import Counter
from html import escape

from pipelines.evaluation.comparison_report import ComparisonReport
from pipelines.evaluation.published import DOI, RANDOM, TABLE_2, TABLE_3, TABLE_3_CLOCK, below_chance
from pipelines.recognition.comparison import Comparison, Run
from pipelines.recognition.recognise import STAGES
from pipelines.views.comparison import row_html, section_html, table_html
from pipelines.views.format import clock, count, millions, seconds
from pipelines.views.workflow import bars_html

COST = ("Cost", *STAGES, "a clip", "× real time", "weights", "memory", "forward pass")


def cost_html(comparison: Comparison) -> str:
    """Latency by stage, size and shared passes of each run, beside the paper's own clock."""
    if not comparison.answered:
        return ""
    spent, seen_s = comparison.latency_s, _seen_s(comparison)
    alone_s = sum(run.answer.latency_s["total"] for run in comparison.answered)
    models = count(len(comparison.answered), "model")
    together = (
        f"<p class='note'><b>All together</b> {seconds(spent['total'])} for {clock(seen_s)} of video: "
        f"{spent['total'] / seen_s:.2g} × real time, forward passes a clip: {comparison.forward_passes}, "
        f"for {models}. One after the other, nothing shared: {seconds(alone_s)}.</p>"
    )
    rows = [row_html(run.variant.title, _cost_cells(run, comparison)) for run in comparison.answered]
    heads = (*COST, "Table 3: a clip", "Table 3: weights")
    note = (
        "<p class='note'>Each row is what its model would take alone: decoding, painting and a shared pass "
        f"are counted in full. Table 3 of the paper (DOI {DOI}): {TABLE_3_CLOCK}</p>"
    )
    return section_html("Cost", together, bars_html(spent), table_html(heads, rows, True), note)


def _seen_s(comparison: Comparison) -> float:
    return max(run.answer.clips[-1].prediction.end_s for run in comparison.answered)


def _cost_cells(run: Run, comparison: Comparison) -> list[str]:
    spent, about = run.answer.latency_s, run.about
    timed = TABLE_3.get(run.variant.key)
    sharing = [
        other.variant.title
        for other in comparison.answered
        if other is not run and other.about.forward_pass == about.forward_pass
    ]
    passed = f"with {', '.join(sharing)}" if sharing else "its own"
    return [
        *(seconds(spent[stage]) if spent[stage] else "–" for stage in STAGES),
        seconds(spent["total"] / run.named),
        f"{spent['total'] / run.answer.clips[-1].prediction.end_s:.2g}",
        millions(about.parameters) if about.parameters is not None else "–",
        f"{about.memory_bytes / 1e6:.1f}\u00a0MB" if about.memory_bytes is not None else "–",
        passed,
        f"{timed.clip_s:.2f} ± {timed.deviation_s:.2f} s" if timed else "–",
        timed.parameters if timed else "–",
    ]


def evidence_html(comparison: Comparison, report: ComparisonReport) -> str:
    """Who answered, from which weights, trained on what, shown what, and how good the paper's was."""
    labels = comparison.labels
    chance = TABLE_2[labels.key][RANDOM].f1
    rows = [row_html(run.variant.title, _evidence_cells(run, comparison)) for run in comparison.runs]
    heads = (
        "Evidence",
        "answers",
        "tier",
        "release",
        "trained on",
        "shown",
        "F1 measured",
        "F1 in the paper",
    )
    note = (
        f"<p class='note'>F1 in the paper: {labels.title}, encoding V, on video of a real laboratory; labels "
        f"drawn at random reach {chance:.2f} there. F1 measured: on scenes that training never saw, as the "
        "release itself says. The two cannot be compared.</p>"
    )
    random = f"<p class='note'><b>Chance</b> {escape(_chance_words(report))}</p>"
    return section_html("Evidence", table_html(heads, rows, True), note, random)


def _chance_words(report: ComparisonReport) -> str:
    source = report.chance_source
    return f"A lane of labels {source}." if report.chance else f"No lane of random labels: {source}"


def _evidence_cells(run: Run, comparison: Comparison) -> list[str]:
    published = TABLE_2[comparison.labels.key][run.variant.key].f1
    below = " ▼ below chance in the paper" if below_chance(run.variant.key, comparison.labels.key) else ""
    paper = f"{published:.2f}{below}"
    if run.answer is None:
        return [f"<b>none</b>: {escape(run.failed)}", comparison.tier, "–", "–", "–", "–", paper]
    release, measured = run.answer.release, run.about.measured_f1
    pinned = f" @ {release.weights.revision[:8]}" if release.weights.revision else ""
    stopped = f"; <b>stopped</b>: {escape(run.failed)}" if run.failed else ""
    return [
        f"{run.named} of {run.answer.total}{stopped}",
        release.tier,
        escape(release.weights.name) + pinned,
        escape(run.about.trained_on) or "–",
        _shown(run, comparison),
        ", ".join(f"{name} {f1:.2f}" for name, f1 in measured.items()) or "not measured",
        paper,
    ]


def _shown(run: Run, comparison: Comparison) -> str:
    """Which signals the model really got, and why if they are not the ones that were asked for."""
    counts = Counter(clip.encoding for clip in run.answer.clips)
    shown = ", ".join(
        f"{each.title} ({each.name})" + (f" on {count} clips" if len(counts) > 1 else "")
        for each, count in counts.items()
    )
    if shown and run.answer.encoding != comparison.encoding:
        shown += f"; has no release for {comparison.encoding.name}"
    return shown or "–"
