"""What a captioner is asked about a clip."""

from collections.abc import Sequence

from zoo.labels import NO_ACTION, LabelSet

WHICH = "which"
WHAT = "what"
OPENLY = "What action is performed in this video?"


def ask(question: str | None, labels: LabelSet) -> str | None:
    """The words of a question, as the paper describes them; None if nothing is asked.

    "which" lists what the labels show and allows none of them; "what" is open and the same for every
    label set.  The paper's own wording is not published.
    """
    if question is None:
        return None
    if question == WHAT:
        return OPENLY
    return which([each.text for each in labels.activities if each.name != NO_ACTION])


def which(texts: Sequence[str]) -> str:
    """Ask which of some actions is performed."""
    return f"Which of these actions is performed in this video: {'; '.join(texts)}; or none of them?"
