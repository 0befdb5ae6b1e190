"""Settings of a render: checked before anything is drawn, recorded beside what was drawn."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path

from encodings.errors import UserError
from pipelines.datasets.rendered.benches.registry import BENCHES
from pipelines.datasets.rendered.output.gaze_export import EXPORTS
from pipelines.datasets.rendered.scenes.plan import CLIP_S

CAMERAS = ("glasses", "phone")


class UnusableSettings(UserError):
    """Settings that cannot be rendered, described in one sentence."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Settings of one render: the same settings and sources give the same bytes.

    labels is a key of `BENCHES`, workflows the number of recordings.  rate_hz, width and height are those of
    the video; workflow_s (a multiple of 4 s) shortens every workflow.  signals also writes true depth and
    masks, clips also writes 4 s files.  gaze_format is cloud, core or table.  A camera that is a phone writes
    frames at a variable rate, rotated, and gaze with gaps.
    """

    labels: str
    workflows: int
    seed: int
    rate_hz: float = 12.0
    width: int = 320
    height: int = 240
    signals: bool = False
    clips: bool = True
    workflow_s: float | None = None
    gaze_format: str = "cloud"
    camera: str = "glasses"

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of a frame in pixels as it is shown: a phone is upright."""
        return (self.height, self.width) if self.camera == "phone" else (self.width, self.height)

    @property
    def record(self) -> dict[str, object]:
        """All that decides the bytes: the settings, and a hash of the sources that draw."""
        return asdict(self) | {"sources": _sources()}

    def check(self) -> None:
        """Raise UnusableSettings if these cannot be rendered."""
        if self.labels not in BENCHES:
            raise UnusableSettings(
                f"The bench cannot render the labels {self.labels!r}; choose {' or '.join(BENCHES)}."
            )
        if self.workflows < 1 or self.seed < 0:
            raise UnusableSettings(
                f"Cannot render {self.workflows} workflows with seed {self.seed}; "
                "ask for at least 1 workflow and a seed from 0 up."
            )
        if not 1 <= self.rate_hz <= 60 or abs(self.rate_hz * CLIP_S - round(self.rate_hz * CLIP_S)) > 1e-9:
            raise UnusableSettings(
                f"Cannot render {self.rate_hz} frames a second; choose 1 to 60, a multiple of 0.25."
            )
        if any(side % 2 or not 32 <= side <= 2048 for side in self.size):
            raise UnusableSettings(
                f"Cannot render frames of {self.width}x{self.height}; choose even numbers from 32 to 2048."
            )
        if self.gaze_format not in EXPORTS:
            raise UnusableSettings(
                f"Cannot write gaze in the format {self.gaze_format!r}; choose {' or '.join(EXPORTS)}."
            )
        if self.camera not in CAMERAS:
            raise UnusableSettings(f"There is no camera {self.camera!r}; choose {' or '.join(CAMERAS)}.")
        if self.camera == "phone" and (self.clips or self.signals):
            raise UnusableSettings(
                "A phone's frames come at no steady rate, so that only whole recordings are written; "
                "leave out the clips (--no-clips) and the signals."
            )


def _sources() -> str:
    """A short hash of this folder's code: a render begun with other code must not be finished with it."""
    files = sorted(Path(__file__).parents[1].rglob("*.py"))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()[:16]
