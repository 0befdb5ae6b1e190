"""Where results and progress of the command line go."""

import json
import sys
from pathlib import Path

from encodings.errors import UserError


def write(result: dict | list, out: Path | None) -> None:
    """Results go to stdout, or whole to a file; a failure leaves no half of one."""
    text = json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False)
    if out is None:
        print(text)
        return
    write_whole(text + "\n", out)


def write_whole(text: str, out: Path) -> None:
    """Write a text so that it appears whole or not at all."""
    part = out.with_name(out.name + ".part")
    try:
        part.write_text(text, encoding="utf-8")
        part.replace(out)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UserError(f"{out.name} cannot be written ({error.strerror}); choose another place.") from error


def count(done: int, total: int) -> None:
    """Progress goes to a terminal, on one line; other programs get no more than the result."""
    if sys.stderr.isatty():
        print(f"\r{done} of {total}", end="\n" if done == total else "", file=sys.stderr, flush=True)
