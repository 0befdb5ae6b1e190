"""The error boundary of the page: a UserError is shown as its sentence, anything else as our mistake."""

from collections.abc import Iterator
from contextlib import contextmanager
from html import escape

import gradio as gr

from encodings.errors import UserError
from pipelines.page.session import Session

OURS = "This is a mistake of ours, not yours; the server’s log says more."


@contextmanager
def show_user_errors(session: Session) -> Iterator[None]:
    """Show a UserError as the sentence it is; Gradio logs anything else with its traceback."""
    try:
        yield
    except UserError as error:
        session.refusal = str(error)
        raise gr.Error(escape(session.refusal, quote=False), print_exception=False) from error


def sentence_of(error: Exception) -> str:
    """What a visitor reads of an error."""
    return str(error) if isinstance(error, UserError) else OURS
