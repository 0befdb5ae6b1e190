"""One workflow as a scene: the wearer, the bench, the keyframes of all segments, the path of the head."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from pipelines.datasets.rendered.acts.keyframes import SCALARS, Keyframes
from pipelines.datasets.rendered.acts.stage import REST_CM, Stage
from pipelines.datasets.rendered.benches.bench import NO_ACTION, Bench
from pipelines.datasets.rendered.benches.placement import Placement
from pipelines.datasets.rendered.benches.registry import BENCHES
from pipelines.datasets.rendered.benches.wearer import Wearer, draw_wearer
from pipelines.datasets.rendered.drawing.camera import View, basis
from pipelines.datasets.rendered.drawing.hands import POSES, SIDE
from pipelines.datasets.rendered.drawing.props import Prop
from pipelines.datasets.rendered.scenes.head import head_path
from pipelines.datasets.rendered.scenes.plan import Segment, plan

DOMINANT_HAND_SHARE = 0.88  # of the acts; while both hands work, either may be the one that matters


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Everything a frame of one workflow is drawn from."""

    labels: str
    seed: int
    workflow: int
    wearer: Wearer
    segments: tuple[Segment, ...]
    keyframes: Keyframes
    head_s: np.ndarray  # [N]
    head_cm: np.ndarray  # [N, 3]
    head_rad: np.ndarray  # [N, 3] yaw, pitch, roll

    @property
    def duration_s(self) -> float:
        """Length of the recording."""
        return self.segments[-1].end_s

    @property
    def props(self) -> dict[str, Prop]:
        """The props by name."""
        return self.keyframes.props

    def rng(self, purpose: int) -> np.random.Generator:
        """A new random generator for one purpose in this scene."""
        return np.random.default_rng([self.seed, purpose, self.workflow])

    def view(self, times_s: np.ndarray, width: int, height: int) -> View:
        """The camera at given times [N]."""

        def at(values: np.ndarray) -> np.ndarray:
            return np.stack([np.interp(times_s, self.head_s, values[:, column]) for column in range(3)], 1)

        angles = at(self.head_rad)
        return View(
            position_cm=at(self.head_cm),
            axes=basis(*angles.T),
            focal_px=self.wearer.focal * min(width, height),
            width=width,
            height=height,
        )


def build_scene(
    labels: str, seed: int, workflow: int, wearer: int = 0, total_s: float | None = None
) -> Scene:
    """Build the scene of one workflow of a wearer; total_s (a multiple of 4 s) caps its length."""
    rng = np.random.default_rng([seed, BENCHES[labels].stream, workflow])
    bench = draw_bench(BENCHES[labels].benches, rng)
    person = bench.dress(draw_wearer(seed, wearer), seed)
    segments = plan(bench, rng, total_s)
    placement = Placement(person, rng)
    bench.place_props(placement)
    keyframes = _start_keyframes(placement.props)
    segments = tuple(_perform(bench, segment, keyframes, person, rng) for segment in segments)
    head_s, head_cm, head_rad = head_path(keyframes, person, segments[-1].end_s, rng)
    return Scene(
        labels=labels,
        seed=seed,
        workflow=workflow,
        wearer=person,
        segments=segments,
        keyframes=keyframes,
        head_s=head_s,
        head_cm=head_cm,
        head_rad=head_rad,
    )


def draw_bench(benches: tuple[Bench, ...], rng: np.random.Generator) -> Bench:
    """Draw a bench; no random number is used where there is only one."""
    return benches[rng.integers(len(benches))] if len(benches) > 1 else benches[0]


def _start_keyframes(props: dict[str, Prop]) -> Keyframes:
    keyframes = Keyframes(props=props)
    for name, prop in props.items():
        keyframes.key(f"{name}.at", -1, *prop.home_cm)
        start = {
            "tilt": prop.home_tilt,
            "azimuth": prop.azimuth,
            "fill": prop.fill,
            "reading": 7.0 if prop.kind == "meter" else 0.0,
        }
        for track in SCALARS:
            keyframes.key(f"{name}.{track}", -1, start.get(track, 0.0))
    for hand, side in SIDE.items():
        keyframes.key(f"{hand}.at", -1, *(np.array(REST_CM["rest"]) * [side, 1, 1]))
        keyframes.key(f"{hand}.pose", -1, *[float(name == "flat") for name in POSES])
    keyframes.key("lean", -1, 0.0)
    if "timer" in props:
        keyframes.key("timer.reading", 600, 600.0)
    return keyframes


def _perform(
    bench: Bench, segment: Segment, keyframes: Keyframes, person: Wearer, rng: np.random.Generator
) -> Segment:
    """Write the keyframes of one segment; returns it with its narration."""
    acts = bench.acts
    both = segment.also in acts and segment.also != segment.label and segment.label not in bench.undivided
    if both:
        keyframes.divided.append((segment.start_s, segment.end_s))
    dominant = rng.random() < (0.5 if both else DOMINANT_HAND_SHARE)
    hand = person.hand if dominant else ("left" if person.hand == "right" else "right")
    stage = Stage(
        keyframes=keyframes, rng=rng, hand=hand, pace=person.pace, lead_s=person.lead_s, free=not both
    )
    narration = acts[segment.label](stage, segment.start_s, segment.end_s)
    if both:
        acts[segment.also](stage.mirrored(attends=False), segment.start_s, segment.end_s)
    elif segment.label != NO_ACTION and not _busy(keyframes, stage.other, segment.start_s):
        stage.rest(segment.start_s + 0.2, str(rng.choice(["rest", "near", "away"])), stage.other)
    if segment.also == "machine":
        bench.machine(stage, segment.start_s, segment.end_s, segment.label)
    return replace(segment, narration=narration or "")


def _busy(keyframes: Keyframes, hand: str, since_s: float) -> bool:
    return keyframes.keys[f"{hand}.at"][-1][0] > since_s
