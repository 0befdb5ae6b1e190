"""The one kind of error a user is meant to read."""


class UserError(Exception):
    """A sentence for the user: what it is about, what was found, what was expected, what to do.

    The page and the command line show its text as it stands.  Each room derives its own
    child, so that code can tell them apart; everything else that is raised is our mistake.
    """


class MissingSignal(UserError):
    """An encoding asks for gaze, depth or masks that the clip does not carry."""
