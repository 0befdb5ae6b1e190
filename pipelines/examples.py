"""The worked examples: finished answers, read from their files."""

import json
import os
from functools import cache
from pathlib import Path

from pipelines.exports.json_reader import read_comparison, read_recognition
from pipelines.recognition.comparison import Comparison
from pipelines.recognition.recognise import Recognition
from pipelines.recordings.annotations.labelled_video import as_labelled
from pipelines.recordings.annotations.labels_file import read_labels
from pipelines.recordings.annotations.segment import NO_LABELS, TrueLabels
from pipelines.recordings.recording import open_recording

EXAMPLES = Path(os.environ.get("BENCHSCRIBE_EXAMPLES", Path(__file__).parents[1] / "examples"))


def examples() -> list[tuple[str, str]]:
    """(title, folder name) of each finished example."""
    return [(title_of(each.parent.name), each.parent.name) for each in sorted(EXAMPLES.glob("*/result.json"))]


def title_of(name: str) -> str:
    """What an example is called on the page."""
    folder = EXAMPLES / name
    info = json.loads((folder / "info.json").read_text("utf-8")) if (folder / "info.json").is_file() else {}
    return info.get("title") or name.replace("-", " ").capitalize()


@cache
def read_example(name: str) -> tuple[Recognition, TrueLabels]:
    """A finished answer and the truth, from their files: no model is asked or even imported."""
    folder = EXAMPLES / name
    data = json.loads((folder / "result.json").read_text("utf-8"))
    gazed = any((folder / each).is_file() for each in ("gaze.csv", "gaze_positions.csv"))
    recording = open_recording(folder / "scene.mp4", folder if gazed else None)
    answer = read_recognition(data, recording, _pictures(folder))
    labels = folder / "labels.csv"
    if not labels.is_file():
        return answer, NO_LABELS
    return answer, read_labels(labels, as_labelled(recording), answer.release.labels)


@cache
def read_compared(name: str) -> Comparison | None:
    """A finished comparison of the same recording, if the example has one."""
    path = EXAMPLES / name / "compare.json"
    if not path.is_file():
        return None
    answer, _ = read_example(name)
    return read_comparison(json.loads(path.read_text("utf-8")), answer.recording, _pictures(path.parent))


def _pictures(folder: Path) -> list[str]:
    return json.loads((folder / "thumbnails.json").read_text("utf-8"))
