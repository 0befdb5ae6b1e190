"""One workflow, staged: who does what when, on which bench, seen from where."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipelines.datasets.bench.actors import POSES, SIDE
from pipelines.datasets.bench.benches import NO_ACTION, Bench
from pipelines.datasets.bench.camera import View, basis
from pipelines.datasets.bench.plan import Segment, plan
from pipelines.datasets.bench.props import Prop
from pipelines.datasets.bench.script import SCALARS, Script, sampled
from pipelines.datasets.bench.sets import SETS
from pipelines.datasets.bench.setting import Setting
from pipelines.datasets.bench.stage import REST_CM, Stage
from pipelines.datasets.bench.wearer import Wearer, draw_wearer

HEAD_RATE_HZ = 25.0  # the head's path is computed at this rate, whatever the video's
HEAD_SHARE, HEAD_LAG_S = 0.55, 0.8  # of a change of gaze is made by the head, and how lazily
LEAN_CM = np.array([0.0, 5.0, -8.0])
SWAY_CM, SWAY_RAD = np.array([0.9, 0.6, 0.5]), np.array([0.02, 0.014, 0.018])  # yaw, pitch, roll


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
    rng = np.random.default_rng([seed, SETS[labels].stream, workflow])
    bench = _drawn(SETS[labels].benches, rng)
    person = bench.dress(draw_wearer(seed, wearer), seed)
    segments = plan(bench, rng, total_s)
    setting = Setting(person, rng)
    bench.cast(setting)
    script = _script(setting.props)
    segments = tuple(_perform(bench, segment, script, person, rng) for segment in segments)
    head_s = np.arange(0, segments[-1].end_s + 2 / HEAD_RATE_HZ, 1 / HEAD_RATE_HZ)
    head_cm, head_rad = _head(script, person, head_s, rng)
    return Scene(labels, seed, workflow, person, segments, script, head_s, head_cm, head_rad)


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
    script.key("lean", -1, 1.2 if "dish" in cast else 0.0)
    if "timer" in cast:
        script.key("timer.reading", 600, 600.0)
    return script


def _perform(
    bench: Bench, segment: Segment, script: Script, person: Wearer, rng: np.random.Generator
) -> Segment:
    """Write one segment into the script; returns it with what is told of it."""
    acts = bench.acts
    both = segment.also in acts and segment.also != segment.label and segment.label not in bench.undivided
    hand = person.hand if rng.random() < 0.88 else ("left" if person.hand == "right" else "right")
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


def _head(
    script: Script, person: Wearer, head_s: np.ndarray, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Where the head is [N, 3] and how it is turned [N, 3]: it follows the eyes in part, leans and sways."""
    goal = np.zeros((len(head_s), 2))
    state = sampled(script, head_s)
    looks = sorted(script.looks, key=lambda look: look[0])
    for (time_s, target), (until_s, _) in zip(looks, [*looks[1:], (np.inf, None)], strict=True):
        now = (head_s >= time_s) & (head_s < until_s)
        if now.any():
            point = (
                state.aimed(script.props[target[0]], target[1])[now]
                if isinstance(target, tuple)
                else target[None]
            )
            goal[now] = np.stack([np.arctan2(point[:, 0], 48), 0.006 * (28 - point[:, 1])], 1)
    step, followed = 1 / HEAD_RATE_HZ / HEAD_LAG_S, np.zeros_like(goal)
    for row in range(1, len(head_s)):
        followed[row] = followed[row - 1] + step * (HEAD_SHARE * goal[row] - followed[row - 1])
    lean = state.tracks["lean"]
    head_cm = np.array(person.eye_cm) + lean * LEAN_CM + _sway(head_s, SWAY_CM * person.sway, rng)
    turned = np.column_stack([followed[:, 0], person.pitch_rad + followed[:, 1], 0 * head_s])
    return head_cm, turned + _sway(head_s, SWAY_RAD * person.sway, rng)


def _sway(times_s: np.ndarray, size: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Slow smooth wandering [N, 3] of a given size."""
    rates, phases = rng.uniform(0.06, 0.55, (5, 3)), rng.uniform(0, 6.28, (5, 3))
    waves = np.sin(2 * np.pi * rates[:, None] * times_s[None, :, None] + phases[:, None])
    return size * (waves / (0.5 + 2 * rates[:, None])).sum(0) / 1.6
