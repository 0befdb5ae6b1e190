"""What the marks of the lanes and the workflow mean."""

from pipelines.views.templates import render
from zoo.labels import LabelSet


def legend_html(labels: LabelSet, reference: str = "") -> str:
    """Initials of a label set, and every mark; reference is what a flagged label differs from."""
    return render("legend.html", activities=labels.activities, reference=reference)
