"""A workflow as numbered steps, and where its seconds went, as HTML."""

from html import escape

from pipelines.recognition.recognise import STAGES, NamedClip, Recognition
from pipelines.views.colours import COLOURS, css_class
from pipelines.views.format import TITLES, clock, remarks, score_of, seconds, span

DOTS = 4  # of a score


def chip_html(activity: str) -> str:
    """An activity's colour with its initials; the name must stand beside it."""
    return f"<span class='chip {css_class(activity)}' aria-hidden='true'>{COLOURS[activity].initials}</span>"


def workflow_html(answer: Recognition | None) -> str:
    """The workflow as numbered steps, and what has to be said beside it."""
    if answer is None:
        return "<p class='quiet'>The steps will stand here, in order, with their times.</p>"
    steps = "".join(_step_html(number, answer) for number in range(len(answer.workflow.steps)))
    notes = "".join(f"<li>{escape(each)}</li>" for each in remarks(answer))
    where = "this recording" if answer.finished else "the clips named so far"
    shown = (
        f"<ol class='steps' tabindex='0' aria-label='Workflow'>{steps}</ol>"
        if steps
        else f"<p class='quiet'>No step in {where}.</p>"
    )
    return shown + (f"<ul class='remarks'>{notes}</ul>" if notes else "")


def _step_html(number: int, answer: Recognition) -> str:
    step, labels = answer.workflow.steps[number], answer.release.labels
    clips = [
        (clip, label)
        for clip, label in zip(answer.clips, answer.smoothed, strict=True)
        if step.start_s <= clip.prediction.start_s < step.end_s
        and labels.activity(label).step == step.activity
    ]
    key, _ = clips[len(clips) // 2]
    title, times = escape(TITLES.get(step.activity, step.activity)), span(step.start_s, step.end_s)
    return (
        f"<li><span class='number'>{number + 1}</span><img src='{escape(key.thumbnail)}' alt=''>"
        f"{chip_html(step.activity)}<b>{title}</b><span class='span'>{times}</span>{_dots_html(clips)}</li>"
    )


def _dots_html(clips: list[tuple[NamedClip, str]]) -> str:
    """The mean score of clips' labels in the workflow."""
    scores = [score for clip, label in clips if (score := score_of(clip, label)) is not None]
    if not scores:
        return "<span></span>"
    score = sum(scores) / len(scores)
    full = round(score * DOTS)
    return (
        f"<span class='dots' role='img' aria-label='mean score {score:.2f}' title='mean score {score:.2f}'>"
        f"{'●' * full}{'○' * (DOTS - full)}</span>"
    )


def latency_html(answer: Recognition | None) -> str:
    """Seconds by stage, and how they compare with the recording's own."""
    spent = answer.latency_s if answer else {}
    if not spent.get("total"):
        return ""
    seen_s = answer.clips[-1].prediction.end_s
    return (
        f"<p class='note'><b>Latency</b> {seconds(spent['total'])} for {clock(seen_s)} of video: "
        f"{spent['total'] / seen_s:.2g} × real time</p>{bars_html(spent)}"
    )


def bars_html(spent: dict[str, float]) -> str:
    """A bar for each stage that took time."""
    longest = max(spent[stage] for stage in STAGES) or 1
    bars = "".join(
        f"<li><span>{stage}</span><i style='width:{spent[stage] / longest * 60:.1f}%'></i>"
        f"{seconds(spent[stage])}</li>"
        for stage in STAGES
        if spent[stage]
    )
    return f"<ul class='bars'>{bars}</ul>"
