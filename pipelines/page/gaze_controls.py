"""Adjusting gaze by hand: three numbers under the video, and the ring that follows them."""

from dataclasses import dataclass, replace

import gradio as gr

from pipelines.page.session import Session
from pipelines.recordings.gaze.nudge import nudge
from pipelines.recordings.recording import Recording

MOST_MS, MOST_PX = 10_000, 2000  # beyond that it is the gaze of another recording, or of another camera
TITLE = "Adjust gaze"


@dataclass(frozen=True, eq=False, kw_only=True)
class GazeControls:
    """How much later gaze is, and how far it lies to the right and down; each may be negative."""

    panel: gr.Accordion
    later_ms: gr.Number
    right_px: gr.Number
    down_px: gr.Number

    @classmethod
    def build(cls) -> "GazeControls":
        """Make them; `place` has the rest."""
        look = {"value": 0, "precision": 0, "render": False, "min_width": 90}
        of_time = {"minimum": -MOST_MS, "maximum": MOST_MS, "step": 20}
        of_place = {"minimum": -MOST_PX, "maximum": MOST_PX, "step": 5}
        return cls(
            panel=gr.Accordion(TITLE, open=False, visible=False, render=False, elem_classes="adjust"),
            later_ms=gr.Number(label="later, ms", **look, **of_time),
            right_px=gr.Number(label="to the right, px", **look, **of_place),
            down_px=gr.Number(label="down, px", **look, **of_place),
        )

    @property
    def numbers(self) -> list[gr.Number]:
        """Its three numbers, in the order of a shift."""
        return [self.later_ms, self.right_px, self.down_px]

    def place(self) -> None:
        """Place them here; they are hidden without gaze."""
        self.panel.render()
        with self.panel, gr.Row():
            for number in self.numbers:
                number.render()

    def draw(self, session: Session) -> dict[gr.blocks.Block, object]:
        """The shift of a session, if there is gaze to shift."""
        has_gaze = session.recording is not None and session.recording.gaze is not None
        numbers = dict(zip(self.numbers, session.gaze_shift, strict=True))
        return {self.panel: gr.update(visible=has_gaze), **numbers}


def shift_gaze(session: Session, later_ms: float, right_px: float, down_px: float) -> None:
    """Shift the gaze of a session's recording as it was read, by so much altogether."""
    shift = _bounded(later_ms, MOST_MS), _bounded(right_px, MOST_PX), _bounded(down_px, MOST_PX)
    recording = session.as_read
    if recording is None or recording.gaze is None:
        return
    gaze = nudge(recording.gaze, shift[0] / 1000, shift[1:], (recording.width, recording.height))
    shifted = recording if gaze is recording.gaze else replace(recording, gaze=gaze)
    session.shift_gaze(shifted, shift)


def has_same_gaze(one: Recording, other: Recording | None) -> bool:
    """Whether the gaze of two openings of a recording is shifted alike: its notes say by how much."""
    notes = [each.gaze.notes for each in (one, other) if each is not None and each.gaze is not None]
    return len(notes) < 2 or notes[0] == notes[1]


def _bounded(value: float | None, most: int) -> int:
    return int(max(-most, min(most, value or 0)))
