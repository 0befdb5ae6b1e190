"""Comparison, the answers of several variants to one recording."""

from dataclasses import dataclass, field

from encodings.names import Encoding
from pipelines.recognition.latency import Latency
from pipelines.recognition.recognise import Recognition
from pipelines.recordings.recording import Recording
from zoo.labels import LabelSet
from zoo.variants import Variant


@dataclass(frozen=True, kw_only=True)
class NoRelease:
    """A requested variant that has no release, and the sentence that says why."""

    variant: Variant
    labels: LabelSet
    tier: str
    reason: str


@dataclass(frozen=True, kw_only=True)
class About:
    """What the files of a release say of it: its config.json and its evaluation.json.

    forward_pass is a number that runs share if they share the pass.  training_labels counts the clips of
    each label in the training split; it is {} if the release has no counts.
    """

    trained_on: str = ""
    measured_f1: dict[str, float] = field(default_factory=dict)
    training_labels: dict[str, int] = field(default_factory=dict)
    parameters: int | None = None
    memory_bytes: int | None = None
    forward_pass: int | None = None
    zero_shot_note: str = ""  # what to know of its measured F1, if it is zero-shot


@dataclass(frozen=True, kw_only=True)
class Run:
    """One variant's part in a comparison; `failed` is the reason why it has no answer, or stopped."""

    variant: Variant
    answer: Recognition | None = None
    failed: str = ""
    about: About = About()

    @property
    def clips_done(self) -> int:
        """How many clips it has labelled."""
        return len(self.answer.clips) if self.answer else 0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The answers of several variants to one recording, so far.

    latency counts the work that runs share once; the latency of each run's answer counts it in full.
    """

    recording: Recording
    labels: LabelSet
    encoding: Encoding  # as requested; a run may have been shown another
    tier: str
    total: int  # clips there will be
    runs: tuple[Run, ...]
    latency: Latency = field(default_factory=Latency)
    loading: str = ""  # the title of the variant that is being loaded

    @property
    def forward_passes(self) -> int:
        """How often a clip goes through an encoder for all the runs together."""
        return len({run.about.forward_pass for run in self.runs} - {None})

    @property
    def answered(self) -> tuple[Run, ...]:
        """The runs that have labelled at least one clip."""
        return tuple(run for run in self.runs if run.clips_done)

    @property
    def answers_done(self) -> int:
        """How many labels the runs have given together."""
        return sum(run.clips_done for run in self.runs)

    @property
    def answers_expected(self) -> int:
        """How many labels the runs will have given at the end, if nothing more fails."""
        return sum(run.clips_done if run.failed else self.total for run in self.runs)

    @property
    def finished(self) -> bool:
        """Whether every run has labelled every clip or failed."""
        return all(run.failed or run.clips_done == self.total for run in self.runs)
