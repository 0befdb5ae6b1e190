"""The error boundary of the page: a UserError is shown as its sentence, anything else as our mistake."""

import logging

from encodings.errors import UserError

OURS = "This is a mistake of ours, not yours; the server’s log says more."

log = logging.getLogger(__name__)


def sentence_of(error: Exception) -> str:
    """What a visitor reads of an error; one that is not theirs is logged with its traceback."""
    if isinstance(error, UserError):
        return str(error)
    log.error("A callback of the page failed", exc_info=error)
    return OURS
