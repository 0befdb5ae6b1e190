"""What each visitor of the page has before them: theirs alone, and deleted after they leave."""

import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from shutil import rmtree

from encodings.errors import UserError
from pipelines.evaluation.comparison_report import ComparisonReport, make_report, with_own_labels
from pipelines.examples import examples, read_compared, read_example
from pipelines.recognition.comparison import Comparison
from pipelines.recognition.recognise import Recognition
from pipelines.recordings.annotations.segment import NO_LABELS, TrueLabels
from pipelines.recordings.recording import Recording
from zoo.labels import LabelSet
from zoo.releases import Release

GRACE_S = 60  # uploads and downloads of a closed page are deleted after this long; a reload finds them before


class NothingChosen(UserError):
    """A run without a recording, or files that make none."""


@dataclass(eq=False, kw_only=True)
class Session:
    """One visitor's recording, the answers so far, and the files that are deleted after they leave."""

    recording: Recording | None = None
    as_read: Recording | None = None  # the same before its gaze was shifted by hand
    gaze_shift: tuple[int, int, int] = (0, 0, 0)  # by hand: milliseconds later, pixels right and down
    example: str | None = None  # the folder of a worked example, None for an upload
    answer: Recognition | None = None
    comparison: Comparison | None = None
    truth: TrueLabels = NO_LABELS
    unmapped: tuple[Path, tuple[str, ...]] | None = (
        None  # true labels with names that are no labels, and these
    )
    mapping: dict[str, str] = field(default_factory=dict)  # labels that the visitor chose for such names
    named: dict[str, Release] = field(default_factory=dict)  # releases that the visitor has typed in
    own_labels: bool = False  # whether a comparison shows the models’ own labels, before smoothing
    faults: dict[str, str] = field(default_factory=dict)  # why releases could not be fetched, by choice
    hub_queries: int = 0  # how often the Hub was asked about chosen releases
    uploads: set[Path] = field(default_factory=set)
    downloads: Path | None = None
    ticket: str = field(default_factory=token_urlsafe)  # brings a browser tab back to it after a reload
    closed_s: float | None = None  # when its page was closed, in seconds since 1970 as files have them
    served: Recording | None = None  # the recording that each tab shows before it is drawn
    drawn: dict[str, Recording | None] = field(default_factory=dict)  # the one that it was drawn with
    _runs: dict[str, object] = field(default_factory=dict)  # the run of each tab that is going on
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @classmethod
    def first(cls) -> "Session":
        """What a visitor has before them first: a finished example, if there is one."""
        session = cls()
        session.choose_example()
        session.served = session.recording
        return session

    @property
    def is_first(self) -> bool:
        """Whether nothing was chosen or run: the visitor has before them what the page as served shows."""
        if self.recording is not self.served or not self.example:
            return self.recording is self.served is None
        return self.answer is read_example(self.example)[0] and self.comparison is read_compared(self.example)

    def is_drawn(self, tab: str) -> bool:
        """Whether a tab shows the recording."""
        return self.drawn.get(tab, self.served) is self.recording

    def choose(
        self,
        recording: Recording | None,
        example: str | None = None,
        answer: Recognition | None = None,
        truth: TrueLabels = NO_LABELS,
        comparison: Comparison | None = None,
    ) -> None:
        """Replace the recording; runs of the one before are over."""
        with self._lock:
            self._runs.clear()
            self.recording, self.example, self.answer = recording, example, answer
            self.as_read, self.gaze_shift = recording, (0, 0, 0)
            self.truth, self.comparison = truth, comparison

    def shift_gaze(self, recording: Recording, shift: tuple[int, int, int]) -> None:
        """Take the recording with its gaze shifted; answers to the earlier one stay, marked as such."""
        with self._lock:
            self.recording, self.gaze_shift = recording, shift

    def choose_example(self, name: str | None = None) -> None:
        """Choose a finished example by its folder's name, or the first one; nothing if there is none."""
        name = name or next((folder for _, folder in examples()), None)
        if name is None:
            self.choose(None)
            return
        answer, truth = read_example(name)
        self.choose(answer.recording, name, answer, truth, read_compared(name))

    def start_run(self, tab: str) -> None:
        """Begin a run of a tab; the one before it is over."""
        self._runs[tab] = object()

    def current_run(self, tab: str) -> object | None:
        """The run of a tab that is going on, None if there is none."""
        return self._runs.get(tab)

    def end_run(self, tab: str, run: object | None) -> bool:
        """End a run of a tab; False if it was over already."""
        with self._lock:
            going_on = run is not None and self._runs.get(tab) is run
            if going_on:
                del self._runs[tab]
            return going_on

    def end_runs(self) -> None:
        """End the runs of all tabs."""
        with self._lock:
            self._runs.clear()

    def keep(self, tab: str, run: object, result: Recognition | Comparison) -> bool:
        """Keep what a run has found so far; False, and nothing kept, if that run is over."""
        with self._lock:
            if self._runs.get(tab) is not run:
                return False
            if isinstance(result, Comparison):
                self.comparison = result
            else:
                self.answer = result
            return True

    def report(self) -> ComparisonReport:
        """What the comparison says of smoothed labels; true labels of another label set are left out."""
        return make_report(self.comparison, self.truth_in(self.comparison.labels))

    def shown_report(self) -> ComparisonReport:
        """The same of the labels that the visitor wants to see."""
        report = self.report()
        return with_own_labels(report, self.comparison) if self.own_labels else report

    def truth_in(self, labels: LabelSet) -> TrueLabels:
        """The true labels, none if they are of another label set."""
        return self.truth if all(each.label in labels.labels for each in self.truth) else NO_LABELS

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
    """The sessions of all visitors, by the hash that Gradio gives each page that is open."""

    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def get(self, session_hash: str) -> Session:
        """The session of an open page, and nobody else's."""
        if session_hash not in self._sessions:
            self._sessions[session_hash] = Session.first()
        session = self._sessions[session_hash]
        session.closed_s = None
        return session

    def resume(self, session_hash: str, ticket: str, has_left: bool = False) -> Session:
        """The session with this ticket if its page was closed a moment ago, else a new one.

        `has_left` says that the browser tab itself remembers leaving: the server may learn of that only
        after the page is loaded again.
        """
        for before, session in list(self._sessions.items()):
            if session.ticket == ticket and (has_left or session.closed_s is not None):
                session.end_runs()
                self._sessions[session_hash] = self._sessions.pop(before)
        return self.get(session_hash)

    def leave(self, session_hash: str) -> None:
        """A page was closed, or is being loaded again: wait a little before deleting its session."""
        if session := self._sessions.get(session_hash):
            session.end_runs()
            session.closed_s = time.time()
            timer = threading.Timer(GRACE_S, self._delete, [session_hash])
            timer.daemon = True
            timer.start()

    def _delete(self, session_hash: str) -> None:
        """Delete what a visitor left behind.

        Two who upload the same file share it.  It stays while another has it, and if it was written after
        the visitor left: then another is just sending it, whose session does not know of it yet.
        """
        if session_hash not in self._sessions or self._sessions[session_hash].closed_s is None:
            return
        session = self._sessions.pop(session_hash)
        for other in self._sessions.values():  # the last of those who share it may have left before
            if other.closed_s is not None and other.uploads & session.uploads:
                other.closed_s = max(other.closed_s, session.closed_s)
        in_use = set().union(*(other.uploads for other in self._sessions.values()))
        for path in session.uploads - in_use:
            if path.exists() and path.stat().st_mtime <= session.closed_s:
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
