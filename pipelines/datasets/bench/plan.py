"""What is done in an experiment, and for how long: a small grammar of real procedures."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

CLIP_S = 4
NO_ACTION = "No action"
# Mean length of an activity in s (published: 11 to 25 s in Lab Actions, 53 to 69 s in Lab Motion).
MEAN_S = {
    "Add": 12,
    "AnalyticalMeasurement": 16,
    "CollectLayer": 18,
    "MeasureSolid": 22,
    "MeasureLiquid": 14,
    "PhaseSeparation": 20,
    "Stir": 18,
    "Development (circular)": 58,
    "Development (figure eight)": 58,
    "Development (puddle)": 56,
    "Rinsing": 54,
    NO_ACTION: 8,
}
WORKFLOW_S = {"lab-actions": 143, "lab-motion": 186}
PROCEDURES = {
    "lab-actions": (
        ("MeasureSolid", "Add", "Stir"),
        ("MeasureLiquid", "Add", "Stir", "AnalyticalMeasurement"),
        ("Add", "PhaseSeparation", "CollectLayer"),
        ("PhaseSeparation", "CollectLayer", "Add"),
        ("AnalyticalMeasurement", "Add", "AnalyticalMeasurement"),
        ("MeasureSolid", "MeasureLiquid", "Stir"),
        ("MeasureLiquid", "PhaseSeparation", "CollectLayer"),
        ("Stir", "AnalyticalMeasurement"),
        ("CollectLayer", "MeasureSolid"),
    ),
    "lab-motion": (
        ("Development (circular)", "Rinsing"),
        ("Development (figure eight)", "Rinsing"),
        ("Development (puddle)", "Rinsing"),
        ("Development (circular)", "Development (puddle)"),
        ("Development (figure eight)", "Development (circular)"),
        ("Development (puddle)", "Development (figure eight)"),
        ("Rinsing",),
    ),
}
IDLE_SHARE = 0.32  # of the gaps between two activities
INTERRUPTION_SHARE = 0.08  # of the activities are broken off, left and taken up again
BOTH_HANDS_SHARE = 0.24  # of the segments: the other hand does something else, only the eyes tell
BACKGROUND_SHARE = 0.16  # of the segments: an instrument runs on by itself


@dataclass(frozen=True)
class Segment:
    """One activity without a break; also is what goes on besides: nothing, an activity, or 'machine'."""

    label: str
    start_s: float
    end_s: float
    also: str = ""


def plan(labels: str, rng: np.random.Generator, total_s: float | None = None) -> tuple[Segment, ...]:
    """Draw the segments of one workflow; total_s caps its length (a multiple of 4 s)."""
    target_s = WORKFLOW_S[labels] * rng.lognormal(-0.04, 0.3) if total_s is None else total_s
    segments: list[Segment] = []
    now_s = 0.0
    for label in _labels(labels, rng):
        if now_s >= target_s - (0 if total_s else CLIP_S * 2):
            break
        length_s = _length_s(label, rng)
        if total_s is not None:
            length_s = min(length_s, total_s - now_s)
        segments.append(Segment(label, now_s, now_s + length_s, _also(labels, label, rng)))
        now_s += length_s
    return tuple(segments)


def _labels(labels: str, rng: np.random.Generator):
    """Endless activities, with No action between some."""
    procedures = PROCEDURES[labels]
    if rng.random() < 0.5:
        yield NO_ACTION
    while True:
        for label in procedures[rng.integers(len(procedures))]:
            yield label
            if label != NO_ACTION and rng.random() < INTERRUPTION_SHARE:
                yield NO_ACTION
                yield label
            elif rng.random() < IDLE_SHARE:
                yield NO_ACTION


def _length_s(label: str, rng: np.random.Generator) -> float:
    drawn = MEAN_S[label] * rng.gamma(5, 0.2)
    return float(CLIP_S * max(1, round(drawn / CLIP_S)))


def _also(labels: str, label: str, rng: np.random.Generator) -> str:
    chance = rng.random()
    if labels == "lab-motion" or label == NO_ACTION:
        return "machine" if chance < BACKGROUND_SHARE else ""
    if chance < BOTH_HANDS_SHARE:
        return str(rng.choice(["Add", "Stir", "MeasureSolid", "AnalyticalMeasurement", "MeasureLiquid"]))
    return "machine" if chance < BOTH_HANDS_SHARE + BACKGROUND_SHARE else ""
