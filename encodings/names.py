"""The twelve visual encodings, each named by the signals it shows."""

from dataclasses import dataclass

from encodings.errors import UserError

SIGNALS = {"V": "video", "D": "depth", "M": "object masks", "G": "gaze"}


class UnknownEncoding(UserError):
    """A name that is none of the twelve."""


@dataclass(frozen=True)
class Encoding:
    """A visual encoding: its letters say which signals it needs."""

    name: str

    @property
    def needs(self) -> frozenset[str]:
        """The letters of the signals it shows, out of V, D, M, G."""
        return frozenset(self.name)

    @property
    def title(self) -> str:
        """The signals in words, such as "video, depth and gaze"."""
        words = [SIGNALS[letter] for letter in self.name]
        return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"

    @property
    def without_gaze(self) -> "Encoding":
        """The same encoding without the gaze dot, of clips without a gaze point."""
        return encoding(self.name.removesuffix("G"))


# The order of the paper's Table 4.
ENCODINGS = tuple(
    Encoding(name) for name in ("V", "VG", "VDG", "VDMG", "VDM", "VD", "D", "DG", "M", "MG", "MD", "MDG")
)
_BY_NAME = {each.name: each for each in ENCODINGS}


def encoding(name: str) -> Encoding:
    """Look up one of the twelve.  Raises UnknownEncoding, which lists them."""
    if name not in _BY_NAME:
        raise UnknownEncoding(f"There is no encoding “{name}”; expected one of {', '.join(_BY_NAME)}.")
    return _BY_NAME[name]
