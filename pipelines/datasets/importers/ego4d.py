"""Ego4D: the moments whose narration speaks of laboratory work, as the paper chose what to pre-train on."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from pipelines.datasets.importers.skipped import Skipped
from pipelines.datasets.importers.tables import UnreadableSource, length_s, window_about
from pipelines.datasets.manifest import ClipRow
from zoo.labels import LabelSet

KEYWORDS = Path(__file__).with_name("lab_keywords.txt")
PASSES = ("narration_pass_1", "narration_pass_2")
METADATA = "ego4d.json"  # beside the narrations: tells who wore the camera
TAGS = ((r"#\s*c\s+c\b", " "), (r"#\s*[co]\b", " "), (r"#\s*unsure\b", " something "), (r"#\s*\w+\b", " "))


def read(source: Path, videos: Path | None, labels: LabelSet | None, skipped: Skipped) -> list[ClipRow]:
    """The 4 s about each narration that holds a keyword; its label is what the narration says.

    Videos are <uid>.mp4, in their folder or beside the narrations; a video is a workflow.  Raises
    UnreadableSource.
    """
    narrated = _narrated(source)
    folder, said, wearers = videos or source.parent, keyword_pattern(), _wearers(source.with_name(METADATA))
    rows, length = [], cache(length_s)
    for uid, time_s, text in _narrations(narrated, skipped):
        name = f"{uid}: {text}"
        if not said.search(text):
            skipped.add("no keyword in the narration", name)
        elif not (label := cleaned(text)):
            skipped.add("nothing but tags in the narration", name)
        elif isinstance(end_s := length(video := folder / f"{uid}.mp4"), str):
            skipped.add(end_s, name)
        elif not 0 <= time_s <= end_s:
            skipped.add("the narration lies outside the video", f"{name} at {time_s:g} s")
        else:
            rows.append(ClipRow(str(video), *about(time_s, end_s), label, "", wearers.get(uid, uid), uid))
    return rows


def about(time_s: float, end_s: float) -> tuple[float, float]:
    """The segment of 4 s about a narration, in a video of end_s seconds.

    At the video's edges the segment is shorter; as in the paper it is then widened by 2 s on both
    sides, as far as the video goes, and the 4 s of that nearest to the narration are taken.
    """
    return window_about(time_s, end_s)


def cleaned(narration: str) -> str:
    """A narration without the annotators' tags: "#C C stirs the beaker" is "stirs the beaker"."""
    for tag, instead in TAGS:
        narration = re.sub(tag, instead, narration, flags=re.IGNORECASE)
    return " ".join(narration.split()).strip(" .,;:")


def keyword_pattern(path: Path = KEYWORDS) -> re.Pattern[str]:
    """Matches a text that holds one of the keywords as a whole word, whatever its case and ending."""
    lines = (line.partition("#")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    words = "|".join(re.escape(word) for word in lines if word)
    return re.compile(rf"\b(?:{words})(?:s|d|es|ed|ing)?\b", re.IGNORECASE)


def _narrated(source: Path) -> dict[str, dict]:
    """Narrations by video, from either public layout: under "videos", or all at the top."""
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


def _narrations(narrated: dict[str, dict], skipped: Skipped) -> Iterator[tuple[str, float, str]]:
    """(uid, seconds, text) of every narration of every annotator, in order of time in each video."""
    for uid, passes in narrated.items():
        found = []
        for each in PASSES:
            for entry in (passes.get(each) or {}).get("narrations") or ():
                try:
                    found.append((float(entry["timestamp_sec"]), str(entry["narration_text"])))
                except (KeyError, TypeError, ValueError):
                    skipped.add("a narration without a time or a text", f"{uid}: {entry}"[:120])
        yield from ((uid, time_s, text) for time_s, text in sorted(found))


def _wearers(metadata: Path) -> dict[str, str]:
    """Who wore the camera, by video; empty without the metadata.  Raises UnreadableSource."""
    if not metadata.is_file():
        return {}
    try:
        videos = json.loads(metadata.read_text(encoding="utf-8"))["videos"]
        known = ((each["video_uid"], each.get("fb_participant_id")) for each in videos)
        return {uid: f"participant-{person}" for uid, person in known if person is not None}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UnreadableSource(f"{metadata} is not Ego4D's list of videos; mend or remove it.") from error
