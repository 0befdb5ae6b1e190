"""One workflow, staged: who does what when, on which bench, seen from where."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipelines.datasets.rendered.acts.keyframes import SCALARS, Script
from pipelines.datasets.rendered.acts.stage import REST_CM, Stage
from pipelines.datasets.rendered.benches.bench import NO_ACTION, Bench
from pipelines.datasets.rendered.benches.placement import Setting
from pipelines.datasets.rendered.benches.registry import SETS
from pipelines.datasets.rendered.benches.wearer import Wearer, draw_wearer
from pipelines.datasets.rendered.drawing.camera import View, basis
from pipelines.datasets.rendered.drawing.hands import POSES, SIDE
from pipelines.datasets.rendered.drawing.props import Prop
from pipelines.datasets.rendered.scenes.head import head_path
from pipelines.datasets.rendered.scenes.plan import Segment, plan

BETTER_HAND_SHARE = 0.88  # of the acts; while both hands work, either may be the one that matters


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
        return View(at(self.head_cm), basis(*angles.T), self.wearer.focal * min(width, height), width, height)


def build_scene(
    labels: str, seed: int, workflow: int, wearer: int = 0, total_s: float | None = None
) -> Scene:
    """Stage one workflow of a wearer; total_s (a multiple of 4 s) caps its length."""
    rng = np.random.default_rng([seed, SETS[labels].stream, workflow])
    bench = _drawn(SETS[labels].benches, rng)
    person = bench.dress(draw_wearer(seed, wearer), seed)
    segments = plan(bench, rng, total_s)
    setting = Setting(person, rng)
    bench.cast(setting)
    script = _script(setting.props)
    segments = tuple(_perform(bench, segment, script, person, rng) for segment in segments)
    path = head_path(script, person, segments[-1].end_s, rng)
    return Scene(labels, seed, workflow, person, segments, script, *path)


def _drawn(benches: tuple[Bench, ...], rng: np.random.Generator) -> Bench:
    """One bench; where there is but one, chance is left alone."""
    return benches[rng.integers(len(benches))] if len(benches) > 1 else benches[0]


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


def _perform(
    bench: Bench, segment: Segment, script: Script, person: Wearer, rng: np.random.Generator
) -> Segment:
    """Write one segment into the script; returns it with what is told of it."""
    acts = bench.acts
    both = segment.also in acts and segment.also != segment.label and segment.label not in bench.undivided
    if both:
        script.divided.append((segment.start_s, segment.end_s))
    better = rng.random() < (0.5 if both else BETTER_HAND_SHARE)
    hand = person.hand if better else ("left" if person.hand == "right" else "right")
    stage = Stage(script, rng, hand, person.pace, person.lead_s, free=not both)
    told = acts[segment.label](stage, segment.start_s, segment.end_s)
    if both:
        acts[segment.also](stage.mirrored(attends=False), segment.start_s, segment.end_s)
    elif segment.label != NO_ACTION and not _busy(script, stage.other, segment.start_s):
        stage.rest(segment.start_s + 0.2, str(rng.choice(["rest", "near", "away"])), stage.other)
    if segment.also == "machine":
        bench.machine(stage, segment.start_s, segment.end_s, segment.label)
    return replace(segment, told=told or "")


def _busy(script: Script, hand: str, since_s: float) -> bool:
    return script.keys[f"{hand}.at"][-1][0] > since_s
