"""One workflow, staged: who does what when, on which bench, seen from where."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipelines.datasets.bench import idle, lab_actions, lab_motion
from pipelines.datasets.bench.actors import POSES, SIDE
from pipelines.datasets.bench.camera import View, basis
from pipelines.datasets.bench.cast import draw_cast
from pipelines.datasets.bench.head import head_path
from pipelines.datasets.bench.plan import NO_ACTION, Segment, plan
from pipelines.datasets.bench.props import Prop
from pipelines.datasets.bench.script import SCALARS, Script
from pipelines.datasets.bench.stage import REST_CM, Stage
from pipelines.datasets.bench.wearer import Wearer, draw_wearer

ACTS = {"lab-actions": lab_actions.ACTS, "lab-motion": lab_motion.ACTS}
BETTER_HAND_SHARE = 0.88  # of the acts; while both hands work, either may be the one that matters
STREAMS = {"lab-actions": 7003, "lab-motion": 7004}  # of chance; fixed, so that old seeds keep their scenes


@dataclass(frozen=True)
class Scene:
    """Everything a frame of one workflow is drawn from."""

    labels: str
    seed: int
    workflow: int
    wearer: Wearer
    segments: tuple[Segment, ...]
    script: Script
    head_s: np.ndarray  # [N]
    head_cm: np.ndarray  # [N, 3]
    head_rad: np.ndarray  # [N, 3] yaw, pitch, roll

    @property
    def duration_s(self) -> float:
        """Length of the recording."""
        return self.segments[-1].end_s

    @property
    def props(self) -> dict[str, Prop]:
        """The cast by name."""
        return self.script.props

    def rng(self, purpose: int) -> np.random.Generator:
        """A fresh stream of chance for one purpose in this scene."""
        return np.random.default_rng([self.seed, purpose, self.workflow])

    def view(self, times_s: np.ndarray, width: int, height: int) -> View:
        """The camera at given times [N]."""

        def at(values: np.ndarray) -> np.ndarray:
            return np.stack([np.interp(times_s, self.head_s, values[:, column]) for column in range(3)], 1)

        angles = at(self.head_rad)
        return View(at(self.head_cm), basis(*angles.T), self.wearer.focal * height, width, height)


def build_scene(
    labels: str, seed: int, workflow: int, wearer: int = 0, total_s: float | None = None
) -> Scene:
    """Stage one workflow of a wearer; total_s (a multiple of 4 s) caps its length."""
    person = draw_wearer(seed, wearer)
    rng = np.random.default_rng([seed, STREAMS[labels], workflow])
    segments = plan(labels, rng, total_s)
    script = _script(draw_cast(labels, person, rng))
    for segment in segments:
        _perform(labels, segment, script, person, rng)
    path = head_path(script, person, segments[-1].end_s, rng)
    return Scene(labels, seed, workflow, person, segments, script, *path)


def _script(cast: dict[str, Prop]) -> Script:
    script = Script(cast)
    for name, prop in cast.items():
        script.key(f"{name}.at", -1, *prop.home_cm)
        start = {
            "tilt": prop.home_tilt,
            "azimuth": prop.azimuth,
            "fill": prop.fill,
            "reading": 7.0 if prop.kind == "meter" else 0.0,
        }
        for track in SCALARS:
            script.key(f"{name}.{track}", -1, start.get(track, 0.0))
    for hand, side in SIDE.items():
        script.key(f"{hand}.at", -1, *(np.array(REST_CM["rest"]) * [side, 1, 1]))
        script.key(f"{hand}.pose", -1, *[float(name == "flat") for name in POSES])
    script.key("lean", -1, 0.0)
    if "timer" in cast:
        script.key("timer.reading", 600, 600.0)
    return script


def _perform(labels: str, segment: Segment, script: Script, person: Wearer, rng: np.random.Generator) -> None:
    acts = {**ACTS[labels], NO_ACTION: idle.idle}
    both = segment.also in acts and segment.also != segment.label and _apart(segment)
    if both:
        script.divided.append((segment.start_s, segment.end_s))
    hand = (
        person.hand
        if rng.random() < (0.5 if both else BETTER_HAND_SHARE)
        else ("left" if person.hand == "right" else "right")
    )
    stage = Stage(script, rng, hand, person.pace, person.lead_s, free=not both)
    acts[segment.label](stage, segment.start_s, segment.end_s)
    if both:
        acts[segment.also](stage.mirrored(attends=False), segment.start_s, segment.end_s)
    elif segment.label != NO_ACTION and not _busy(script, stage.other, segment.start_s):
        stage.rest(segment.start_s + 0.2, str(rng.choice(["rest", "near", "away"])), stage.other)
    if segment.also == "machine":
        idle.run_machine(stage, segment.start_s, segment.end_s, segment.label)


def _apart(segment: Segment) -> bool:
    """Whether two activities need different props."""
    return segment.label != "PhaseSeparation" and {segment.label, segment.also} != {"Stir"}


def _busy(script: Script, hand: str, since_s: float) -> bool:
    return script.keys[f"{hand}.at"][-1][0] > since_s
