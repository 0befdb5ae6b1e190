"""Writing a file so that it appears whole or not at all."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

PART = ".part"  # ends the name of a file that is being written


@contextmanager
def atomic_write(path: Path, mode: str = "w") -> Iterator[IO]:
    """Open a file to be written that takes its name only when it is whole.

    It is written under a temporary name of its own beside path, in UTF-8 with "\\n" as it stands for mode
    "w", in bytes for "wb", and replaces path at the end.  A failure leaves path as it was.  Raises OSError.
    """
    text = {} if "b" in mode else {"encoding": "utf-8", "newline": ""}
    part = path.with_name(f"{path.name}.{secrets.token_hex(4)}{PART}")
    file = part.open(mode.replace("w", "x"), **text)
    try:
        with file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
