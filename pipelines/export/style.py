"""The looks that the page and a report share."""

from pathlib import Path

from pipelines.colours import stylesheet

ANSWERS = (Path(__file__).parent / "answers.css").read_text(encoding="utf-8")


def answers_css() -> str:
    """CSS of lanes, steps, tables and every activity's colour, light and under `.dark`."""
    return f"{stylesheet()}\n{ANSWERS}"
