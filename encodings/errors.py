"""The one kind of error a user is meant to read."""

import unicodedata

UNSEEN = ("Cc", "Cf", "Cs", "Zl", "Zp")  # Unicode's categories of what breaks a line or shows as nothing


class UserError(Exception):
    """A sentence for the user: what it is about, what was found, what was expected, what to do.

    The page and the command line show its text as it stands.  Each room derives its own
    child, so that code can tell them apart; everything else that is raised is our mistake.  It is one line
    whatever files and columns are called: characters that break lines or show as nothing become “?”.
    """

    def __str__(self) -> str:
        return "".join("?" if unicodedata.category(each) in UNSEEN else each for each in super().__str__())


class MissingSignal(UserError):
    """An encoding asks for gaze, depth or masks that the clip does not carry."""
