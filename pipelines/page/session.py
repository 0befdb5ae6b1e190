"""What each visitor of the page has before them; it is theirs alone, and goes when they do."""

import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from shutil import rmtree

from encodings.errors import UserError
from pipelines.evaluation.comparison_report import ComparisonReport, make_report
from pipelines.examples import examples, read_compared, read_example
from pipelines.recognition.comparison import Comparison
from pipelines.recognition.recognise import Recognition
from pipelines.recordings.annotations.segment import Segment
from pipelines.recordings.recording import Recording

LEFT_S = 60  # after closing the page its uploads and downloads are deleted; until then a reload finds them


class NothingChosen(UserError):
    """A run without a recording, or files that make none."""


@dataclass(eq=False)
class Session:
    """One visitor's recording, the answer so far, and the files that go when they do."""

    recording: Recording | None = None
    example: str | None = None  # where the recording is from, if it was not uploaded
    model: str | None = None  # who is to answer in the Recognise tab, if it was chosen
    answer: Recognition | None = None
    comparison: Comparison | None = None
    truth: tuple[Segment, ...] = ()
    running: bool = False
    comparing: bool = False
    refusal: str = ""  # the sentence with which the last upload was refused
    uploads: set[Path] = field(default_factory=set)
    downloads: Path | None = None
    ticket: str = field(default_factory=token_urlsafe)  # brings a visitor back to it after a reload
    left_s: float | None = None  # when its page was closed, in seconds since 1970 as files have them
    shown: dict[str, Recording | None] = field(default_factory=dict)  # the recording that each tab has drawn

    def choose(
        self,
        recording: Recording | None,
        example: str | None = None,
        answer: Recognition | None = None,
        truth=(),
        comparison: Comparison | None = None,
    ) -> None:
        """Put a recording on the desk in place of what was there."""
        self.recording, self.example, self.answer, self.truth = recording, example, answer, tuple(truth)
        self.comparison = comparison

    def choose_example(self, name: str | None = None) -> None:
        """Put a finished example on the desk, one by name or the first; if there is none, nothing."""
        name = name or next((folder for _, folder in examples()), None)
        if name is None:
            self.choose(None)
            return
        answer, truth = read_example(name)
        self.choose(answer.recording, name, answer, truth, read_compared(name))

    def report(self) -> ComparisonReport:
        """What the comparison shows; true labels of another label set are left out."""
        labels = self.comparison.labels.labels
        fits = all(each.label in labels for each in self.truth)
        return make_report(self.comparison, self.truth if fits else ())

    def write(self, texts: dict[str, str], under: Path) -> tuple[str, ...]:
        """Write texts by the end of their names, named after the recording, in this visitor's own folder."""
        under.mkdir(parents=True, exist_ok=True)
        if self.downloads is None:
            self.downloads = Path(tempfile.mkdtemp(prefix="benchscribe-", dir=under))
        stem = Path(self.recording.name).stem
        written = {self.downloads / f"{stem}{end}": text for end, text in texts.items()}
        for path, text in written.items():
            path.write_text(text, encoding="utf-8")
        return tuple(map(str, written))


class SessionStore:
    """Everybody's desks, by session."""

    def __init__(self) -> None:
        self._held: dict[str, Session] = {}

    def at(self, session_hash: str) -> Session:
        """The desk of a session, and nobody else's."""
        session = self._held.setdefault(session_hash, Session())
        session.left_s = None
        return session

    def come_back(self, session_hash: str, ticket: str) -> Session:
        """The desk that was left with a ticket, if that was a moment ago, else a new one."""
        for before, session in list(self._held.items()):
            if session.left_s is not None and session.ticket == ticket:
                self._held[session_hash] = self._held.pop(before)
        return self.at(session_hash)

    def leave(self, session_hash: str) -> None:
        """A page was closed, or is being loaded again: wait a little before clearing the desk."""
        if session := self._held.get(session_hash):
            session.left_s, session.running, session.comparing = time.time(), False, False
            timer = threading.Timer(LEFT_S, self._clear, [session_hash])
            timer.daemon = True
            timer.start()

    def _clear(self, session_hash: str) -> None:
        """Delete what a visitor left behind.

        Two who upload the same file share it.  It stays while another has it, and if it was written after
        the visitor left: then another is just sending it, whose desk does not know of it yet.
        """
        if session_hash not in self._held or self._held[session_hash].left_s is None:
            return
        session = self._held.pop(session_hash)
        in_use = set().union(*(other.uploads for other in self._held.values()))
        for path in session.uploads - in_use:
            if path.exists() and path.stat().st_mtime <= session.left_s:
                path.unlink(missing_ok=True)
        if session.downloads:
            rmtree(session.downloads, ignore_errors=True)


def split_gaze(paths: list[str]) -> tuple[str | None, str | None]:
    """(gaze, world timestamps) of the files given together.  Raises NothingChosen."""
    world = [path for path in paths if Path(path).name.lower().startswith("world_timestamps")]
    gaze = [path for path in paths if path not in world]
    if len(gaze) > 1 or len(world) > 1 or (world and not gaze):
        names = ", ".join(Path(path).name for path in paths)
        raise NothingChosen(
            f"Found {names}; expected one gaze file, and beside it at most one world_timestamps.csv."
        )
    return next(iter(gaze), None), next(iter(world), None)
