"""Comparison, the noun several variants looking at one recording become."""

from dataclasses import dataclass, field

from encodings.names import Encoding
from pipelines.recognition.recognise import Recognition
from pipelines.recordings.recording import Recording
from zoo.labels import LabelSet
from zoo.variants import Variant


@dataclass(frozen=True)
class NoRelease:
    """A variant that was asked for and has nothing to answer with, and the sentence that says so."""

    variant: Variant
    labels: LabelSet
    tier: str
    sentence: str


@dataclass(frozen=True)
class About:
    """What stands beside a model's answers, from its own config.json and evaluation.json.

    forward_pass is a number that runs share if they share the pass; training_labels counts the clips
    of each label in the training split, {} if the release does not say.
    """

    trained_on: str = ""
    measured_f1: dict[str, float] = field(default_factory=dict)
    training_labels: dict[str, int] = field(default_factory=dict)
    parameters: int | None = None
    memory_bytes: int | None = None
    forward_pass: int | None = None
    zero_shot_note: str = ""  # what to know of its measured F1, if it is zero-shot


@dataclass(frozen=True)
class Run:
    """One variant's part in a comparison; `failed` says why it has no answer, or none any more."""

    variant: Variant
    answer: Recognition | None
    failed: str = ""
    about: About = About()

    @property
    def named(self) -> int:
        """How many clips it has named."""
        return len(self.answer.clips) if self.answer else 0


@dataclass(frozen=True)
class Comparison:
    """What is known so far of a recording that several variants look at.

    latency_s counts work that runs share once; the latency of each run's answer counts it in full.
    """

    recording: Recording
    labels: LabelSet
    encoding: Encoding  # as asked; a run may have been shown another
    tier: str
    total: int  # clips there will be
    runs: tuple[Run, ...]
    latency_s: dict[str, float] = field(default_factory=dict)
    loading: str = ""  # the title of the variant that is being loaded

    @property
    def forward_passes(self) -> int:
        """How often a clip goes through an encoder for all the runs together."""
        return len({run.about.forward_pass for run in self.runs} - {None})

    @property
    def answered(self) -> tuple[Run, ...]:
        """The runs that have named at least one clip."""
        return tuple(run for run in self.runs if run.named)

    @property
    def named(self) -> int:
        """How many answers there are."""
        return sum(run.named for run in self.runs)

    @property
    def to_name(self) -> int:
        """How many answers there will be, if nothing more fails."""
        return sum(run.named if run.failed else self.total for run in self.runs)

    @property
    def finished(self) -> bool:
        """Whether every run has named every clip or failed."""
        return all(run.failed or run.named == self.total for run in self.runs)
