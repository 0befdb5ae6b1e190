"""The questions that a captioner is asked about a clip."""

from collections.abc import Sequence

from zoo.labels import NO_ACTION, LabelSet

WHICH = "which"
WHAT = "what"
OPEN_QUESTION = "What action is performed in this video?"


def question_text(question: str | None, labels: LabelSet) -> str | None:
    """The words of a question as the paper describes it; None if a variant has no question.

    "which" lists the texts of the labels and allows none of them; "what" is open and the same for every
    label set.  The paper's own wording is not published.
    """
    if question is None:
        return None
    if question == WHAT:
        return OPEN_QUESTION
    return which_of([each.text for each in labels.activities if each.name != NO_ACTION])


def which_of(texts: Sequence[str]) -> str:
    """The question which of some actions is performed."""
    return f"Which of these actions is performed in this video: {'; '.join(texts)}; or none of them?"
