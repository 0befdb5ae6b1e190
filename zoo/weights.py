"""Where weights are, and the errors of those that are missing or broken."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from encodings.errors import UserError


class WeightsMissing(UserError):
    """Weights that are not where they should be, or are not what they should be."""


class TooLittleMemory(WeightsMissing):
    """A device with too little memory for a model, or for a clip beside it."""


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


def read_json(folder: Path, name: str) -> dict[str, Any]:
    """Read a JSON file of a release, an object.  Raises WeightsMissing if it is missing or broken."""
    require_files(folder, name)
    try:
        content = json.loads((folder / name).read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError) as error:
        raise WeightsMissing(
            f"The {name} of {folder.name} cannot be loaded ({error}); fetch or push it again."
        ) from error
    if not isinstance(content, dict):
        raise WeightsMissing(
            f"The {name} of {folder.name} cannot be loaded (it is no JSON object); fetch or push it again."
        )
    return content


def require_files(folder: Path, *names: str) -> None:
    """Make sure that files are there.  Raises WeightsMissing."""
    for name in names:
        if not (folder / name).is_file():
            raise WeightsMissing(
                f"The release {folder.name} has no {name}, and no other file is loaded in its place; "
                "push it again whole, its weights as safetensors."
            )


@contextmanager
def reading(folder: Path) -> Iterator[None]:
    """Around calls of model libraries: what they raise for broken files becomes WeightsMissing.

    A wrong value in a config.json reaches far into them, where it is a TypeError, an AttributeError or a
    division by zero.  Nothing but such calls belongs inside, so that a mistake of ours is never taken for a
    broken file.
    """
    from huggingface_hub.errors import StrictDataclassError
    from safetensors import SafetensorError

    try:
        yield
    except (
        *(StrictDataclassError, SafetensorError, OSError, RuntimeError),
        *(ValueError, TypeError, AttributeError, LookupError, ArithmeticError),
    ) as error:
        if is_out_of_memory(error):
            raise
        reason = (str(error).strip().splitlines() or [type(error).__name__])[0][:160]
        raise WeightsMissing(
            f"The weights {folder.name} cannot be loaded ({reason}); fetch or push them again."
        ) from error


def is_out_of_memory(error: Exception) -> bool:
    """Whether a device had too little memory; torch says so in a RuntimeError of a processor's allocator."""
    if isinstance(error, MemoryError):
        return True
    message = str(error)
    return isinstance(error, RuntimeError) and ("allocate" in message or "out of memory" in message)
