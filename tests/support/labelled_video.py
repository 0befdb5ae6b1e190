"""Labelled video for tests: rows of a manifest, tables of labels, and what a report counted."""

from pathlib import Path

from pipelines.datasets.manifest import ClipRow

FRAMES_MS = [round(1000 * number / 30) for number in range(450)]  # 15 s at 30 Hz


def clip_row(video: str = "a.mp4", start_s: float = 0.0, label: str = "Add", **values) -> ClipRow:
    """A row of one 4 s clip; values replace any other of its fields."""
    row = {"end_s": start_s + 4.0, "split": "training", "wearer": "w", "workflow": "f"}
    return ClipRow(video=video, start_s=start_s, label=label, **row | values)


def write_table(path: Path, columns: str, *rows: str) -> Path:
    """Write a CSV of labels."""
    path.write_text("\n".join([columns, *rows]) + "\n")
    return path


def skipped_counts(report: dict) -> dict[str, int]:
    """How many rows `gather` left out, by reason."""
    return {reason: entry["count"] for reason, entry in report["skipped"].items()}
