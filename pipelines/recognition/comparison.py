"""Comparison, the answers of several variants to one recording."""

from dataclasses import dataclass, field

from encodings.names import Encoding
from pipelines.recognition.latency import Latency
from pipelines.recognition.recognise import Recognition
from pipelines.recordings.recording import Recording
from zoo.labels import LabelSet
from zoo.release_choices import ReleaseChoice
from zoo.variants import Variant

MIXED = "mixed"  # the tier of a comparison whose releases have several


@dataclass(frozen=True, kw_only=True)
class NoRelease:
    """A requested release that does not exist, and the sentence that says why."""

    choice: ReleaseChoice
    labels: LabelSet
    reason: str

    @property
    def variant(self) -> Variant:
        """The variant that was requested."""
        return self.choice.variant

    @property
    def tier(self) -> str:
        """The tier that was requested."""
        return self.choice.tier


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
    """One release's part in a comparison; `failed` is the reason why it has no answer, or stopped.

    qualifier tells releases of one variant apart: “hub”, a folder’s name, or ORG/NAME@REVISION, shortened.
    It is "" for the embedded one, and for a variant that is there only once.
    """

    variant: Variant
    qualifier: str = ""
    answer: Recognition | None = None
    failed: str = ""
    about: About = About()

    @property
    def key(self) -> str:
        """What files and reports call it: the key of its variant, and its qualifier."""
        return f"{self.variant.key}@{self.qualifier}" if self.qualifier else self.variant.key

    @property
    def title(self) -> str:
        """What readers see."""
        return f"{self.variant.title} ({self.qualifier})" if self.qualifier else self.variant.title

    @property
    def clips_done(self) -> int:
        """How many clips it has labelled."""
        return len(self.answer.clips) if self.answer else 0


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """The answers of several releases to one recording, so far; tier is MIXED if they have several.

    latency counts the work that runs share once; the latency of each run's answer counts it in full.
    """

    recording: Recording
    labels: LabelSet
    encoding: Encoding  # as requested; a run may have been shown another
    tier: str
    total: int  # clips there will be
    runs: tuple[Run, ...]
    latency: Latency = field(default_factory=Latency)
    loading: str = ""  # the title of the run that is being loaded

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
