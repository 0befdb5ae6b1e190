"""Lines of the page on what is going on: a status, sentences below it, the heading of a part."""

from collections.abc import Sequence

from pipelines.views.templates import macro, render

NO_MODELS = (
    "No model is on this machine: the folder zoo/embedded is empty. Fetch it again from BenchScribe’s "
    "repository; until then the page shows finished examples only."
)


def status_html(message: str, share: float | None = None, state: str = "", title: str = "Workflow") -> str:
    """A heading and a message, with a bar if it is known which share is done, 0 to 1.

    state is "running", "failed" or "".
    """
    return render("status.html", message=message, share=share, state=state, title=title)


def problem_html(sentence: str) -> str:
    """Why a control cannot take what it was given; it stands beside that control."""
    return macro("macros.html", "problem", sentence)


def reading_html() -> str:
    """That a file is being read."""
    return macro("macros.html", "reading")


def device_html(name: str) -> str:
    """What the models run on, at the foot of the page."""
    return macro("macros.html", "device", name)


def remarks_html(sentences: Sequence[str]) -> str:
    """A list of sentences, each about something that is missing; nothing if there is none."""
    return macro("macros.html", "remarks", sentences)


def title_html(title: str) -> str:
    """The heading of a part of the page."""
    return macro("macros.html", "heading", title)
