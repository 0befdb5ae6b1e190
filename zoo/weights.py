"""Where weights are, and what is said when they are not there."""

from dataclasses import dataclass
from pathlib import Path

from encodings.errors import UserError


class WeightsMissing(UserError):
    """Weights that are not where they should be, or are not what they should be."""


@dataclass(frozen=True)
class Weights:
    """Where weights are: a folder, or a Hub id with its pinned 40-hex revision."""

    source: str
    revision: str | None = None  # None for a folder

    @property
    def name(self) -> str:
        """What the page and the JSON call them; a folder by its own name alone."""
        return self.source if self.revision else Path(self.source).name


def parse_weights(text: str) -> Weights:
    """Read a folder or ORG/NAME@REVISION.  Raises WeightsMissing if it is neither."""
    if text and Path(text).is_dir():
        return Weights(text)
    source, _, revision = text.partition("@")
    if is_revision(revision) and source.count("/") == 1:
        return Weights(source, revision)
    raise WeightsMissing(
        f"The weights “{text}” are neither a folder nor a pinned Hub release; "
        "expected ORG/NAME@REVISION with the 40 hexadecimal digits of a commit."
    )


def is_revision(text: str) -> bool:
    """Whether a text is the 40 hexadecimal digits of a commit, and no branch that can move."""
    return len(text) == 40 and set(text) <= set("0123456789abcdef")


def require_files(folder: Path, *names: str) -> None:
    """Make sure that files are there.  Raises WeightsMissing."""
    for name in names:
        if not (folder / name).is_file():
            raise WeightsMissing(
                f"The release {folder.name} has no {name}, and no other file is loaded in its place; "
                "push it again whole, its weights as safetensors."
            )
