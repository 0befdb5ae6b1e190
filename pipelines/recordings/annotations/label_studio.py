"""Label Studio's JSON and JSON-MIN: timeline labels in frames from 1, labels of sound in seconds."""

import json
from collections import deque
from collections.abc import Iterator
from math import nan
from typing import Any

from pipelines.limits import MAX_LABELS
from pipelines.recordings.annotations.entries import (
    Annotations,
    Entry,
    Unit,
    UnreadableLabels,
    left_out,
    listed,
)

TIMELINE, LABELS = "timelinelabels", "labels"
MEDIA = (".mp4", ".mov", ".webm", ".mkv", ".avi", ".m4v", ".mpg", ".mpeg", ".ts", ".mts", ".ogv", ".wmv")
NAMES = ("video", "videos", "video_url", "url", "file", "path", "file_upload")
REMEDY = "export the project from Label Studio as JSON or JSON-MIN"
SKIPPED = ("predictions", "drafts", "data")  # of a task, what holds no annotations
ANNOTATIONS = ("annotations", "completions")


def is_json(text: str) -> bool:
    """Whether a text is JSON, which of all layouts only Label Studio's are."""
    return text.lstrip("\ufeff \t\r\n")[:1] in ("[", "{")


def read(text: str, name: str) -> Annotations:
    """Every labelled range of every task.  Raises UnreadableLabels."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadableLabels(f"{name} is damaged JSON ({str(error)[:60]}); {REMEDY}.") from error
    tasks = content if isinstance(content, list) else [content]
    tasks = [task for task in tasks if isinstance(task, dict)]
    if other := next(filter(None, map(_other_tool, tasks)), ""):
        raise UnreadableLabels(f"{name} is {other}.")
    entries, lengths, bare = [], set(), 0
    if len(tasks) > MAX_LABELS:
        raise UnreadableLabels(
            f"{name} has {len(tasks)} tasks, and at most {MAX_LABELS} are read; export fewer."
        )
    for task in tasks:
        video, found = _video(task), list(_ranges(_annotation(task, name)))
        bare += not found
        entries += [_entry(value, span, control, video) for value, span, control in found]
        lengths |= {length for value, *_ in found if (length := _number(value.get("duration"))) > 0}
    if not entries:
        raise UnreadableLabels(
            f"{name} is JSON without timeline labels; expected tasks with “{TIMELINE}” and “ranges”: "
            f"{REMEDY}, and label its video with TimelineLabels."
        )
    notes = left_out(bare, "task", "without timeline labels")
    length_s = lengths.pop() if len(lengths) == 1 and len(tasks) == 1 else None
    return Annotations(
        file=name, source="an export of Label Studio", entries=tuple(entries), notes=notes, length_s=length_s
    )


def _other_tool(task: dict) -> str:
    if "behaviors_conf" in task:
        return "a BORIS project; export it with “Observations > Export events > Aggregated events” as CSV"
    if "consensus_rule" in task or {"recording", "workflow"} <= task.keys():
        return "a result of this program; download its CSV with the true labels instead"
    return ""


def _annotation(task: dict, name: str) -> Any:
    """What one annotator made of a task.  Raises UnreadableLabels if several differ."""
    key = next((key for key in ANNOTATIONS if isinstance(task.get(key), list)), None)
    if key is None:
        return {name: value for name, value in task.items() if name not in SKIPPED}
    made = [each for each in task[key] if isinstance(each, dict) and not each.get("was_cancelled")]
    made = [each for each in made if next(_ranges(each), None)]
    best = [each for each in made if each.get("ground_truth") is True] or made
    if len({json.dumps(_plain(each), sort_keys=True) for each in best}) > 1:
        raise UnreadableLabels(
            f"{name} has {len(best)} annotations of the video {listed([_video(task) or 'without a name'])} "
            "that differ; mark one of them as ground truth in Label Studio and export again."
        )
    return best[:1]


def _plain(annotation: dict) -> list:
    return [(value.get("ranges"), value.get(TIMELINE), span) for value, span, _ in _ranges(annotation)]


def _ranges(content: Any) -> Iterator[tuple[dict, tuple[Any, Any], str]]:
    """(value, (start, end), control) of every range, however deep its value lies."""
    waiting = deque([("", content)])
    while waiting:
        control, each = waiting.popleft()
        if isinstance(each, list):
            waiting.extendleft((control, inner) for inner in reversed(each))
        elif isinstance(each, dict) and isinstance(each.get(TIMELINE), list):
            ranges = each.get("ranges")
            for span in ranges if isinstance(ranges, list) else []:
                if isinstance(span, dict):
                    yield each, (span.get("start"), span.get("end")), control
        elif (
            isinstance(each, dict) and isinstance(each.get(LABELS), list) and {"start", "end"} <= each.keys()
        ):
            yield each, (each["start"], each["end"]), control
        elif isinstance(each, dict):
            named = each.get("from_name")
            inner = [
                (named if isinstance(named, str) else key, each[key]) for key in each if key not in SKIPPED
            ]
            waiting.extendleft(reversed(inner))


def _entry(value: dict, span: tuple[Any, Any], control: str, video: str) -> Entry:
    frames = TIMELINE in value
    labels = [str(each) for each in value[TIMELINE if frames else LABELS]]
    start, end = map(_number, span)
    return Entry(
        label=labels[0] if labels else "",
        start=start,
        end=end,
        unit=Unit.FRAMES_FROM_1 if frames else Unit.SECONDS,
        video=video,
        tier=control,
        written=f"{'frame ' if frames else ''}{str(span[0])[:20]} to {str(span[1])[:20]}",
    )


def _number(value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < 1e12
    return float(value) if is_number else nan


def _video(task: dict) -> str:
    """The video of a task: the first text in its data that is called or ends like one, "" without any."""
    data = task["data"] if isinstance(task.get("data"), dict) else task
    texts = {key: value for key, value in data.items() if isinstance(value, str) and len(value) < 2000}
    for value in texts.values():
        if value.partition("?X-")[0].casefold().endswith(MEDIA):
            return value.partition("?X-")[0]
    return next((texts[key] for key in NAMES if key in texts), "")
