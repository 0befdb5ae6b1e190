"""The looks that the page and a report share."""

from pipelines.views import STATIC
from pipelines.views.colours import stylesheet

ANSWERS, PAGE = ((STATIC / name).read_text(encoding="utf-8") for name in ("answers.css", "page.css"))


def answers_css() -> str:
    """CSS of lanes, steps, tables and every activity's colour, light and under `.dark`."""
    return f"{stylesheet()}\n{ANSWERS}"


def page_css() -> str:
    """The same, and CSS of the page around them."""
    return f"{answers_css()}\n{PAGE}"
