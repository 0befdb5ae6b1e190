"""Ego4D: the clips that the paper pre-trains on, whose narrations name laboratory work by a keyword."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pipelines.datasets.importers.skipped import Skipped
from pipelines.datasets.importers.tables import UnreadableSource, check_video, window_around
from pipelines.datasets.manifest import ClipRow
from pipelines.recordings.annotations.names import LabelNames

KEYWORDS = Path(__file__).with_name("lab_keywords.txt")
PASSES = ("narration_pass_1", "narration_pass_2")
METADATA = "ego4d.json"  # beside the narrations: names who wore the camera
TAGS = ((r"#\s*c\s+c\b", " "), (r"#\s*[co]\b", " "), (r"#\s*unsure\b", " something "), (r"#\s*\w+\b", " "))


def read(source: Path, videos: Path | None, names: LabelNames, skipped: Skipped) -> list[ClipRow]:
    """The 4 s around each narration that holds a keyword; the narration is the label.

    Videos are <uid>.mp4, in their folder or beside the narrations; a video is a workflow.  Raises
    UnreadableSource.
    """
    passes = _read_passes(source)
    keywords, wearers = keyword_pattern(), _read_wearers(source.with_name(METADATA))
    rows, check = [], cache(check_video)
    for uid, time_s, text in _narrations(passes, skipped):
        name, video = f"{uid}: {text}", (videos or source.parent) / f"{uid}.mp4"
        if not keywords.search(text):
            skipped.add("no keyword in the narration", name)
        elif not (label := cleaned(text)):
            skipped.add("nothing but tags in the narration", name)
        elif check(video).problem:
            skipped.add(check(video).problem, name)
        elif not 0 <= time_s <= check(video).duration_s:
            skipped.add("the narration lies outside the video", f"{name} at {time_s:g} s")
        else:
            start_s, end_s = window_around(time_s, check(video).duration_s)
            rows.append(
                ClipRow(
                    video=str(video),
                    start_s=start_s,
                    end_s=end_s,
                    label=label,
                    split="",
                    wearer=wearers.get(uid, uid),
                    workflow=uid,
                )
            )
    return rows


def cleaned(narration: str) -> str:
    """A narration without the annotators' tags: "#C C stirs the beaker" is "stirs the beaker"."""
    for tag, replacement in TAGS:
        narration = re.sub(tag, replacement, narration, flags=re.IGNORECASE)
    return " ".join(narration.split()).strip(" .,;:")


def keyword_pattern(path: Path = KEYWORDS) -> re.Pattern[str]:
    """A pattern that finds a keyword as a whole word, in any case and with a verb's or a plural's ending."""
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    words = "|".join(re.escape(word) for word in lines if word)
    return re.compile(rf"\b(?:{words})(?:s|d|es|ed|ing)?\b", re.IGNORECASE)


def _read_passes(source: Path) -> dict[str, dict]:
    """The annotators' passes by video, from either public layout: under "videos", or all at the top."""
    try:
        content = json.loads(source.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise UnreadableSource(
            f"{source} cannot be read as JSON ({error}); give Ego4D's narration.json."
        ) from error
    videos = content.get("videos", content) if isinstance(content, dict) else None
    if not isinstance(videos, dict):
        raise UnreadableSource(f"{source} does not list videos by their uid; give Ego4D's narration.json.")
    return {uid: each for uid, each in videos.items() if isinstance(each, dict)}


def _narrations(videos: dict[str, dict], skipped: Skipped) -> Iterator[tuple[str, float, str]]:
    """(uid, seconds, text) of every narration of every annotator, in order of time in each video."""
    for uid, passes in videos.items():
        narrations = []
        for name in PASSES:
            for entry in (passes.get(name) or {}).get("narrations") or ():
                try:
                    narrations.append((float(entry["timestamp_sec"]), str(entry["narration_text"])))
                except (KeyError, TypeError, ValueError):
                    skipped.add("a narration without a time or a text", f"{uid}: {entry}"[:120])
        yield from ((uid, time_s, text) for time_s, text in sorted(narrations))


def _read_wearers(metadata: Path) -> dict[str, str]:
    """Who wore the camera, by video; empty without the metadata.  Raises UnreadableSource."""
    if not metadata.is_file():
        return {}
    try:
        videos = json.loads(metadata.read_text(encoding="utf-8"))["videos"]
        known = ((each["video_uid"], each.get("fb_participant_id")) for each in videos)
        return {uid: f"participant-{person}" for uid, person in known if person is not None}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableSource(
            f"{metadata} is not Ego4D's list of videos; use the file as it was published, or remove it."
        ) from error
