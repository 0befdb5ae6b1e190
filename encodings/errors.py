"""UserError, the one kind of error that is shown to a user."""

import unicodedata

INVISIBLE = ("Cc", "Cf", "Cs", "Zl", "Zp")  # Unicode categories that break a line or show as nothing


class UserError(Exception):
    """A sentence for the user: what it is about, what was found, what was expected, what to do.

    The page and the command line show its text as it is.  Each package derives its own child, so that code
    can tell them apart; every other exception is our mistake.  It is one line whatever files and columns are
    called: characters that break lines or show as nothing become “?”.
    """

    def __str__(self) -> str:
        return "".join("?" if unicodedata.category(each) in INVISIBLE else each for each in super().__str__())


class MissingSignal(UserError):
    """An encoding asks for gaze, depth or masks that the clip does not carry."""
