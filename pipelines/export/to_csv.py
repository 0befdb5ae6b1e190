"""The named clips as a table for a spreadsheet."""

import csv
import io

from pipelines.recognise import Recognition

COLUMNS = ("start_s", "end_s", "label", "score", "encoding")


def as_csv(recognition: Recognition) -> str:
    """One row a clip, with the score of its label."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for clip in recognition.clips:
        said = clip.prediction
        score = "" if said.scores is None else f"{said.scores[said.label]:.3f}"
        writer.writerow((f"{said.start_s:.2f}", f"{said.end_s:.2f}", said.label, score, clip.encoding.name))
    return text.getvalue()
