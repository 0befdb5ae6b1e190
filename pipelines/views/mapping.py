"""What stands beside the menus that map names of a file to labels."""

from collections.abc import Sequence

from pipelines.recordings.annotations.entries import listed
from pipelines.views.templates import render
from zoo.labels import LabelSet


def mapping_html(file: str, names: int, labels: LabelSet, without: Sequence[str] = ()) -> str:
    """A heading, what to do, and which names nothing was chosen for yet."""
    return render("mapping.html", file=file, names=names, labels=labels, without=listed(tuple(without)))


def mapping_sentence(file: str, names: Sequence[str], labels: LabelSet) -> str:
    """Why a file of true labels was not taken yet."""
    are = "which is no label" if len(names) == 1 else "which are no labels"
    return f"{file} has {listed(tuple(names))}, {are} of {labels.title}: choose below what each stands for."
