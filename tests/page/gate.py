"""Where a run waits for the test that watches it, so that no test depends on how fast a machine is."""

from contextlib import suppress
from itertools import count
from pathlib import Path


class Gate:
    """Files in a folder, by which a test speaks with the process that serves the page."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(exist_ok=True)
        self.folder, self._numbers = folder, count()
        self.closed = folder / "closed"  # while it is there, a forward pass needs a ticket
        self.broken = folder / "broken"  # while it is there, forward passes fail by a mistake of ours
        self.deleting = folder / "deleting"  # while it is there, what visitors left is deleted

    def close(self, passes: int = 0) -> None:
        """From here on only so many forward passes are done."""
        self.allow(passes)
        self.closed.touch()

    def allow(self, passes: int = 1) -> None:
        """Let as many more be done."""
        for _ in range(passes):
            (self.folder / f"pass-{next(self._numbers)}").touch()

    def open(self) -> None:
        """Let everything pass, and nothing fail."""
        for path in (self.closed, self.broken, self.deleting, *self.folder.glob("pass-*")):
            path.unlink(missing_ok=True)

    def lets_pass(self) -> bool:
        """Whether a forward pass may be done now; it takes a ticket if it needs one."""
        if not self.closed.exists():
            return True
        for ticket in self.folder.glob("pass-*"):
            with suppress(FileNotFoundError):
                ticket.unlink()
                return True
        return False
