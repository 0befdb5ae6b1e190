"""What every message to a user must be, and files of any content that cause one."""

import re
from pathlib import Path

from encodings.errors import UserError


def check_sentence(error: UserError, name: str) -> None:
    """One short sentence that names the file and nothing of the machine."""
    text = str(error)
    assert f"“{name}”" in text
    assert len(text.splitlines()) == 1
    assert text.endswith(".")
    assert len(text) < 400
    assert not re.search(r"/\w+/|Traceback|Error|Errno|avcodec|\bnan\b|None", text)


def write_file(path: Path, content: bytes | str) -> Path:
    """Write a file of any content; returns its path."""
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path
