"""Where results, notes and progress of the command line go."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from encodings.errors import UserError
from pipelines.cli.options import STDOUT
from zoo.atomic_write import atomic_write

Count = Callable[[int, int], None]  # how much is done, of how much


def write(result: dict | list, out: Path | None, summary: str = "") -> None:
    """Write a result as JSON to a file or to stdout; without either a terminal shows its summary instead."""
    if out is None and summary and sys.stdout.isatty():
        print(f"{summary}\n\nAll of it as JSON: --json, or --json FILE")
        return
    text = json.dumps(result, indent=2, ensure_ascii=False, allow_nan=False)
    if out is None or out == STDOUT:
        print(text)
        return
    write_whole(text + "\n", out)


def write_whole(text: str, out: Path) -> None:
    """Write a text so that it appears whole or not at all."""
    try:
        with atomic_write(out) as file:
            file.write(text)
    except OSError as error:
        raise UserError(f"{out.name} cannot be written ({error.strerror}); choose another place.") from error


def note(sentence: str) -> None:
    """Write one line beside a result, to stderr."""
    print(sentence, file=sys.stderr)


@contextmanager
def progress(title: str, unit: str) -> Iterator[Count]:
    """A progress bar on stderr, on a terminal only; other programs get no more than the result."""
    from tqdm import tqdm

    with tqdm(desc=title, unit=f" {unit}", disable=None, leave=False, file=sys.stderr) as bar:

        def count(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield count
