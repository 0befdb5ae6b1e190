"""The style sheets and scripts that the page and a report share."""

from pipelines.views import STATIC
from pipelines.views.colours import stylesheet
from pipelines.views.timeline import LANES_SCRIPT


def answers_css() -> str:
    """CSS of lanes, steps, tables and every activity's colour, light and under `.dark`."""
    return f"{stylesheet()}\n{_static('answers.css')}"


def page_css() -> str:
    """The same, and CSS of the page around them."""
    return f"{answers_css()}\n{_static('page.css')}"


def report_css() -> str:
    """The same, and CSS of a report, which has no page around it."""
    return f"{answers_css()}\n{_static('report.css')}"


def report_script() -> str:
    """The lanes' script with what the page gives it otherwise; a report has no video to move."""
    return f"{_static('report_props.js')}\n{LANES_SCRIPT}\n{_static('report_jump.js')}"


def _static(name: str) -> str:
    return (STATIC / name).read_text(encoding="utf-8")
